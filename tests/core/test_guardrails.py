"""What the guardrails find in a set-up, each rule by itself and all at once."""

from dataclasses import replace

import pytest

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.settings import Settings
from htrkit.core.guarded import Guard, Guarded, PageFacts
from htrkit.core.guardrails import clamped, guardrail_findings
from htrkit.domain.device import Device
from htrkit.domain.engine import EngineRow
from htrkit.domain.finding import Severity
from htrkit.engines.catalog import CHURRO, ENGINES, KRAKEN, PARTY, PYLAIA, QWEN3_VL, TROCR
from tests.fakes.set_ups import card, cpu, found, only, set_up


@pytest.mark.parametrize("row", [row for row in ENGINES if row is not QWEN3_VL], ids=lambda row: row.name)
def test_a_good_set_up_on_an_l40s_has_no_findings(row: EngineRow) -> None:
    assert found(set_up(row)) == []


@pytest.mark.parametrize("row", [KRAKEN, TROCR], ids=lambda row: row.name)
def test_a_good_set_up_on_the_cpu_has_none_either(row: EngineRow) -> None:
    assert found(set_up(row, cpu())) == []


def test_every_finding_that_is_no_note_comes_with_its_mend() -> None:
    everything = replace(
        set_up(
            PARTY,
            cpu(free_gb=1),
            pages=10_000,
            without_lines=3,
            segmenter="sidecar",
            batch_size=500,
            num_beams=9,
            parallel_gpus=True,
            device="cuda:0",
            segment_timeout=2,
        ),
        can_ask=True,
    )
    findings = guardrail_findings(everything)
    assert {one.code for one in findings} >= {
        *(Guard.SLOW_CPU, Guard.BEAMS, Guard.BATCH, Guard.MEMORY),
        *(Guard.CONFIRM, Guard.NO_LINES, Guard.DEVICES, Guard.ENGINE),
    }
    assert all(one.mend for one in findings if one.severity is not Severity.NOTE)


# Devices below the least.


@pytest.mark.parametrize("row", [PYLAIA, QWEN3_VL, PARTY], ids=lambda row: row.name)
def test_engines_for_a_gpu_refuse_the_cpu_and_say_what_a_page_would_cost(row: EngineRow) -> None:
    finding = only(set_up(row, cpu()), Guard.SLOW_CPU)

    assert finding.severity is Severity.BLOCKER
    assert "--allow-slow-cpu" in finding.mend
    assert row.cpu_page.source.words in finding.message


def test_where_another_figure_was_published_both_are_said() -> None:
    message = only(set_up(PYLAIA, cpu()), Guard.SLOW_CPU).message
    assert "3.5 s on one core (measured" in message
    assert "120 s were published" in message


def test_minutes_are_said_where_seconds_are_too_many() -> None:
    assert "28 min on one core" in only(set_up(QWEN3_VL, cpu()), Guard.SLOW_CPU).message


def test_allowed_they_read_on_the_cpu_with_a_warning() -> None:
    finding = only(set_up(PYLAIA, cpu(), allow_slow_cpu=True), Guard.SLOW_CPU)
    assert (finding.severity, "GPU" in finding.mend) == (Severity.WARNING, True)


@pytest.mark.parametrize("row", [PYLAIA, QWEN3_VL, PARTY], ids=lambda row: row.name)
def test_on_a_gpu_nothing_is_refused_and_without_a_known_device_nothing_is_guessed(row: EngineRow) -> None:
    assert found(set_up(row), Guard.SLOW_CPU) == []
    assert found(replace(set_up(row), devices=()), Guard.SLOW_CPU, Guard.MEMORY, Guard.CONFIRM) == []


# Batches.


@pytest.mark.parametrize(
    ("row", "device", "size", "said"),
    [
        (KRAKEN, card(), 7, True),
        (KRAKEN, card(), 8, False),
        (KRAKEN, card(), 32, False),
        (KRAKEN, card(), 33, True),
        (KRAKEN, cpu(), 1, False),
        (KRAKEN, cpu(), 5000, True),
        (QWEN3_VL, card(), 1, False),
        (QWEN3_VL, card(), 9, True),
    ],
)
def test_a_batch_outside_the_range_is_warned_of(row: EngineRow, device: Device, size: int, said: bool) -> None:
    findings = found(set_up(row, device, batch_size=size), Guard.BATCH)
    assert [one.severity for one in findings] == [Severity.WARNING] * said
    assert all(f"batch_size = {size}" in one.message and "--batch-size auto" in one.mend for one in findings)


def test_why_a_batch_is_outside_is_said_with_its_figures() -> None:
    small = only(set_up(KRAKEN, batch_size=2), Guard.BATCH)
    assert (small.why, "8 to 32 (published" in small.message) == ("The device idles between batches.", True)
    assert "may not fit" in only(set_up(KRAKEN, batch_size=50), Guard.BATCH).why


# Beams.


def test_beams_above_the_limit_are_warned_of() -> None:
    finding = only(set_up(TROCR, num_beams=9), Guard.BEAMS)
    assert (finding.severity, finding.mend) == (Severity.WARNING, "Take --num-beams 5, or --clamp.")
    assert found(set_up(TROCR, num_beams=5), Guard.BEAMS) == []


@pytest.mark.parametrize("row", [KRAKEN, CHURRO], ids=lambda row: row.name)
def test_beams_for_an_engine_that_has_none_are_warned_of(row: EngineRow) -> None:
    assert only(set_up(row, num_beams=2), Guard.BEAMS).mend == "Take --num-beams 1, or --clamp."


def test_what_beams_do_not_do_is_said() -> None:
    assert "without effect" in only(set_up(KRAKEN, num_beams=2), Guard.BEAMS).message
    assert "above the limit of trocr, 5" in only(set_up(TROCR, num_beams=9), Guard.BEAMS).message


def test_beams_are_clamped_only_where_that_is_asked() -> None:
    asked, unasked = Settings(num_beams=9, clamp=True), Settings(num_beams=9)
    assert clamped(asked, TROCR).num_beams == 5
    assert clamped(asked, KRAKEN).num_beams == 1
    assert clamped(Settings(num_beams=3, clamp=True), TROCR).num_beams == 3
    assert clamped(unasked, TROCR) is unasked
    assert only(set_up(TROCR, num_beams=9, clamp=True), Guard.BEAMS).severity is Severity.NOTE


def test_beams_count_as_items_in_memory() -> None:
    assert found(set_up(TROCR, card(free_gb=2.26)), Guard.MEMORY) == []
    assert found(set_up(TROCR, card(free_gb=2.26), num_beams=5), Guard.MEMORY) != []


# Lines and pictures.


def test_an_engine_that_reads_lines_in_their_page_needs_a_source_of_them() -> None:
    finding = only(set_up(PARTY, segmenter="none"), Guard.NO_LINES)
    assert (finding.severity, "-s auto" in finding.mend, "party" in finding.message) == (Severity.BLOCKER, True, True)
    assert "Published as needing PAGE XML" in finding.why
    assert only(replace(set_up(PARTY, segmenter="none"), pages=None), Guard.NO_LINES)


@pytest.mark.parametrize(("without", "severity"), [(0, None), (3, Severity.WARNING), (10, Severity.BLOCKER)])
def test_with_sidecars_alone_pages_without_one_have_no_lines(without: int, severity: Severity | None) -> None:
    findings = found(set_up(PARTY, segmenter="sidecar", without_lines=without), Guard.NO_LINES)
    assert [one.severity for one in findings] == ([] if severity is None else [severity])


def test_how_many_pages_lack_something_is_said_in_words() -> None:
    some = only(set_up(PARTY, segmenter="sidecar", without_lines=3), Guard.NO_LINES).message
    none = only(set_up(PARTY, segmenter="sidecar", without_lines=10), Guard.NO_LINES).message
    assert "3 of the 10 pages have no PAGE or ALTO file" in some
    assert "none of the 10 pages has a PAGE or ALTO file" in none


@pytest.mark.parametrize(("without", "severity"), [(1, Severity.WARNING), (10, Severity.BLOCKER)])
def test_it_needs_the_picture_of_the_page_too(without: int, severity: Severity) -> None:
    guarded = replace(set_up(PARTY), pages=PageFacts(10, 0, without))
    assert only(guarded, Guard.NO_PICTURE).severity is severity


def test_other_engines_need_neither() -> None:
    guarded = replace(set_up(KRAKEN, segmenter="none"), pages=PageFacts(10, 10, 10))
    assert found(guarded, Guard.NO_LINES, Guard.NO_PICTURE) == []


# Segmentation.


def test_a_limit_that_ends_sound_pages_is_told_with_the_published_one() -> None:
    finding = only(set_up(KRAKEN, cpu(), without_lines=1, segment_timeout=30), Guard.SEGMENT_TIMEOUT)
    assert (finding.severity, finding.mend) == (Severity.WARNING, "Take --segment-timeout auto.")
    assert "up to 40 s (measured" in finding.message
    assert "30 s is the limit published" in finding.message


@pytest.mark.parametrize(
    ("guarded", "said"),
    [
        (set_up(KRAKEN, cpu(), without_lines=1), False),
        (set_up(KRAKEN, cpu(), without_lines=1, segment_timeout=40), False),
        (set_up(KRAKEN, card(), without_lines=1, segment_timeout=30), False),
        (set_up(KRAKEN, card(), without_lines=1, segment_timeout=11), True),
        (set_up(KRAKEN, cpu(), without_lines=0, segment_timeout=30), False),
        (set_up(KRAKEN, cpu(), segmenter="kraken", segment_timeout=30), True),
        (set_up(KRAKEN, cpu(), segmenter="none", without_lines=1, segment_timeout=30), False),
        (set_up(CHURRO, cpu(), without_lines=1, segment_timeout=30), False),
    ],
)
def test_only_where_pages_are_segmented_and_the_limit_is_too_short(guarded: Guarded, said: bool) -> None:
    assert bool(found(guarded, Guard.SEGMENT_TIMEOUT)) is said


def test_the_lines_of_many_pages_on_the_cpu_come_with_advice() -> None:
    assert only(set_up(KRAKEN, cpu(), pages=100, without_lines=100), Guard.SEGMENTING).severity is Severity.NOTE
    assert found(set_up(KRAKEN, cpu(), pages=200, without_lines=99), Guard.SEGMENTING) == []
    assert found(set_up(KRAKEN, card(), pages=200, without_lines=200), Guard.SEGMENTING) == []


# Several GPUs, and what is always said.


def test_parallel_gpus_with_one_gpu_runs_on_that_one_and_says_so() -> None:
    finding = only(set_up(KRAKEN, card(), parallel_gpus=True), Guard.DEVICES)
    assert (finding.severity, "one GPU, cuda:0" in finding.message) == (Severity.NOTE, True)
    assert "no GPU" in only(set_up(KRAKEN, cpu(), parallel_gpus=True), Guard.DEVICES).message
    assert found(set_up(KRAKEN, card(), card(1), parallel_gpus=True)) == []


def test_parallel_gpus_beside_another_wish_is_warned_of() -> None:
    settings = Settings(parallel_gpus=True, device="cuda:1")
    assert settings.devices == "all"
    finding = only(set_up(KRAKEN, card(), card(1), parallel_gpus=True, device="cuda:1"), Guard.DEVICES)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)
def test_what_people_should_know_of_an_engine_is_a_note(row: EngineRow) -> None:
    notes = found(set_up(row), Guard.ENGINE)
    assert [one.severity for one in notes] == [Severity.NOTE] * len(row.warnings)


def test_lines_are_looked_for_by_the_segmenter_that_is_set() -> None:
    counts = {kind: set_up(KRAKEN, without_lines=4, segmenter=kind).to_segment for kind in Segmenter}
    assert counts == {Segmenter.AUTO: 4, Segmenter.KRAKEN: 10, Segmenter.SIDECAR: 0, Segmenter.NONE: 0}


def test_what_a_server_computes_on_is_nobodys_business_here() -> None:
    bad = set_up(QWEN3_VL, cpu(free_gb=1), pages=100_000, batch_size=500, num_beams=9, parallel_gpus=True)
    assert found(bad)
    served = replace(bad, settings=bad.settings.model_copy(update={"server": "http://gpu7/v1"}))
    assert found(served) == []


def test_a_page_engine_that_reads_line_by_line_needs_lines() -> None:
    pages = set_up(CHURRO, pages=10, without_lines=4)
    assert pages.to_segment == 0
    by_line = replace(pages, settings=pages.settings.model_copy(update={"reads": PageReads.LINE}))
    assert by_line.to_segment == 4

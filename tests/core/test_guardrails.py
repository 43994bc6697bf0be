"""What the guardrails find in a set-up, each rule by itself and all at once."""

from dataclasses import replace

import pytest

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.core.guarded import Guard, Guarded, PageFacts
from htrkit.core.guardrails import clamped, guardrail_findings
from htrkit.core.memory_guards import precision_on
from htrkit.domain.device import Device, Memory
from htrkit.domain.engine import DeviceKind, EngineRow, Precision
from htrkit.domain.finding import Finding, Severity
from htrkit.engines.catalog import CHURRO, ENGINES, KRAKEN, PARTY, PYLAIA, QWEN3_VL, TROCR
from htrkit.engines.figures import SEGMENTER

GB = 10**9


def cpu(*, free_gb: float = 60, cores: int = 2) -> Device:
    return Device(DeviceKind.CPU, device="cpu", cores=cores, memory=held(64, free_gb))


def card(index: int = 0, *, free_gb: float = 46, name: str = "NVIDIA L40S", capability: str | None = "8.9") -> Device:
    memory = held(46, free_gb)
    return Device(DeviceKind.CUDA, device=f"cuda:{index}", name=name, compute_capability=capability, memory=memory)


def held(total_gb: float, free_gb: float) -> Memory:
    total, free = round(total_gb * GB), round(free_gb * GB)
    return Memory(total, total - free, free)


def set_up(
    row: EngineRow = KRAKEN, *devices: Device, pages: int = 10, without_lines: int = 0, **settings: object
) -> Guarded:
    facts = PageFacts(pages, without_lines)
    return Guarded(Settings.model_validate(settings), row, devices or (card(),), facts, SEGMENTER)


def found(guarded: Guarded, *codes: Guard) -> list[Finding]:
    """Those of the codes named; without one, all but what is always said of an engine."""
    findings = guardrail_findings(guarded)
    return [one for one in findings if (one.code in codes if codes else one.code != Guard.ENGINE)]


def only(guarded: Guarded, code: Guard) -> Finding:
    (finding,) = found(guarded, code)
    return finding


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


def test_a_batch_that_the_free_memory_does_not_hold_is_told_with_both_figures() -> None:
    finding = only(set_up(PYLAIA, card(free_gb=2), batch_size=64), Guard.BATCH_MEMORY)
    assert finding.severity is Severity.WARNING
    assert "64 items of usual size and the model take about 2.5 GB (measured" in finding.message
    assert "64 take 12 GB as published" in finding.message
    assert "1.4 to 3.6 GB" in finding.why
    assert found(set_up(PYLAIA, card(free_gb=3), batch_size=64), Guard.BATCH_MEMORY) == []
    assert found(set_up(PYLAIA, card(free_gb=2)), Guard.BATCH_MEMORY) == []


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


# Time.


def test_a_slow_engine_on_a_large_batch_is_told_in_hours_and_confirmed() -> None:
    long = set_up(QWEN3_VL, pages=1000)
    finding = only(long, Guard.CONFIRM)

    assert (finding.severity, "--yes" in finding.mend) == (Severity.BLOCKER, True)
    assert "1,000 pages take about 25.0 hours on 1 GPU (published" in finding.message
    assert only(replace(long, can_ask=True), Guard.CONFIRM).severity is Severity.WARNING
    assert found(set_up(QWEN3_VL, pages=1000, yes=True), Guard.CONFIRM) == []
    assert only(set_up(QWEN3_VL, pages=1000, yes=True), Guard.LONG_RUN).severity is Severity.WARNING


@pytest.mark.parametrize(
    ("pages", "code"), [(20, None), (21, Guard.LONG_RUN), (80, Guard.LONG_RUN), (81, Guard.CONFIRM)]
)
def test_half_an_hour_is_nothing_and_two_hours_are_confirmed(pages: int, code: Guard | None) -> None:
    findings = found(set_up(QWEN3_VL, pages=pages), Guard.LONG_RUN, Guard.CONFIRM)
    assert [one.code for one in findings] == ([] if code is None else [code])


def test_days_are_told_as_days() -> None:
    assert "12.5 days (300 hours)" in only(set_up(QWEN3_VL, pages=12_000), Guard.CONFIRM).message


def test_quick_engines_may_read_as_many_pages_as_there_are() -> None:
    for row in (KRAKEN, PYLAIA, TROCR, CHURRO, PARTY):
        assert found(set_up(row, pages=100_000), Guard.LONG_RUN, Guard.CONFIRM) == []


def test_on_the_cpu_pages_are_shared_among_its_cores() -> None:
    assert "5.8 hours on 2 cores" in only(set_up(TROCR, cpu(), pages=400), Guard.CONFIRM).message
    assert found(set_up(TROCR, cpu(cores=16), pages=400), Guard.CONFIRM) == []
    assert found(set_up(KRAKEN, cpu(), pages=100_000), Guard.LONG_RUN, Guard.CONFIRM) == []


@pytest.mark.parametrize(("seconds", "slow"), [(29.9, False), (30, True)])
def test_an_engine_is_slow_that_takes_half_a_minute_for_a_page(seconds: float, slow: bool) -> None:
    on_cpu = replace(KRAKEN, cpu_page=replace(KRAKEN.cpu_page, seconds=seconds))
    on_card = replace(PARTY, speed=replace(PARTY.speed, one_card=seconds * 100 / 60))
    assert bool(found(set_up(on_cpu, cpu(), pages=9999), Guard.CONFIRM)) is slow
    assert bool(found(set_up(on_card, pages=9999), Guard.CONFIRM)) is slow


def test_a_cpu_whose_cores_nobody_tells_is_taken_for_one() -> None:
    assert "on 1 core:" in only(set_up(TROCR, replace(cpu(), cores=None), pages=100), Guard.CONFIRM).message


def test_two_cards_are_told_as_such() -> None:
    slow = replace(CHURRO, speed=replace(CHURRO.speed, one_card=100, two_cards=60, two_cards_per_1000=600))
    assert "10.0 hours on 2 GPUs" in only(set_up(slow, card(), card(1), pages=1000), Guard.CONFIRM).message


def test_pages_that_could_not_be_listed_take_no_time() -> None:
    assert found(replace(set_up(QWEN3_VL), pages=None), Guard.LONG_RUN, Guard.CONFIRM) == []


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


# Memory.


def test_a_model_that_fits_nowhere_blocks_and_says_what_there_is_and_what_it_takes() -> None:
    finding = only(set_up(QWEN3_VL, card(free_gb=17)), Guard.MEMORY)
    assert finding.severity is Severity.BLOCKER
    assert "cuda:0 (NVIDIA L40S): 17.0 GB of memory are free, and qwen3-vl takes 19.5 GB" in finding.message


def test_where_it_fits_another_device_the_small_one_is_named_with_the_others() -> None:
    devices = (card(0, free_gb=3), card(1), card(2))
    finding = only(set_up(CHURRO, *devices), Guard.MEMORY)
    assert (finding.severity, finding.mend) == (Severity.WARNING, "Leave it out: -d cuda:1,cuda:2.")
    assert finding.message.startswith("cuda:0")


def test_a_smaller_model_than_usual_fits_a_smaller_card() -> None:
    small = replace(set_up(QWEN3_VL, card(free_gb=8)), weights_bytes=4 * GB)
    assert found(small, Guard.MEMORY) == []
    assert found(replace(small, weights_bytes=8 * GB), Guard.MEMORY) != []


def test_the_segmenter_needs_its_room_where_lines_must_be_found() -> None:
    device = card(free_gb=1.4)
    assert found(set_up(PYLAIA, device), Guard.MEMORY) == []
    assert found(set_up(PYLAIA, device, without_lines=1), Guard.MEMORY) != []
    assert found(set_up(PYLAIA, device, segmenter="kraken"), Guard.MEMORY) != []
    assert found(set_up(PYLAIA, device, segmenter="sidecar", without_lines=1), Guard.MEMORY) == []


def test_a_batch_is_not_judged_where_not_even_one_item_fits() -> None:
    codes = [one.code for one in found(set_up(PYLAIA, card(free_gb=1), batch_size=64))]
    assert codes == [Guard.MEMORY]


def test_pages_that_could_not_be_listed_need_no_segmenter() -> None:
    assert found(replace(set_up(PYLAIA, card(free_gb=1.4), segmenter="kraken"), pages=None), Guard.MEMORY) == []


def test_a_device_whose_memory_nobody_tells_is_not_judged() -> None:
    assert found(set_up(QWEN3_VL, replace(card(), memory=None), batch_size=8), Guard.MEMORY, Guard.BATCH_MEMORY) == []


# Precision.


def test_a_card_without_the_engine_s_numbers_takes_twice_the_memory() -> None:
    turing = card(name="Tesla T4", capability="7.5")
    finding = only(set_up(CHURRO, turing), Guard.PRECISION)
    assert finding.severity is Severity.WARNING
    assert "cuda:0 (Tesla T4) has compute capability 7.5 and no bf16: churro computes in fp32 there" in finding.message
    assert "compute capability 8.0" in finding.mend
    assert found(set_up(TROCR, turing), Guard.PRECISION) == []
    assert found(set_up(KRAKEN, card(capability="3.5")), Guard.PRECISION) == []
    assert found(set_up(CHURRO, replace(turing, memory=held(16, 10))), Guard.MEMORY) != []
    assert found(set_up(CHURRO, card(free_gb=10)), Guard.MEMORY) == []


@pytest.mark.parametrize(
    ("capability", "usual", "taken"),
    [
        ("8.0", Precision.BRAIN, Precision.BRAIN),
        ("10.0", Precision.BRAIN, Precision.BRAIN),
        ("7.5", Precision.BRAIN, Precision.SINGLE),
        ("5.3", Precision.HALF, Precision.HALF),
        ("5.2", Precision.HALF, Precision.SINGLE),
        ("2.0", Precision.SINGLE, Precision.SINGLE),
        (None, Precision.BRAIN, Precision.BRAIN),
        ("odd", Precision.BRAIN, Precision.BRAIN),
        ("7.x", Precision.BRAIN, Precision.BRAIN),
        ("7", Precision.BRAIN, Precision.BRAIN),
    ],
)
def test_which_numbers_a_card_has(capability: str | None, usual: Precision, taken: Precision) -> None:
    assert precision_on(card(capability=capability), usual) is taken


def test_the_cpu_computes_in_single_precision() -> None:
    assert precision_on(cpu(), Precision.BRAIN) is Precision.SINGLE


def test_a_model_of_known_size_takes_twice_that_in_single_precision() -> None:
    turing = set_up(CHURRO, card(free_gb=12, name="Tesla T4", capability="7.5"))
    assert found(replace(turing, weights_bytes=6 * GB), Guard.MEMORY) != []
    assert found(replace(turing, weights_bytes=4 * GB), Guard.MEMORY) == []


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

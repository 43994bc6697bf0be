"""The engine table: what was published, what was measured, and that every figure says which."""

import pytest

from htrkit.domain.engine import Basis, CpuPage, DeviceKind, EngineRow, Evidence, ModelForm, Precision, Reads, Speed
from htrkit.engines.catalog import CHURRO, ENGINES, KRAKEN, PARTY, PYLAIA, QWEN3_VL, TROCR
from htrkit.engines.figures import SEGMENTER

each_engine = pytest.mark.parametrize("row", ENGINES, ids=lambda row: row.name)


def evidence_of(row: EngineRow) -> list[Evidence]:
    pages = [row.cpu_page.source, *([row.cpu_page.published] if row.cpu_page.published else [])]
    return [row.batch.source, row.speed.source, *pages, *(memory.source for memory in row.memory)]


@each_engine
def test_every_figure_says_how_it_was_come_by_and_by_whom(row: EngineRow) -> None:
    assert all(one.whom for one in evidence_of(row))
    assert all(one.words == f"{one.basis}: {one.whom}" for one in evidence_of(row))


@each_engine
def test_limits_are_sane(row: EngineRow) -> None:
    assert 1 <= row.batch.least <= row.batch.default <= row.batch.most <= 128
    assert row.batch.default_on_cpu == (8 if row is KRAKEN else min(16, row.batch.most)), "measured for Kraken alone"
    assert all(memory.of_item() > 0 for memory in row.memory)
    assert row.model_form is ModelForm.SERVED or all(memory.model_bytes > 10**9 for memory in row.memory)
    assert len({memory.precision for memory in row.memory}) == len(row.memory)


def test_the_published_table_stands_as_it_was_published() -> None:
    table = {
        row.name: (row.least_device, row.batch.least, row.batch.most, row.batch.default, row.batch.default_memory_gb)
        for row in ENGINES
    }
    assert table == {
        "kraken": (DeviceKind.CPU, 8, 32, 16, None),
        "pylaia": (DeviceKind.CUDA, 8, 64, 64, 12),
        "trocr": (DeviceKind.CPU, 8, 48, 48, 24),
        "churro": (DeviceKind.CPU, 8, 32, 32, 25),
        "qwen3-vl": (DeviceKind.CUDA, 1, 8, 8, 38),
        "party": (DeviceKind.CUDA, 8, 16, 16, None),
        "server": (DeviceKind.CPU, 1, 64, 16, None),
    }
    assert TROCR.beams_limit == 5
    assert all(row.batch.source.basis is Basis.PUBLISHED for row in ENGINES)


@pytest.mark.parametrize(
    ("row", "one", "two"),
    [
        (PYLAIA, (2.5, 25), (1.5, 15)),
        (TROCR, (3.5, 35), (2, 20)),
        (CHURRO, (5, 50), (3, 30)),
        (QWEN3_VL, (150, 1500), (150, 1500)),
        (PARTY, (8, 80), (8, 80)),
        (KRAKEN, (None, None), (None, None)),
    ],
)
def test_minutes_for_100_and_1000_pages(
    row: EngineRow, one: tuple[float | None, ...], two: tuple[float | None, ...]
) -> None:
    told = [tuple(row.speed.minutes(pages, cards=cards) for pages in (100, 1000)) for cards in (1, 2)]
    assert told == [pytest.approx(one), pytest.approx(two)] if one[0] else told == [one, two]


def test_four_cards_are_reckoned_as_two_pairs() -> None:
    assert PYLAIA.speed.minutes(2000, cards=4) == pytest.approx(15)
    assert PARTY.speed.minutes(50, cards=1) == pytest.approx(4)


def test_a_thousand_pages_may_cost_less_each_than_a_hundred() -> None:
    speed = Speed(10, None, PARTY.speed.source, one_card_per_1000=50)
    assert [speed.minutes(pages, cards=1) for pages in (100, 1000, 2000)] == [10, 50, 100]


def test_memory_grows_with_the_cost_of_an_item_and_with_beams() -> None:
    memory = PYLAIA.memory[0]
    mib = 2**20
    assert memory.of_item(1500) == pytest.approx(21 * mib, rel=0.05)
    assert memory.of_item(4000) == pytest.approx(57 * mib, rel=0.05)
    assert memory.of_item() == memory.of_item(memory.usual_cost)
    assert memory.of_item(beams=5) == 5 * memory.of_item()


def test_memory_is_told_for_the_precision_that_a_device_computes_in() -> None:
    brain, single = QWEN3_VL.memory_in(Precision.BRAIN), QWEN3_VL.memory_in(Precision.SINGLE)
    assert single.model_bytes > 1.8 * brain.model_bytes
    assert QWEN3_VL.memory[0] is brain
    assert KRAKEN.memory_in(Precision.HALF) is KRAKEN.memory[0]


def test_what_is_published_as_memory_and_what_was_reckoned_do_not_agree_without_saying_so() -> None:
    for row in ENGINES:
        published, memory = row.batch.default_memory_gb, row.memory[0]
        if published is not None:
            reckoned = (memory.model_bytes + row.batch.default * memory.of_item()) / 1e9
            assert row.batch.doubt or abs(reckoned - published) < 0.2 * published


def test_what_is_published_of_the_cpu_stands_beside_what_was_measured() -> None:
    assert PYLAIA.cpu_page.seconds == 3.5
    assert PYLAIA.cpu_page.published_seconds == 80 * 1.5
    assert CpuPage(1, PYLAIA.speed.source).published is None


def test_the_segmenter_s_published_limit_is_one_that_sound_pages_exceed_on_the_cpu() -> None:
    assert SEGMENTER.limit_seconds == 30 < SEGMENTER.slow_page_on_cpu_seconds
    assert SEGMENTER.memory.of_item(2.2) == pytest.approx(752 * 2**20, rel=0.02)


def test_party_alone_needs_lines_and_their_page() -> None:
    assert [row.name for row in ENGINES if row.reads is Reads.LINES_IN_PAGE] == ["party"]

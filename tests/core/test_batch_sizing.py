"""The first batch: what the free memory allows, within the engine's range."""

from dataclasses import replace

import pytest

from htrkit.core.batch_sizing import MOST_ITEMS, starting_batch
from htrkit.domain.engine import BatchRange, EngineRow, MemoryModel
from htrkit.engines.catalog import ENGINES, KRAKEN, PYLAIA, QWEN3_VL

GB = 10**9


def row(*, model: int = 2 * GB, item: int = GB // 2, least: int = 8, most: int = 64) -> EngineRow:
    memory = replace(KRAKEN.memory[0], weights_bytes=model, besides_bytes=0, item_bytes=item, bytes_a_unit=0)
    return replace(KRAKEN, memory=(memory,), batch=BatchRange(least, most, least, 1, None, KRAKEN.batch.source))


@pytest.mark.parametrize(
    ("free_gb", "items"),
    [
        (46, 60),  # 32.2 GB less the model's 2, by halves
        (100, 64),  # the range's upper end
        (8, 8),  # 7.2 would be 70 %, and the range begins with 8
        (5, 6),  # 3 would be 70 %, and not even 8 fit what is free
        (2.6, 1),
        (2.4, 0),  # the model and not one item
        (1, 0),
        (0, 0),
    ],
)
def test_the_share_of_the_free_memory_is_filled_within_the_range(free_gb: float, items: int) -> None:
    assert starting_batch(row(), round(free_gb * GB)) == items


def test_the_share_is_a_setting() -> None:
    assert starting_batch(row(), 22 * GB, share=0.5) == 18
    assert starting_batch(row(), 22 * GB, share=1.0) == 40


def test_no_batch_is_larger_than_128_whatever_the_range() -> None:
    assert starting_batch(row(item=1, most=4096), 46 * GB) == MOST_ITEMS == 128


def test_an_engine_whose_range_begins_below_eight_may_begin_below_eight() -> None:
    assert starting_batch(row(item=5 * GB, least=1, most=8), 20 * GB) == 2


def test_every_beam_takes_the_memory_of_an_item() -> None:
    assert starting_batch(row(), 46 * GB, beams=4) == 15


def test_a_memory_model_with_the_model_s_own_size_counts_instead_of_the_row_s() -> None:
    memory: MemoryModel = replace(row().memory[0], weights_bytes=22 * GB)
    assert starting_batch(row(), 46 * GB, memory=memory) == 20


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_on_a_free_card_of_46_gb_every_engine_begins_within_its_range(engine: EngineRow) -> None:
    assert engine.batch.least <= starting_batch(engine, 46 * GB) <= engine.batch.most


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_more_memory_never_means_fewer_items(engine: EngineRow) -> None:
    sizes = [starting_batch(engine, free * GB // 4) for free in range(240)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 0


def test_the_published_defaults_of_a_46_gb_card_are_reached_there() -> None:
    assert starting_batch(PYLAIA, 46 * GB) == PYLAIA.batch.default
    assert starting_batch(QWEN3_VL, 46 * GB) == QWEN3_VL.batch.default

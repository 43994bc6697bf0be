"""What pages cost in earlier runs, kept in the user's cache."""

from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.core.page_costs import Source
from htrkit.run.cost_memory import LEAST_PAGES, MOST_PAGES, MOST_RUNS, CostMemory, spread
from tests.fakes.asked_estimates import HERE, run_costs


@pytest.fixture
def memory(tmp_path: Path) -> CostMemory:
    return CostMemory({"XDG_CACHE_HOME": str(tmp_path)}, tmp_path)


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_a_run_cost_is_remembered(memory: CostMemory) -> None:
    memory.remember(HERE, run_costs())
    figures = memory.figures(HERE)

    assert figures is not None
    assert figures.costs == run_costs().costs
    assert (figures.source, figures.start_seconds) == (Source.REMEMBERED, 5.0)
    assert figures.said == ("10 pages of 1 earlier run, the last on 2026-11-25 with 2 page workers.",)


def test_another_model_device_or_engine_is_another_matter(memory: CostMemory) -> None:
    memory.remember(HERE, run_costs())

    for other in (replace(HERE, model="c" * 64), replace(HERE, device="other"), replace(HERE, engine="party")):
        assert memory.figures(other) is None


def test_a_few_pages_are_not_enough_to_tell(memory: CostMemory) -> None:
    memory.remember(HERE, run_costs(pages=LEAST_PAGES - 1))

    assert memory.figures(HERE) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"schema": 9}', b'{"schema": 1, "run_id": "x"}', b"\xff\xfe", b"null"],
    ids=repr,
)
def test_a_damaged_or_foreign_file_is_passed_over_and_rewritten(
    memory: CostMemory, tmp_path: Path, content: bytes
) -> None:
    memory.remember(HERE, run_costs())
    (file,) = files_in(tmp_path)
    file.write_bytes(content)

    assert memory.figures(HERE) is None
    memory.remember(HERE, run_costs())
    assert memory.figures(HERE) is not None


def test_a_page_that_nobody_of_ours_wrote_makes_the_file_foreign(memory: CostMemory, tmp_path: Path) -> None:
    memory.remember(HERE, run_costs())
    (file,) = files_in(tmp_path)
    file.write_bytes(file.read_bytes().replace(b",false,2.0]", b",false,-2.0]", 1))

    assert memory.figures(HERE) is None


def test_only_the_latest_runs_are_kept(memory: CostMemory, tmp_path: Path) -> None:
    for number in range(MOST_RUNS + 3):
        memory.remember(HERE, run_costs(f"run-{number:02d}"))

    assert len(files_in(tmp_path)) == MOST_RUNS


def test_a_long_run_is_remembered_by_pages_spread_over_it() -> None:
    kept = spread(range(10 * MOST_PAGES))

    assert len(kept) == MOST_PAGES
    assert kept[0] == 0
    assert kept[-1] >= 9.9 * MOST_PAGES - 10


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "htrkit").write_text("in the way")
    memory = CostMemory({"XDG_CACHE_HOME": str(tmp_path)}, tmp_path)
    memory.remember(HERE, run_costs())

    assert memory.figures(HERE) is None


def test_a_run_without_a_page_leaves_nothing(memory: CostMemory, tmp_path: Path) -> None:
    memory.remember(HERE, run_costs(pages=0))

    assert files_in(tmp_path) == []

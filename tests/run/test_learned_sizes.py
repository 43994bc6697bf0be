"""What fitted is remembered for the same engine, model and device, and nothing else is."""

from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.domain.events import BatchResized, BatchShrunk, Event, PageStarted, Record
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.engines.catalog import KRAKEN
from htrkit.files.user_cache import cache_folder, read_cached, write_cached
from htrkit.run.bench import Bench
from htrkit.run.learned_sizes import MOST_KEPT, LearnedSizes
from htrkit.run.model_file import ModelFile
from htrkit.run.workforce import Serving

CARDS = [Serving("cuda:0", "cuda:0", 1, title="NVIDIA L40S"), Serving("cuda:1", "cuda:0", 1, title="NVIDIA A40")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    model = ModelFile(tmp_path / "m.safetensors", ModelFacts("m", "0" * 64))
    return Bench(Settings(), KRAKEN, model, model, Reading("kraken", "1"), tmp_path)


def learned(place: Path, bench: Bench, *events: Event) -> LearnedSizes:
    one = LearnedSizes(place / "cache" / "sizes.json", bench)
    one.known(CARDS)
    for event in events:
        one(Record("now", event))
    one.keep()
    return one


def resized(server: str, now: int, item_bytes: int = 5) -> BatchResized:
    return BatchResized(server, Step.RECOGNISE, 1, now, item_bytes)


def test_the_last_size_of_each_device_is_there_for_the_next_run(tmp_path: Path, bench: Bench) -> None:
    learned(
        tmp_path,
        bench,
        resized("cuda:0", 48),
        PageStarted(PageKey("a"), 1),
        BatchShrunk("cuda:0", Step.RECOGNISE, 48, 24, 7),
        resized("cuda:1", 9),
    )
    again = LearnedSizes(tmp_path / "cache" / "sizes.json", bench).known(CARDS)
    assert [one.sizes for one in again] == [{"recognise": (24, 7)}, {"recognise": (9, 5)}]


def test_a_run_that_learned_nothing_writes_nothing(tmp_path: Path, bench: Bench) -> None:
    learned(tmp_path, bench)
    assert not (tmp_path / "cache").exists()


def test_another_model_has_sizes_of_its_own(tmp_path: Path, bench: Bench) -> None:
    learned(tmp_path, bench, resized("cuda:0", 48))
    model = ModelFile(bench.model.path, ModelFacts("other", "1" * 64))
    other = LearnedSizes(tmp_path / "cache" / "sizes.json", replace(bench, model=model))
    assert [one.sizes for one in other.known(CARDS)] == [{}, {}]


def test_what_others_wrote_meanwhile_stays(tmp_path: Path, bench: Bench) -> None:
    learned(tmp_path, bench, resized("cuda:0", 48))
    learned(tmp_path, bench, resized("cuda:1", 12))
    again = LearnedSizes(tmp_path / "cache" / "sizes.json", bench).known(CARDS)
    assert [one.sizes["recognise"][0] for one in again] == [48, 12]


def test_no_more_is_kept_than_makes_sense(tmp_path: Path, bench: Bench) -> None:
    place = tmp_path / "cache" / "sizes.json"
    write_cached(place, {f"engine {number}": {"recognise": [1, 2]} for number in range(MOST_KEPT)})
    learned(tmp_path, bench, resized("cuda:0", 48))
    kept = read_cached(place)
    assert len(kept) == MOST_KEPT
    assert "engine 0" not in kept


@pytest.mark.parametrize(
    "kept",
    [None, 5, [], {"recognise": 5}, {"recognise": [1]}, {"recognise": [1, -2]}, {"recognise": ["1", 2]}],
)
def test_what_nobody_of_ours_wrote_is_passed_over(tmp_path: Path, bench: Bench, kept: object) -> None:
    place = tmp_path / "cache" / "sizes.json"
    learned(tmp_path, bench, resized("cuda:0", 48))
    write_cached(place, dict.fromkeys(read_cached(place), kept))
    assert [one.sizes for one in LearnedSizes(place, bench).known(CARDS)] == [{}, {}]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff"])
def test_a_broken_cache_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    assert read_cached(tmp_path / "x.json") == {}


def test_a_cache_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    write_cached(tmp_path / "file" / "x.json", {"a": 1})
    assert read_cached(tmp_path / "file" / "x.json") == {}


@pytest.mark.parametrize(
    ("told", "platform", "folder"),
    [
        ("", "linux", "/home/u/.cache/htrkit"),
        ("/var/c", "linux", "/var/c/htrkit"),
        ("not/absolute", "linux", "/home/u/.cache/htrkit"),
        ("", "darwin", "/home/u/Library/Caches/htrkit"),
    ],
)
def test_the_folder_is_where_the_system_keeps_caches(told: str, platform: str, folder: str) -> None:
    assert str(cache_folder({"XDG_CACHE_HOME": told}, Path("/home/u"), platform=platform)) == folder

"""A graph that does not compile is made anew, once; where nothing is computed here, none is asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.domain.computing import Computing, CpuBackend
from htrkit.domain.engine import Precision
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.networks import chosen
from htrkit.networks.chosen import graph_opened, opened_for
from htrkit.networks.kept import ABOUT, GRAPH, RECOGNITION, About, Kept
from htrkit.networks.store import NotConverted

ABOUT_IT = About(1, 48, boxes=False, legacy_polygons=False, codec={}, metadata={})
OPENVINO = Computing(CpuBackend.OPENVINO, Precision.SINGLE, 2)


class Entries:
    """Makes entries of which the first so many have graphs that OpenVINO cannot compute."""

    def __init__(self, folder: Path, bad: int = 0) -> None:
        self.folder, self.bad, self.made = folder / "entry", bad, 0

    def make(self) -> Kept:
        if not self.folder.exists():
            self.folder.mkdir()
            (self.folder / GRAPH).write_text("bad" if self.made < self.bad else "good")
            (self.folder / ABOUT).touch()
            self.made += 1
        return Kept(ABOUT_IT, self.folder / GRAPH, None, self.folder)

    def compiled(self, graph: Path, precision: Precision, threads: int) -> str:
        if graph.read_text() == "bad":
            raise RuntimeError("no primitive")
        return f"{graph.read_text()} in {precision} by {threads}"


@pytest.mark.parametrize(("bad", "made"), [(0, 1), (1, 2)])
def test_a_graph_that_does_not_compile_is_made_anew(tmp_path: Path, bad: int, made: int) -> None:
    entries = Entries(tmp_path, bad)
    assert graph_opened(entries.make(), entries.make, entries.compiled, OPENVINO) == "good in fp32 by 2"
    assert entries.made == made


def test_one_that_does_not_compile_after_that_either_is_refused(tmp_path: Path) -> None:
    entries = Entries(tmp_path, 5)
    with pytest.raises(NotConverted, match="OpenVINO cannot compute what was made of it") as caught:
        graph_opened(entries.make(), entries.make, entries.compiled, OPENVINO)
    assert "no primitive" in caught.value.cause
    assert "--cpu-backend torch" in caught.value.mend
    assert entries.made == 2


def test_an_entry_without_a_graph_gives_none(tmp_path: Path) -> None:
    none = Kept(ABOUT_IT, None, "its layer is odd", tmp_path)
    never: Callable[..., Kept] = lambda *_: pytest.fail("asked for")  # noqa: E731 - its type says what it stands for
    assert graph_opened(none, never, never, OPENVINO) is None


@pytest.mark.parametrize("backend", [CpuBackend.OPENVINO, CpuBackend.TORCH])
def test_where_nothing_is_computed_here_no_graph_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: CpuBackend
) -> None:
    """A conversion that is killed hurts no run on a GPU."""
    monkeypatch.setattr(chosen, "kept_network", lambda *_: pytest.fail("converted"))
    monkeypatch.setattr(chosen, "kept_about", lambda *_: Kept(ABOUT_IT, tmp_path / GRAPH, None, tmp_path))
    order = LoadOrder("m", ModelFacts("m", "0"), "cuda:0", computes=False, computing=Computing(backend))
    opened = opened_for(order, RECOGNITION, lambda *_: pytest.fail("compiled"))
    assert opened is not None
    assert (opened.about, opened.network) == (ABOUT_IT, None)


def test_where_torch_computes_nothing_is_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen, "kept_network", lambda *_: pytest.fail("converted"))
    assert opened_for(LoadOrder("m", ModelFacts("m", "0")), RECOGNITION, lambda *_: pytest.fail("compiled")) is None

"""Models are converted once for this machine, by whoever comes first, and what goes wrong is said."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.networks import store
from htrkit.networks.graph import NoGraph
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import ABOUT, FOLDER, RECOGNITION, REFUSED, UNWRITABLE, About, read_entry
from htrkit.networks.store import LOCK, kept_network, kept_or_made
from tests.fakes.kraken_networks import line_network, written

ABOUT_IT = About(1, 48, boxes=False, legacy_polygons=False, codec={"a": (1,)}, metadata={})
Make = Callable[[Path], None]


class Maker:
    """Writes entries without a graph, and counts them; `beside` happens meanwhile."""

    def __init__(self, beside: Callable[[], None] = lambda: None) -> None:
        self.made: list[Path] = []
        self.beside = beside

    def __call__(self, entry: Path) -> None:
        self.beside()
        self.made.append(entry)
        write_entry(entry, ABOUT_IT, self.no_graph)

    def no_graph(self) -> None:
        raise NoGraph("it is a fake")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"weights")
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, and nothing left to do when Python ends."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(store.tempfile, "tempdir", str(folder))
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(store.atexit, "register", lambda *told, **_: asked.append(told))
    yield folder
    for _, made in asked:
        assert isinstance(made, Path)
        assert made.parent == folder


def test_a_model_is_converted_once_and_read_from_then_on(model: Path, tmp_path: Path) -> None:
    make = Maker()
    first, second = (kept_or_made((model,), "t", tmp_path / "cache", make) for _ in range(2))
    assert first == second
    assert first.about == ABOUT_IT
    assert len(make.made) == 1
    assert make.made[0].parent == tmp_path / "cache" / FOLDER


def test_a_model_of_the_same_content_elsewhere_needs_no_conversion(model: Path, tmp_path: Path) -> None:
    make = Maker()
    other = tmp_path / "renamed"
    other.write_bytes(model.read_bytes())
    for path in (model, other):
        kept_or_made((path,), "t", tmp_path / "cache", make)
    assert len(make.made) == 1


def test_a_model_that_was_trained_on_is_converted_anew(model: Path, tmp_path: Path) -> None:
    make = Maker()
    kept_or_made((model,), "t", tmp_path / "cache", make)
    model.write_bytes(b"other weights")
    kept_or_made((model,), "t", tmp_path / "cache", make)
    assert len(set(make.made)) == 2


def test_two_at_once_convert_once(model: Path, tmp_path: Path) -> None:
    started, second_waits = threading.Event(), threading.Event()

    def beside() -> None:
        started.set()
        second_waits.wait(5)

    make = Maker(beside)
    found = []

    def work() -> None:
        found.append(kept_or_made((model,), "t", tmp_path / "cache", make))

    first = threading.Thread(target=work)
    first.start()
    assert started.wait(5)
    second = threading.Thread(target=work)
    second.start()
    second_waits.set()
    for thread in (first, second):
        thread.join(10)
    assert len(found) == 2
    assert len(make.made) == 1


def test_a_torn_entry_is_made_anew(model: Path, tmp_path: Path) -> None:
    make = Maker()
    kept_or_made((model,), "t", tmp_path / "cache", make)
    (make.made[0] / ABOUT).write_bytes(b'{"channels": 1')
    assert kept_or_made((model,), "t", tmp_path / "cache", make).about == ABOUT_IT
    assert len(make.made) == 2


def test_a_cache_without_locks_is_used_without(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(store.fcntl, "flock", no_locks)
    make = Maker()
    for _ in range(2):
        kept_or_made((model,), "t", tmp_path / "cache", make)
    assert [entry.parent for entry in make.made] == [tmp_path / "cache" / FOLDER]


def test_a_cache_that_is_a_file_is_done_without(model: Path, tmp_path: Path, temporary: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_bytes(b"")
    make = Maker()
    assert kept_or_made((model,), "t", cache, make).about == ABOUT_IT
    assert make.made[0].is_relative_to(temporary)


def test_a_cache_that_is_full_is_done_without(model: Path, tmp_path: Path, temporary: Path) -> None:
    class OnAFullDisk(Maker):
        def __call__(self, entry: Path) -> None:
            if not entry.is_relative_to(temporary):
                raise OSError(28, "No space left on device")
            super().__call__(entry)

    make = OnAFullDisk()
    assert kept_or_made((model,), "t", tmp_path / "cache", make).about == ABOUT_IT
    assert len(make.made) == 1


def test_where_no_cache_is_given_nothing_is_left_in_the_folder_one_is_in(
    model: Path, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    make = Maker()
    kept_or_made((model,), "t", None, make)
    assert make.made[0].is_relative_to(temporary)
    assert list(here.iterdir()) == []


@pytest.mark.usefixtures("temporary")
def test_where_nothing_can_be_written_at_all_it_is_said(model: Path, tmp_path: Path) -> None:
    def make(_: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(PreflightRefused, match=r"net\.safetensors.*No space left on device") as caught:
        kept_or_made((model,), "t", tmp_path / "cache", make)
    assert "--cpu-backend torch" in caught.value.mend


def test_a_model_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match=r"gone\.safetensors: the model cannot be read \(No such file"):
        kept_network(tmp_path / "gone.safetensors", RECOGNITION, tmp_path / "cache")


def test_of_several_files_the_one_that_is_gone_is_named(model: Path, tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match=r"syms\.txt: the model cannot be read"):
        kept_or_made((model, tmp_path / "syms.txt"), "t", tmp_path / "cache", Maker())


# The process that converts; a script takes its place.


def instead(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let another Python do what the process should."""
    place = folder / "python"
    place.write_text(f"#!{sys.executable}\nimport os, signal, sys\n{script}\n")
    place.chmod(0o755)
    monkeypatch.setattr(store.sys, "executable", str(place))


def test_a_model_that_kraken_refuses_is_refused_in_its_words(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = orjson.dumps({"what": "net: Kraken cannot load it: bad magic.", "mend": "Give another."}).decode()
    instead(monkeypatch, tmp_path, f"print('a library chats')\nprint({words!r})\nsys.exit({REFUSED})")
    with pytest.raises(PreflightRefused, match=r"net: Kraken cannot load it: bad magic\.") as caught:
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert caught.value.mend == "Give another."


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "ended by signal 9; memory may have run out"),
        ("sys.stderr.write('Traceback\\nImportError: no torch\\n'); sys.exit(1)", r"\(ImportError: no torch\)"),
        ("sys.exit(7)", r"\(exit status 7\)"),
        ("pass", r"\(nothing whole was written\)"),
    ],
    ids=["killed", "failed", "silent", "done for nothing"],
)
def test_a_conversion_that_fails_is_told_with_its_cause(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    instead(monkeypatch, tmp_path, script)
    with pytest.raises(
        PreflightRefused, match=rf"net\.safetensors: the model could not be converted.*{said}"
    ) as caught:
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert "--cpu-backend torch" in caught.value.mend


def test_a_conversion_that_finds_the_disk_full_goes_elsewhere(
    model: Path, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, tmp_path, f"sys.stderr.write('[Errno 28] No space left\\n'); sys.exit({UNWRITABLE})")
    with pytest.raises(PreflightRefused, match=r"no place to keep the model.*No space left"):
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert [path.name[:15] for path in temporary.iterdir()] == ["htrkit-network-"]


@pytest.mark.slow
def test_the_process_itself_converts_whatever_lies_in_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of scans may hold a file that is called as a module of Python's."""
    model = written(line_network(), tmp_path)
    (tmp_path / "orjson.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    kept = kept_network(model, RECOGNITION, tmp_path / "cache")
    assert kept.graph is not None
    assert kept == kept_network(model, RECOGNITION, tmp_path / "cache")
    assert sorted(path.name for path in (tmp_path / "cache" / FOLDER).iterdir()) == [LOCK, kept.graph.parent.name]
    assert read_entry(kept.graph.parent) == kept

"""Models are converted once for this machine, by whoever comes first, and what goes wrong is said."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.networks import aside, store
from htrkit.networks.graph import NoGraph
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import ABOUT, DAY_SECONDS, FOLDER, RECOGNITION, REFUSED, UNWRITABLE, About, read_entry
from htrkit.networks.store import (
    ALONE,
    LOCK,
    NotConverted,
    found_already,
    kept_about,
    kept_network,
    kept_or_made,
)
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
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(aside.tempfile, "tempdir", str(folder))
    return folder


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


TWO_AT_ONCE = """
import sys, time
from pathlib import Path
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import About
from htrkit.networks.store import kept_or_made

own, other, made, model, cache = map(Path, sys.argv[1:])

def make(entry):
    with made.open("a") as file:
        file.write("made\\n")
    until = time.monotonic() + 30
    while not other.exists() and time.monotonic() < until:
        time.sleep(0.01)
    write_entry(entry, About(1, 48, boxes=False, legacy_polygons=False, codec={}, metadata={}), None)

own.touch()
print(kept_or_made((model,), "t", cache, make).folder)
"""


def never_written(folder: Path) -> Path:
    """Give a folder in which nobody can write, root neither."""
    if os.geteuid() == 0:
        return Path("/proc/htrkit")
    folder.mkdir()
    folder.chmod(0o500)
    return folder


@pytest.mark.parametrize("is_read_only", [False, True], ids=["a cache", "a cache that is only read"])
def test_two_processes_at_once_convert_once(model: Path, tmp_path: Path, temporary: Path, is_read_only: bool) -> None:
    cache = never_written(tmp_path / "cache") if is_read_only else tmp_path / "cache"
    one, other, made = tmp_path / "one", tmp_path / "other", tmp_path / "made"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_AT_ONCE, *map(str, (*pair, made, model, cache))],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(temporary)},
        )
        for pair in ((one, other), (other, one))
    ]
    places = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert [process.returncode for process in processes] == [0, 0]
    assert len(places) == 1
    assert Path(places.pop()).is_relative_to(temporary if is_read_only else cache)
    assert made.read_text() == "made\n"


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
    for _ in range(2):
        assert kept_or_made((model,), "t", tmp_path / "cache", make).about == ABOUT_IT
    assert len(make.made) == 1
    assert found_already((model,), "t", tmp_path / "cache") is not None


@pytest.mark.parametrize("left", ["open to all", "a link", "a file"])
def test_a_temporary_folder_that_others_can_write_in_is_not_used(
    model: Path, tmp_path: Path, temporary: Path, left: str
) -> None:
    place = temporary / f"htrkit-networks-{os.getuid()}"
    if left == "open to all":
        place.mkdir()
        place.chmod(0o777)
    elif left == "a link":
        (tmp_path / "others").mkdir()
        place.symlink_to(tmp_path / "others")
    else:
        place.write_bytes(b"")
    with pytest.raises(NotConverted, match="Make room in one of them"):
        kept_or_made((model,), "t", None, Maker())


def test_what_a_day_old_run_left_in_the_temporary_folder_goes(model: Path, temporary: Path) -> None:
    make = Maker()
    old = kept_or_made((model,), "t", None, make).folder
    long_ago = time.time() - DAY_SECONDS - 10
    os.utime(old, (long_ago, long_ago))
    kept_or_made((model,), "u", None, make)
    assert not old.exists()
    assert [entry.parent.parent for entry in make.made] == [temporary, temporary]


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

    with pytest.raises(NotConverted, match=r"net\.safetensors.*No space left on device") as caught:
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
        ("os.kill(os.getpid(), signal.SIGKILL)", "the conversion was ended by signal 9; memory may have run out"),
        (
            "sys.stderr.write('Traceback\\nImportError: no torch\\n'); sys.exit(1)",
            "the conversion failed (ImportError: no torch)",
        ),
        ("sys.exit(7)", "the conversion failed (exit status 7)"),
        ("pass", "nothing whole was written"),
    ],
    ids=["killed", "failed", "silent", "done for nothing"],
)
def test_a_conversion_that_fails_is_told_with_its_cause(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    instead(monkeypatch, tmp_path, script)
    with pytest.raises(NotConverted, match=r"net\.safetensors: the model could not be converted") as caught:
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert caught.value.cause == said
    assert "--cpu-backend torch" in caught.value.mend


def test_a_conversion_that_was_killed_says_nothing_of_the_next(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, tmp_path, "os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(NotConverted):
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert found_already((model,), RECOGNITION, tmp_path / "cache") is None


def test_what_stands_around_a_network_needs_no_graph(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a GPU computes, whatever ends the building of graphs ends nothing."""
    write = f"""
from pathlib import Path
sys.path[:0] = {sys.path!r}
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import About
if sys.argv[-1] != {ALONE!r}:
    os.kill(os.getpid(), signal.SIGKILL)
about = About(1, 48, boxes=False, legacy_polygons=False, codec={{"a": (1,)}}, metadata={{}})
write_entry(Path(sys.argv[-2]), about, None)
"""
    instead(monkeypatch, tmp_path, write)
    kept = kept_about(model, RECOGNITION, tmp_path / "cache")
    assert (kept.about, kept.graph) == (ABOUT_IT, None)
    with pytest.raises(NotConverted):
        kept_network(model, RECOGNITION, tmp_path / "cache")


def test_what_stands_around_a_network_is_read_from_its_whole_entry(model: Path, tmp_path: Path) -> None:
    whole = kept_or_made((model,), RECOGNITION, tmp_path / "cache", Maker())
    assert kept_about(model, RECOGNITION, tmp_path / "cache") == whole


def test_a_look_at_a_model_that_is_gone_finds_nothing(tmp_path: Path) -> None:
    assert found_already((tmp_path / "gone",), RECOGNITION, tmp_path) is None


def test_a_conversion_that_finds_the_disk_full_goes_elsewhere(
    model: Path, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead(monkeypatch, tmp_path, f"sys.stderr.write('[Errno 28] No space left\\n'); sys.exit({UNWRITABLE})")
    with pytest.raises(NotConverted, match=r"neither the cache folder nor.*No space left"):
        kept_network(model, RECOGNITION, tmp_path / "cache")
    assert [path.name for path in temporary.iterdir()] == [f"htrkit-networks-{os.getuid()}"]


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

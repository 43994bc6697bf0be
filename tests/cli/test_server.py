"""Whole runs over a real inference server on loopback: what is checked first, what is written, and what becomes of it
when the server refuses, dies and comes back."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import orjson
import pytest
from PIL import Image, ImageDraw

from htrkit.cli.main import main
from tests.fakes.inference_server import MODEL, Asked, Handler, Manners, cuts_off, gives, inference_server, says

pytestmark = pytest.mark.slow

KEY = "sk-never-to-be-seen"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Four pages, each of its own size."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(1, 5):
        page = Image.new("L", (300 + number, 200), 235)
        ImageDraw.Draw(page).text((20, 20), f"page {number}", fill=20, font_size=40)
        page.save(folder / f"{number}.png")
    return folder


@pytest.fixture
def server() -> Iterator[tuple[str, Manners]]:
    with inference_server(by_page) as found:
        yield found


def by_page(handler: Handler, asked: Asked) -> None:
    """Read a page as its number, which its width tells."""
    content = asked.body["messages"][-1]["content"][0]["image_url"]["url"]
    width = Image.open(BytesIO(base64.b64decode(content.split(",")[1]))).width
    says(f"folio {width - 300}")(handler, asked)


def htrkit(home: Path, *words: object) -> Ended:
    """Give the end of a command in a process of its own, which has the key in its environment."""
    command, environment = started(home, *words)
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=home, timeout=120)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def started(home: Path, *words: object) -> tuple[list[str], dict[str, str]]:
    """Give the command and its environment."""
    environment = {**os.environ, "HTRKIT_API_KEY": KEY, "HOME": str(home), "OMP_NUM_THREADS": "1"}
    return [sys.executable, "-m", "htrkit", *map(str, words)], environment


def refused(words: Sequence[object], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ended:
    """Give the end of a command that loads nothing, in this process."""
    monkeypatch.setenv("HTRKIT_API_KEY", KEY)
    monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return Ended(int(str(ended.value.code)), said.out, said.err)


def written(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def test_a_run_reads_every_page_and_the_key_is_written_nowhere(
    server: tuple[str, Manners], scans: Path, tmp_path: Path
) -> None:
    address, manners = server
    seen_in_process_lists: list[bool] = []

    def looks_at_processes(handler: Handler, asked: Asked) -> None:
        lists = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
        seen_in_process_lists.append(any(KEY.encode() in one for one in lists))
        by_page(handler, asked)

    manners.script.extend([looks_at_processes, gives(400, {"error": {"message": f"you sent {KEY}"}})])
    ended = htrkit(
        tmp_path, "run", scans, "-o", "out", "-e", "server", "--server", address, "-m", MODEL, "-j", "1", "-vv"
    )
    assert ended.code == 4, ended.err
    texts = sorted(path.read_text() for path in (tmp_path / "out" / "txt").glob("*.txt"))
    assert len(texts) == 3
    assert all(text.startswith("folio ") for text in texts)
    assert all(asked.headers["Authorization"] == f"Bearer {KEY}" for asked in manners.asked)
    assert seen_in_process_lists == [False]
    everything = [*written(tmp_path), (Path("stdout"), ended.out.encode()), (Path("stderr"), ended.err.encode())]
    assert [path for path, content in everything if KEY.encode() in content] == []
    assert "you sent [key]" in (tmp_path / "out" / "failures.csv").read_text()


def test_the_record_cites_the_model_by_its_name_and_says_what_the_page_has_cost(
    server: tuple[str, Manners], scans: Path, tmp_path: Path
) -> None:
    address, _ = server
    ended = htrkit(tmp_path, "run", scans, "-o", "out", "-e", "server", "--server", address, "-j", "2")
    assert ended.code == 0, ended.err
    assert f"`{MODEL}` is the only one" in ended.err
    record = orjson.loads((tmp_path / "out" / "json" / "1.json").read_bytes())
    assert record["reading"]["model"] == {"name": MODEL, "sha256": ""}
    assert (
        "1000 tokens read, 7 written" in {note["code"]: note["message"] for note in record["layout"]["notes"]}["tokens"]
    )
    again = htrkit(tmp_path, "resume", "out")
    assert (again.code, "Nothing is left to do" in again.err) == (0, True), again.err


def test_a_key_that_is_refused_in_the_middle_stops_the_run_and_fails_no_page(
    server: tuple[str, Manners], scans: Path, tmp_path: Path
) -> None:
    address, manners = server
    manners.script.append(by_page)
    manners.usual = gives(401, {"error": {"message": "expired"}})
    ended = htrkit(tmp_path, "run", scans, "-o", "out", "-e", "server", "--server", address, "-j", "1")
    assert ended.code == 5, ended.err
    assert "done 1 + failed 0 + skipped 0 + not run 3" in ended.err
    assert "HTRKIT_API_KEY" in ended.err
    assert manners.texts_asked == 2
    manners.usual = by_page
    assert htrkit(tmp_path, "resume", "out").code == 0


def test_a_server_that_dies_and_comes_back_costs_no_page(scans: Path, tmp_path: Path) -> None:
    said, asked_again, closed = tmp_path / "said", threading.Event(), threading.Event()

    def dies(handler: Handler, asked: Asked) -> None:
        asked_again.set()
        closed.wait(60)
        cuts_off(handler, asked)

    with ExitStack() as stack:
        first = ExitStack()
        address, manners = first.enter_context(inference_server(dies))
        manners.script.append(by_page)
        port = int(address.split(":")[2].split("/")[0])
        words = ("run", scans, "-o", "out", "-e", "server", "--server", address, "-j", "1", "-v")
        with said.open("wb") as stderr:
            command, environment = started(tmp_path, *words)
            run = subprocess.Popen(command, env=environment, stdout=stderr, stderr=stderr, cwd=tmp_path)
        stack.callback(run.kill)
        assert asked_again.wait(60), said.read_text()
        first.close()
        closed.set()
        for _ in range(1200):
            # Nobody is there until the run has seen that nobody is.
            if "cannot be reached" in said.read_text():
                break
            with suppress(subprocess.TimeoutExpired):
                assert run.wait(0.05) is None, said.read_text()
        assert "cannot be reached" in said.read_text()
        stack.enter_context(inference_server(by_page, port=port))
        assert run.wait(60) == 0, said.read_text()
    assert "done 4 + failed 0" in said.read_text()


def test_a_model_that_the_server_does_not_know_is_refused_with_the_nearest(
    server: tuple[str, Manners],
    scans: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("validate", scans, "-e", "server", "--server", server[0], "-m", "tiny-raeder", "--no-try-page")
    ended = refused(words, monkeypatch, capsys)
    assert ended.code == 3
    assert f"Did you mean {MODEL}?" in " ".join((ended.out + ended.err).split())


def test_a_server_that_is_not_there_is_said_before_the_run(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with inference_server() as (address, _):
        pass
    ended = refused(("run", scans, "-o", tmp_path / "out", "-e", "server", "--server", address), monkeypatch, capsys)
    assert (ended.code, "cannot be reached" in ended.err) == (3, True), ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("status", "word"), [(401, "key"), (404, "address")])
def test_a_server_that_refuses_us_is_said_before_the_run(
    server: tuple[str, Manners],
    scans: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    status: int,
    word: str,
) -> None:
    address, manners = server
    manners.models = gives(status, {"error": f"no {KEY}"})
    ended = refused(("run", scans, "-o", tmp_path / "out", "-e", "server", "--server", address), monkeypatch, capsys)
    assert (ended.code, word in ended.err, KEY in ended.err) == (3, True, False), ended.err


@pytest.mark.parametrize(
    ("engine", "said"),
    [(("-e", "kraken", "--server", "http://127.0.0.1:9/v1"), "reads here"), (("-e", "server"), "none is given")],
)
def test_an_engine_and_a_server_that_do_not_go_together_are_a_mistake_of_usage(
    scans: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    engine: tuple[str, ...],
    said: str,
) -> None:
    ended = refused(("run", scans, "-o", tmp_path / "out", *engine), monkeypatch, capsys)
    assert (ended.code, said in " ".join(ended.err.split())) == (2, True), ended.err


def test_validate_reads_a_page_for_trial(server: tuple[str, Manners], scans: Path, tmp_path: Path) -> None:
    ended = htrkit(tmp_path, "validate", scans, "-e", "churro", "--server", server[0], "-m", MODEL)
    assert ended.code == 0, ended.out + ended.err
    assert "folio 1" in ended.out + ended.err


def test_a_run_goes_on_with_another_server_that_has_the_same_model(
    server: tuple[str, Manners], scans: Path, tmp_path: Path
) -> None:
    with inference_server(by_page) as (first, manners):
        manners.script.append(by_page)
        manners.usual = gives(403, {})
        assert htrkit(tmp_path, "run", scans, "-o", "out", "-e", "server", "--server", first, "-j", "1").code == 5
    address, other = server
    other.models = gives(200, {"data": [{"id": "another"}]})
    assert "does not know the model" in " ".join(htrkit(tmp_path, "resume", "out", "--server", address).err.split())
    other.models = gives(200, {"data": [{"id": "another"}, {"id": MODEL}]})
    ended = htrkit(tmp_path, "resume", "out", "--server", address)
    assert (ended.code, other.texts_asked) == (0, 3), ended.err


def test_how_long_a_server_takes_is_measured_or_not_said_at_all(
    server: tuple[str, Manners],
    scans: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("estimate", scans, "-e", "server", "--server", server[0])
    ended = refused(words, monkeypatch, capsys)
    assert (ended.code, "--measure 10" in " ".join(ended.err.split())) == (3, True), ended.err
    assert htrkit(tmp_path, *words, "--measure", "2").code == 0

"""A real model over real agents: every file that readers get has the bytes of a local run, wherever files stand."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from htrkit.config.layers import Layer
from htrkit.domain.exits import ExitCode
from htrkit.run.agents import Agents
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request, made_ready
from htrkit.run.resuming import Again, made_ready_again
from htrkit.run.running import carried_out, first_work, held, planned
from htrkit.run.session import Ended
from tests.fakes.fake_cluster import FakeCluster

pytestmark = pytest.mark.slow

STARTED = "2026-11-25T07:00:00Z"
WISHES: Mapping[str, object] = {
    "segmenter": "none",
    "device": "cpu",
    "threads": 1,
    "jobs": 1,
    "formats": "txt,page,alto",
}


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(4):
        strip = Image.new("L", (900, 70), 235)
        ImageDraw.Draw(strip).text((20, 5), f"line number {number}", fill=20, font_size=46)
        strip.save(folder / f"{number}.png")
    (folder / "torn.png").write_bytes(b"no picture")
    return folder


def read_into(out: Path, scans: str, cluster: Agents | None, home: Path) -> Ended:
    executor = {"executor": "local" if cluster is None else "ray"}
    typed = (Layer("command line", {**WISHES, **executor}),)
    ready = made_ready(Request((scans,), out, None, typed, {}, home))
    place = OutFolder(out)
    with held(place, since=STARTED):
        work = first_work(planned(ready, inputs=(scans,), started=STARTED), ready, place)
        return carried_out(work, [], now=lambda: STARTED, agents_of=lambda _: cluster)


def outputs(out: Path) -> dict[str, bytes]:
    folders = ("txt", "page", "alto", "json", "failures.csv")
    files = (path for name in folders for path in [out / name, *(out / name).rglob("*")] if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


@pytest.mark.parametrize("strange", [False, True])
@pytest.mark.parametrize("relative", [False, True])
def test_all_files_for_readers_are_those_of_a_local_run(
    strange: bool, relative: bool, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = "scans" if relative else str(scans)
    cluster = FakeCluster(["n1", "n2"], workers=1, strange=strange)
    leased = read_into(tmp_path / "leased", given, cluster, tmp_path)
    read_into(tmp_path / "local", given, None, tmp_path)

    assert (leased.counts.done, leased.counts.failed) == (4, 1)
    assert len(outputs(tmp_path / "local")) == 17
    assert outputs(tmp_path / "leased") == outputs(tmp_path / "local")


@pytest.mark.usefixtures("scans")
def test_a_run_that_was_led_goes_on_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    read_into(out, "scans", FakeCluster(["n1"], workers=1), tmp_path)
    (out / "txt/2.txt").unlink()
    again = Again(out, {}, tmp_path, (Layer("command line", {"executor": "local"}),))
    with made_ready_again(again) as ready:
        assert len(ready.work.left.pages) == 1
        ended = carried_out(ready.work, [], now=lambda: STARTED)

    assert (ended.counts.done, ended.counts.exit_code) == (4, ExitCode.FAILED_PAGES)
    assert (out / "txt/2.txt").exists()

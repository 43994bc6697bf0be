"""`htrkit estimate` as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from htrkit.domain.exits import ExitCode
from tests.cli.test_application import htrkit


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(6):
        Image.new("L", (120, 80), 255).save(folder / f"{number}.png")
    return folder


def asked(*words: str) -> Any:
    done = htrkit("estimate", *words, "--json")
    assert done.returncode == ExitCode.DONE, done.stderr
    return json.loads(done.stdout)


def test_hardware_that_is_not_here_is_planned_for_without_a_model(scans: Path) -> None:
    told = asked(str(scans), "-e", "trocr", "--gpu", "l40s:2")
    seconds = told["seconds"]

    assert (told["schema"], told["pages"], told["source"]) == (1, 6, "published")
    assert 0 < seconds["low"] <= seconds["expected"] <= seconds["high"]
    assert [device["name"] for device in told["devices"]] == ["NVIDIA L40S"] * 2
    assert told["vram_bytes"] > 0


def test_another_card_is_said_to_be_taken_for_an_l40s(scans: Path) -> None:
    sure, unsure = (asked(str(scans), "-e", "trocr", "--gpu", card) for card in ("l40s", "h100"))

    assert any("taken for an L40S" in sentence for sentence in unsure["said"])
    assert unsure["seconds"]["high"] > sure["seconds"]["high"]


def test_without_a_model_or_earlier_runs_the_table_is_asked(scans: Path) -> None:
    told = asked(str(scans), "-e", "party", "-d", "cpu")

    assert (told["source"], told["devices"][0]["device"], told["bound_by"]) == ("published", "cpu", "cpu")


def test_people_read_where_the_figures_come_from(scans: Path) -> None:
    done = htrkit("estimate", str(scans), "-e", "trocr", "--gpu", "l40s")

    assert "published figures, nothing measured" in done.stdout
    assert "in nine of ten cases" in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--gpu", "abacus"), ExitCode.USAGE, "Take one of l40s"),
        (("--gpu", "l40s", "--measure", "3"), ExitCode.USAGE, "Leave one of them away"),
        (("--measure", "0"), ExitCode.USAGE, "--measure"),
        (("-e", "trocr", "-d", "cpu", "--measure", "3"), ExitCode.PREFLIGHT, "no model of its own"),
        (("-e", "nonsense"), ExitCode.USAGE, "no engine called"),
        (("-d", "cuda:7"), ExitCode.PREFLIGHT, "no device"),
    ],
    ids=str,
)
def test_wishes_that_cannot_be_are_refused(scans: Path, words: tuple[str, ...], code: ExitCode, said: str) -> None:
    done = htrkit("estimate", str(scans), *words)

    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_no_page_is_no_estimate(tmp_path: Path) -> None:
    assert htrkit("estimate", str(tmp_path)).returncode == ExitCode.PREFLIGHT


@pytest.mark.slow
def test_measured_pages_are_remembered_and_out_is_not_touched(shared: Path, tmp_path: Path) -> None:
    model, pages = shared / "models" / "latin-medieval.safetensors", shared / "data" / "demo"
    words = (str(pages), "-m", str(model), "-d", "cpu", "-s", "sidecar", "-o", str(tmp_path / "out"), "--json")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    measured, remembered = (htrkit("estimate", *words, *more, **cache) for more in (("--measure", "5"), ()))

    assert json.loads(measured.stdout)["source"] == "measured", measured.stderr
    assert json.loads(remembered.stdout)["source"] == "remembered"
    assert not (tmp_path / "out").exists()

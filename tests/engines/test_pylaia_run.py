"""The whole way with PyLaia: pictures of lines in, the texts that a model knows by heart out."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import Item, LoadOrder, OpenPage
from htrkit.engines.pylaia_lines import PylaiaLines
from htrkit.run.given_layout import whole_picture
from tests.fakes.language_models import write_language
from tests.fakes.pylaia_models import SYMBOLS
from tests.fakes.pylaia_taught import TEXTS, line_of, write_lines, write_taught, write_taught_polyscriptors

pytestmark = pytest.mark.slow

QUICK = ("-s", "none", "-d", "cpu", "--threads", "1", "--workforce", "inline", "--progress", "none")
PYLAIA = ("-e", "pylaia", "--allow-slow-cpu", "--yes")


@pytest.fixture(scope="module")
def pylaia(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_taught(tmp_path_factory.mktemp("pylaia"))


@pytest.fixture(scope="module")
def polyscriptors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_taught_polyscriptors(tmp_path_factory.mktemp("polyscriptors"))


@pytest.fixture(params=["pylaia", "polyscriptors"])
def taught(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def htrkit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("HOME", str(tmp_path))

    def typed(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
        try:
            main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return typed


def texts_in(out: Path) -> list[str]:
    return [(out / "txt" / f"{number}.txt").read_text(encoding="utf-8").rstrip("\n") for number in range(len(TEXTS))]


def test_a_run_gives_every_text_to_the_letter(taught: Path, tmp_path: Path, htrkit: Callable[..., int]) -> None:
    scans, out = write_lines(tmp_path / "scans"), tmp_path / "out"
    words = ("run", scans, "-o", out, *PYLAIA, "-m", taught, "-f", "txt,page,alto,hocr,csv")
    assert htrkit(*words, *QUICK) == ExitCode.DONE
    assert texts_in(out) == list(TEXTS)
    (line,) = json.loads((out / "json" / "0.json").read_text())["layout"]["lines"]
    assert line["confidence"] > 0.6
    assert "".join(one["text"] for one in line["characters"]) == TEXTS[0]


@pytest.mark.skipif(find_spec("flashlight") is None, reason="needs flashlight-text: htrkit[lm]")
def test_a_run_with_a_language_model_cites_it_and_follows_it(
    pylaia: Path, tmp_path: Path, htrkit: Callable[..., int]
) -> None:
    scans = write_lines(tmp_path / "scans")
    language = write_language(tmp_path / "language", SYMBOLS, "bed")
    words = (*PYLAIA, "-m", pylaia, "-f", "txt", "--language-model", language, *QUICK)
    assert htrkit("run", scans, "-o", tmp_path / "mild", *words, "--language-model-weight", 0) == ExitCode.DONE
    assert htrkit("run", scans, "-o", tmp_path / "strong", *words, "--language-model-weight", 50) == ExitCode.DONE
    assert texts_in(tmp_path / "mild") == list(TEXTS)
    assert texts_in(tmp_path / "strong") != list(TEXTS)
    cited = json.loads((tmp_path / "mild" / "json" / "0.json").read_text())["reading"]
    assert "language_model.arpa.gz" in json.dumps(cited)


def test_validate_names_a_missing_extra_and_a_language_model_that_lies_idle(
    pylaia: Path, tmp_path: Path, htrkit: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    scans = write_lines(tmp_path / "scans")
    write_language(tmp_path / "language", SYMBOLS, "bed")
    words = ("validate", scans, "--no-try-page", *PYLAIA, "-m", pylaia, *QUICK)
    asked = htrkit(*words, "--language-model", tmp_path / "language")
    said = capsys.readouterr()
    missing = find_spec("flashlight") is None
    assert asked == (ExitCode.PREFLIGHT if missing else ExitCode.DONE)
    assert ('pip install "htrkit[lm]"' in said.out + said.err) is missing


def items(model: Path) -> tuple[PylaiaLines, list[Item]]:
    reader = PylaiaLines(LoadOrder(str(model), ModelFacts("m", "0" * 64)))
    pages = [OpenPage(PageKey(text), line_of(text)) for text in TEXTS]
    prepared = [reader.prepare(replace(page, layout=whole_picture(page))) for page in pages]
    return reader, [one for page in prepared for one in page.items]


def spoken(reader: PylaiaLines, pixels: np.ndarray[Any, Any]) -> str:
    (raw,) = reader.infer([Item((np.ascontiguousarray(pixels, dtype=np.float32),), cost=1)])
    best = np.asarray(raw.arrays[0]).tolist()
    kept = [one for place, one in enumerate(best) if one and (not place or best[place - 1] != one)]
    return "".join(reader._symbols[one] for one in kept)


MUTANTS: dict[str, Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]] = {
    "the other way round": lambda ink: 1 - ink,
    "not scaled to 1": lambda ink: ink * 255,
    "upside down": lambda ink: ink[:, ::-1],
    "from right to left": lambda ink: ink[:, :, ::-1],
    "half as wide": lambda ink: ink[:, :, ::2],
}


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_step_of_preprocessing_that_is_broken_is_seen_in_the_text(taught: Path, mutant: str) -> None:
    reader, made = items(taught)
    pixels = [np.asarray(one.arrays[0]) for one in made]
    assert [spoken(reader, line) for line in pixels] == list(TEXTS)
    assert all(spoken(reader, MUTANTS[mutant](line)) != text for line, text in zip(pixels, TEXTS, strict=True))


def test_polyscriptors_models_shown_as_pylaias_are_would_not_read(polyscriptors: Path) -> None:
    reader, made = items(polyscriptors)
    for one, text in zip(made, TEXTS, strict=True):
        assert spoken(reader, (1 - np.asarray(one.arrays[0])) / 2) != text

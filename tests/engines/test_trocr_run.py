"""The whole way with TrOCR: pictures of lines in, the texts that the model knows by heart out."""

import json
import sys
from pathlib import Path

import pytest

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode
from tests.fakes.trocr_models import LESSONS

pytestmark = pytest.mark.slow

QUICK = ("-s", "none", "-d", "cpu", "--threads", "1", "--workforce", "inline", "--progress", "none")


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, lesson in enumerate(LESSONS):
        lesson.picture().save(folder / f"{number}.png")
    return folder


def htrkit(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


@pytest.mark.parametrize("beams", [1, 2])
def test_a_run_gives_every_text_to_the_letter(
    trocr: Path, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beams: int
) -> None:
    out = tmp_path / "out"
    words = ("run", scans, "-o", out, "-e", "trocr", "-m", trocr, "--num-beams", beams, "-f", "txt,page,alto,hocr,csv")
    assert htrkit(monkeypatch, *words, *QUICK) == ExitCode.DONE
    read = [(out / "txt" / f"{number}.txt").read_text(encoding="utf-8") for number in range(len(LESSONS))]
    assert read == [f"{lesson.text}\n" for lesson in LESSONS]
    record = json.loads((out / "json" / "0.json").read_text())
    (line,) = record["layout"]["lines"]
    assert line["confidence"] > 0.9
    assert line["characters"] == []


def test_a_text_that_was_cut_short_flags_its_page(
    trocr: Path, scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    words = ("run", scans / "3.png", "-o", out, "-e", "trocr", "-m", trocr, "--max-new-tokens", 5, *QUICK)
    assert htrkit(monkeypatch, *words) == ExitCode.DONE
    assert htrkit(monkeypatch, "report", out) == ExitCode.DONE
    assert "truncated" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_model_that_lacks_its_tokenizer_is_refused_before_anything_is_loaded(
    trocr: Path,
    scans: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("config.json", "preprocessor_config.json"):
        (bare / name).write_bytes((trocr / name).read_bytes())
    # Weights that cannot be read would be another finding.
    (bare / "model.safetensors").write_bytes(b"")
    words = (command, scans, "-o", tmp_path / "out", "-e", "trocr", "-m", bare, *QUICK)
    assert htrkit(monkeypatch, *words) == ExitCode.PREFLIGHT
    told = capsys.readouterr()
    said = told.out + told.err
    assert "tokenizer" in said
    assert "--processor" in said

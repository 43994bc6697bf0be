"""The guardrails as people meet them: in `validate` and in `run`, all at once and before anything is loaded."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode

Findings = Callable[..., tuple[int, list[dict[str, str]]]]
LOADED = ("torch", "kraken", "transformers")


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    (tmp_path / "scans").mkdir()
    for number in range(3):
        Image.new("L", (40, 10), 200).save(tmp_path / "scans" / f"{number}.png")
    return tmp_path / "scans"


def ended(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["htrkit", *map(str, words)])
    code: Sequence[object] | object = ExitCode.DONE
    try:
        main()
    except SystemExit as end:
        code = end.code
    return int(code or 0)  # type: ignore[call-overload]  # our codes are numbers


@pytest.fixture
def findings(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Findings:
    """Validates the scans on the CPU and gives the exit code and the findings that are more than notes."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def validate(*words: object) -> tuple[int, list[dict[str, str]]]:
        code = ended(monkeypatch, "validate", scans, "--no-try-page", "--json", "-d", "cpu", *words)
        rows = json.loads(capsys.readouterr().out)["findings"]
        return code, [row for row in rows if row["severity"] != "note"]

    return validate


def test_a_good_set_up_has_no_warnings(findings: Findings) -> None:
    assert findings() == (ExitCode.DONE, [])


def test_a_large_batch_warns_and_blocks_nothing(findings: Findings) -> None:
    code, rows = findings("-B", "5000")
    assert code == ExitCode.DONE
    assert "batch" in [row["code"] for row in rows]
    assert findings("-B", "5000", "--strict")[0] == ExitCode.PREFLIGHT


def test_an_engine_for_a_gpu_is_refused_on_the_cpu_unless_allowed(findings: Findings, tmp_path: Path) -> None:
    code, rows = findings("-e", "pylaia", "-m", tmp_path)
    assert code == ExitCode.PREFLIGHT
    assert [row["severity"] for row in rows if "--allow-slow-cpu" in row["mend"]] == ["blocker"]
    _, rows = findings("-e", "pylaia", "-m", tmp_path, "--allow-slow-cpu")
    assert [row["severity"] for row in rows if row["code"] == "slow-cpu"] == ["warning"]


def test_beams_and_a_model_that_is_not_there_are_told_in_one_go(findings: Findings) -> None:
    code, rows = findings("-e", "trocr", "-m", "/nowhere", "--num-beams", "9")
    told = {row["code"]: row for row in rows}

    assert code == ExitCode.PREFLIGHT
    assert told["beams"]["severity"] == "warning"
    assert (told["model"]["severity"], "/nowhere" in told["model"]["message"]) == ("blocker", True)
    assert all(row["mend"] for row in rows)
    assert "beams" not in {
        row["code"] for row in findings("-e", "trocr", "-m", "/nowhere", "--num-beams", "9", "--clamp")[1]
    }


def test_an_engine_without_a_model_of_its_own_needs_one_named(findings: Findings) -> None:
    code, rows = findings("-e", "trocr")
    assert (code, ["model"]) == (ExitCode.PREFLIGHT, [row["code"] for row in rows if "--model" in row["mend"]])


def test_party_without_lines_is_refused(findings: Findings) -> None:
    code, rows = findings("-e", "party", "-m", "any/model", "-s", "none")
    assert (code, "no-lines" in [row["code"] for row in rows]) == (ExitCode.PREFLIGHT, True)


def test_a_model_of_another_engine_is_refused_and_the_one_that_reads_it_named(findings: Findings) -> None:
    code, rows = findings("-e", "party", "-m", "latin-modern")
    assert (code, [row["mend"] for row in rows if row["code"] == "model"]) == (
        ExitCode.PREFLIGHT,
        ["This one reads: -e kraken"],
    )


def test_with_sidecars_alone_party_needs_one_a_page(findings: Findings) -> None:
    _, rows = findings("-e", "party", "-m", "any/model", "-s", "sidecar")
    assert [row["severity"] for row in rows if row["code"] == "no-lines"] == ["blocker"]


def test_a_run_says_all_that_stands_in_its_way_at_once_and_loads_nothing(
    scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in LOADED]:
        monkeypatch.delitem(sys.modules, name)
    words = (
        "run",
        scans,
        "-o",
        tmp_path / "out",
        "-e",
        "party",
        "-m",
        "/nowhere",
        "-s",
        "none",
        "-B",
        "99",
        "-d",
        "cpu",
    )
    code = ended(monkeypatch, *words)
    said = capsys.readouterr().err

    assert code == ExitCode.PREFLIGHT
    for words_of in ("/nowhere", "--allow-slow-cpu", "-s auto", "--batch-size auto"):
        assert words_of in said
    assert said.startswith("error:")
    assert not [name for name in sys.modules if name.partition(".")[0] in LOADED]
    assert not (tmp_path / "out").exists()

    assert ended(monkeypatch, *words, "-q") == ExitCode.PREFLIGHT
    assert "batch_size" not in capsys.readouterr().err


def test_an_engine_that_nobody_knows_is_usage(findings: Findings) -> None:
    code, (row,) = findings("-e", "krakn")
    assert (code, row["code"]) == (ExitCode.USAGE, "engine")

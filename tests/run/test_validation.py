"""Validation gathers what can be known, reads a page in a process of its own, and never loads a network itself."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.layers import Layer
from htrkit.domain.errors import UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.journal.lock import Lock
from htrkit.run.out_folder import OutFolder
from htrkit.run.page_findings import Closely
from htrkit.run.preflight import Request, made_ready
from htrkit.run.processes import module_command
from htrkit.run.validation import validated
from htrkit.run.workforce import Workforce

Asked = Callable[..., Request]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Asks for three scans in a folder, on the CPU."""
    (tmp_path / "scans").mkdir()
    for number in range(3):
        Image.new("L", (40, 60), 200).save(tmp_path / "scans" / f"{number}.png")

    def ask(out: Path | None = None, **settings: object) -> Request:
        typed = Layer("command line", {"device": "cpu", "segmenter": "none", **settings})
        return Request((str(tmp_path / "scans"),), out, None, (typed,), {}, tmp_path)

    return ask


def crewed_by(module: str) -> Callable[[Workforce], Workforce]:
    return lambda force: replace(force, command=module_command(module))


def test_what_the_run_would_do_is_known_before_anything_is_loaded(asked: Asked, tmp_path: Path) -> None:
    prospect = validated(asked(tmp_path / "out", formats="txt,alto")).prospect

    assert prospect is not None
    assert (prospect.engine, prospect.model, prospect.pages, prospect.batch) == ("kraken", "latin-modern", 3, 8)
    assert prospect.formats == ("json", "txt", "alto")
    assert [page.key for page in prospect.first] == ["0", "1", "2"]
    assert prospect.seconds is not None
    assert prospect.seconds.low <= prospect.seconds.expected <= prospect.seconds.high
    assert any("measured" in said for said in prospect.seconds_from)
    assert prospect.disk is not None
    assert prospect.disk.place == str(tmp_path)
    assert not (tmp_path / "out").exists()


def test_without_pages_there_is_no_prospect_and_no_page_to_try(asked: Asked) -> None:
    found = validated(asked(pages="7"))

    assert (found.prospect, found.exit_code) == (None, ExitCode.USAGE)
    assert found.page_to_try("1") is None


@pytest.mark.slow
def test_the_trial_is_a_process_and_its_findings_count(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    for name in [name for name in sys.modules if name.partition(".")[0] in {"torch", "kraken"}]:
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "scans" / "2.png").rename(tmp_path / "scans" / "fail-2.png")
    found = validated(asked())
    good, bad = found.page_to_try("1"), found.page_to_try("fail-2")
    assert good is not None
    assert bad is not None

    chaos = crewed_by("tests.fakes.chaos_worker")
    tried = found.with_trial(good, strict=True, crewed=chaos)
    assert tried.trial.record is not None
    assert (tried.exit_code, tried.trial.finding) == (ExitCode.DONE, None)
    failed = found.with_trial(bad, strict=False, crewed=chaos)
    assert (failed.exit_code, failed.findings[-1].code) == (ExitCode.DONE, "trial")
    assert found.with_trial(bad, strict=True, crewed=chaos).exit_code is ExitCode.PREFLIGHT
    assert not {"torch", "kraken"} & set(sys.modules)


@pytest.mark.slow
def test_a_model_that_no_process_can_load_blocks(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    found = validated(asked())
    page = found.page_to_try("1")
    assert page is not None
    tried = found.with_trial(page, strict=False, crewed=crewed_by("tests.fakes.cannot_load"))

    assert (tried.exit_code, tried.findings[-1].code) == (ExitCode.PREFLIGHT, "model-load")


def test_a_page_to_try_that_is_not_there_is_usage(asked: Asked) -> None:
    with pytest.raises(UsageProblem, match="--try-page 4"):
        validated(asked()).page_to_try("4")


def test_out_that_is_held_or_holds_a_run_is_said_beside_everything_else(asked: Asked, tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    out.own.mkdir(parents=True)
    out.plan.write_bytes(b"{}")
    with Lock(out.lock, owner="process 7"):
        found = validated(asked(out.path, device="cuda:9"))

    assert [one.code for one in found.findings if one.severity == "blocker"] == ["device", "out-held", "out"]
    assert found.exit_code is ExitCode.PREFLIGHT


def test_every_page_is_told_of_while_they_are_looked_at(asked: Asked) -> None:
    told: list[tuple[int, int]] = []
    validated(asked(), Closely(told=lambda *of: told.append(of)))

    assert told[-1] == (3, 3)


def test_before_a_run_a_page_that_will_fail_is_a_warning_and_no_page_is_tried(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "scans" / "1.png").write_bytes(b"")
    ready = made_ready(asked(tmp_path / "out"))

    assert [(one.code, one.severity) for one in ready.findings if one.severity != "note"] == [("page-empty", "warning")]
    assert len(ready.selection.pages) == 3


def test_before_a_run_pages_that_are_skipped_are_not_looked_at(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "scans" / "1.png").write_bytes(b"")
    (tmp_path / "out" / "txt").mkdir(parents=True)
    (tmp_path / "out" / "txt" / "1.txt").write_bytes(b"mine")
    ready = made_ready(asked(tmp_path / "out", existing="skip"))

    assert "page-empty" not in [one.code for one in ready.findings]


def test_collisions_are_notes_and_block_nothing(asked: Asked, tmp_path: Path) -> None:
    Image.new("L", (40, 60), 200).save(tmp_path / "scans" / "1.jpg")
    found = validated(asked(), strict=True)

    assert [one.severity for one in found.findings if one.code == "names"] == ["note"]
    assert found.exit_code is ExitCode.DONE

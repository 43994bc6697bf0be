"""OUT is tried without leaving anything behind, and whoever holds it is named."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from htrkit.domain.finding import Severity
from htrkit.journal.lock import Lock
from htrkit.journal.lock_holder import Holder
from htrkit.journal.lock_host import Host
from htrkit.journal.lock_look import holder_of
from htrkit.run.out_check import held_findings, rights_findings, written_probe
from htrkit.run.out_folder import OutFolder


def refused(folder: Path) -> None:
    raise PermissionError(13, "Permission denied", str(folder))


def test_a_folder_that_takes_files_is_no_finding_and_stays_as_it_was(tmp_path: Path) -> None:
    before = tmp_path.stat().st_mtime_ns
    assert list(rights_findings(tmp_path)) == []
    assert list(rights_findings(tmp_path / "new" / "out")) == []
    assert (list(tmp_path.iterdir()), tmp_path.stat().st_mtime_ns) == ([], before)


def test_a_folder_without_files_that_have_no_name_is_tried_with_one_that_is_gone_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    written_probe(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="No such file"):
        written_probe(tmp_path / "gone")


def test_a_place_where_nothing_can_be_written_blocks_and_is_named(tmp_path: Path) -> None:
    (found,) = rights_findings(tmp_path / "deep" / "out", refused)

    assert (found.code, found.severity) == ("out-rights", Severity.BLOCKER)
    assert f"{tmp_path}: nothing can be written there (Permission denied)" in found.message
    assert found.mend.endswith(f"-o {Path.home() / 'out'}")


def test_proc_takes_no_files() -> None:
    assert [one.code for one in rights_findings(Path("/proc/out"))] == ["out-rights"]


@pytest.fixture
def out(tmp_path: Path) -> Iterator[OutFolder]:
    folder = OutFolder(tmp_path / "out")
    folder.own.mkdir(parents=True)
    return folder


def test_a_run_that_goes_on_in_out_is_named_and_not_disturbed(out: OutFolder) -> None:
    assert list(held_findings(out.path)) == []
    with Lock(out.lock, owner="process 7 since today"):
        (found,) = held_findings(out.path)
        assert list(held_findings(out.path)) == [found]
    assert (found.code, found.severity) == ("out-held", Severity.BLOCKER)
    assert "process 7 since today" in found.message
    assert found.mend.endswith(f"-o {out.path}-2")
    assert list(held_findings(out.path)) == []


def test_looking_keeps_nobody_from_holding_out_afterwards(out: OutFolder) -> None:
    out.lock.touch()
    assert holder_of(out.lock) is None
    with out.lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_where_there_is_no_flock_the_file_tells_who_holds_out(out: OutFolder) -> None:
    host = Host()
    claim = out.lock.with_name("lock.json")
    claim.write_bytes(Holder.here("process 8", host).encoded())
    assert "process 8" in (holder_of(out.lock) or "")
    gone = json.loads(claim.read_bytes()) | {"pid": os.getpid(), "starttime": 1}
    claim.write_bytes(json.dumps(gone).encode())
    assert holder_of(out.lock) is None
    claim.write_bytes(b"{")
    assert holder_of(out.lock) is None

"""What a killed run leaves behind is found by its mark and ended, and nothing else is touched."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.domain.errors import OutputHeld
from htrkit.domain.page import ModelFacts, Reading
from htrkit.journal.lock_host import Host
from htrkit.run.crew import rules_of
from htrkit.run.messages import SetUp
from htrkit.run.orphans import RUN_ID, RUN_PROCESS, end_left_over, held_by_left_over, left_over, marks
from htrkit.run.plan_pages import read_plan
from htrkit.run.running import held
from htrkit.run.workforce import Serving, Workforce, staff_of
from tests.fakes.hosts import FakeProc
from tests.fakes.runs import Shelf, said

RUN = "0123456789abcdef0123456789abcdef"
MARK = {RUN_ID: RUN}
SAYS_READY_AND_WAITS = "import sys; print('ready', flush=True); sys.stdin.read()"

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc")


class Herd:
    """Real processes, each of which is ended when the test is."""

    def __init__(self) -> None:
        self.all: list[subprocess.Popen[str]] = []

    def start(
        self, mark: Mapping[str, str], *, own_session: bool = True, inherited: tuple[int, ...] = ()
    ) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", SAYS_READY_AND_WAITS],
            env={**os.environ, **mark},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=own_session,
            pass_fds=inherited,
            text=True,
        )
        self.all.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    def end(self) -> None:
        for process in self.all:
            process.kill()
            process.communicate()


@pytest.fixture
def herd() -> Iterator[Herd]:
    made = Herd()
    try:
        yield made
    finally:
        made.end()


def gone() -> str:
    """Name a process that has been, as a run's mark would."""
    with subprocess.Popen([sys.executable, "-S", "-c", ""]) as process:
        process.wait()
    return f"{process.pid}:1"


def pids(run_id: str = RUN, host: Host | None = None) -> list[int]:
    return sorted(stat.pid for stat in left_over(run_id, host))


def test_a_process_with_the_mark_is_found_and_ended(herd: Herd) -> None:
    process = herd.start({**MARK, RUN_PROCESS: gone()})
    other = herd.start({RUN_ID: "another"})

    assert pids() == [process.pid]
    assert end_left_over(RUN) == 1
    assert process.wait(10) == -9
    assert other.poll() is None
    assert end_left_over(RUN) == 0


def test_processes_of_a_run_that_goes_on_are_not_left_over(herd: Herd) -> None:
    """A copy of OUT has the same run in it."""
    process = herd.start(marks(RUN))

    assert end_left_over(RUN) == 0
    assert process.poll() is None


def test_every_process_of_a_run_is_started_with_its_mark(tmp_path: Path) -> None:
    model = ("m", ModelFacts("m", "0"))
    set_up = SetUp({}, "kraken", model, model, Reading("kraken", "1"), str(tmp_path), 1)
    force = Workforce(1, set_up, tmp_path, RUN, rules_of(Settings()), servers=(Serving("cpu", "cpu", 1),))
    staff = staff_of(force)

    stat = Host().stat(os.getpid())
    assert stat is not None
    for post in (staff.worker, staff.servers["cpu"]):
        assert post.environment[RUN_ID] == RUN
        assert post.environment[RUN_PROCESS] == f"{os.getpid()}:{stat.starttime}"


def test_a_process_in_our_own_session_is_left_alone_whatever_its_mark(herd: Herd) -> None:
    process = herd.start(MARK, own_session=False)

    assert end_left_over(RUN) == 0
    assert process.poll() is None


def test_a_run_without_an_id_has_nothing_left_over(herd: Herd) -> None:
    process = herd.start({RUN_ID: ""})

    assert end_left_over("") == 0
    assert process.poll() is None


def test_a_resume_that_was_started_with_the_mark_does_not_end_itself(tmp_path: Path) -> None:
    code = "from htrkit.run.orphans import end_left_over; import sys; print(end_left_over(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, RUN],
        env={**os.environ, **MARK},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (done.returncode, done.stdout) == (0, "0\n")


@pytest.fixture
def proc(tmp_path: Path) -> FakeProc:
    return FakeProc.made(tmp_path / "proc")


def test_sessions_of_ancestors_are_never_touched(proc: FakeProc) -> None:
    proc.add(40, session=1, environment=MARK)
    proc.add(41, session=41, environment=MARK)

    assert pids(host=proc.host) == [41]


def test_an_ancestor_in_a_session_of_its_own_is_never_touched(proc: FakeProc) -> None:
    (proc.place / "2" / "stat").write_text((proc.place / "2" / "stat").read_text().replace("S 0 2 1", "S 0 2 2"))
    proc.add(40, session=2, environment=MARK)

    assert pids(host=proc.host) == []


def test_processes_of_another_container_are_not_ours(proc: FakeProc) -> None:
    proc.add(40, session=40, environment=MARK, namespace="pid:[2]")

    assert pids(host=proc.host) == []


def test_the_mark_must_be_whole(proc: FakeProc) -> None:
    proc.add(40, session=40, environment={RUN_ID: RUN + "0"})
    proc.add(41, session=41, environment={"X" + RUN_ID: RUN})
    proc.add(42, session=42, environment={"OTHER": f"{RUN_ID}={RUN}"})

    assert pids(host=proc.host) == []


def test_the_dead_are_not_left_over(proc: FakeProc) -> None:
    proc.add(40, session=40, environment=MARK, state="Z")

    assert pids(host=proc.host) == []


@pytest.mark.parametrize(
    ("process", "found"), [("2:77", []), ("2:76", [40]), ("nonsense", [40]), (":", [40]), ("2", [40])]
)
def test_a_run_is_going_on_while_its_own_process_lives(proc: FakeProc, process: str, found: list[int]) -> None:
    proc.add(40, session=40, environment={**MARK, RUN_PROCESS: process})

    assert pids(host=proc.host) == found


def test_a_process_of_another_user_is_not_ours(proc: FakeProc, monkeypatch: pytest.MonkeyPatch) -> None:
    proc.add(40, session=40, environment=MARK)
    assert pids(host=proc.host) == [40]
    user = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)

    assert pids(host=proc.host) == []


def test_an_environment_that_we_may_not_read_is_passed_over(proc: FakeProc) -> None:
    proc.add(40, session=40, environment=MARK)
    (proc.place / "40" / "environ").unlink()

    assert pids(host=proc.host) == []


def test_a_system_without_proc_has_nothing_to_be_found(tmp_path: Path) -> None:
    assert end_left_over(RUN, host=Host(tmp_path / "nothing")) == 0


def test_processes_that_do_not_die_are_named_after_a_while(proc: FakeProc) -> None:
    pid = 2**22 + 7  # that no process has, for it is sent a signal
    proc.add(pid, session=1234567, environment=MARK)
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    with pytest.raises(OutputHeld, match=f"do not die: {pid}"):
        end_left_over(RUN, clock=lambda: time[0], sleep=sleep, host=proc.host)
    assert 4 < time[0] < 6


def test_what_holds_out_is_named_with_the_next_step(proc: FakeProc) -> None:
    proc.add(40, session=40)
    proc.add(41, session=41)
    one, two = (stat for pid in (40, 41) if (stat := proc.host.stat(pid)))

    assert "1 process of it is still there (40)" in held_by_left_over("out", (one,)).what
    both = held_by_left_over("out", (one, two))
    assert "2 processes of it are still there (40, 41)" in both.what
    assert "kill -9 40 41" in both.mend


def test_resume_ends_what_was_left_behind_and_says_so(shelf: Shelf, undisturbed: dict[str, bytes], herd: Herd) -> None:
    shelf.run(lives=2)
    mark = {RUN_ID: read_plan(shelf.out).run_id, RUN_PROCESS: gone()}
    left = [herd.start(mark), herd.start(mark)]
    notes: list[str] = []
    shelf.resume(look=lambda ready: notes.append(said(ready)))

    assert "2 processes that a killed part of this run left behind: ended." in notes[0]
    assert [process.wait(10) for process in left] == [-9, -9]
    assert shelf.outputs() == undisturbed


def test_workers_that_outlive_their_run_and_hold_its_lock_are_named(shelf: Shelf, herd: Herd) -> None:
    shelf.run(lives=1)
    with held(shelf.out, since="then") as lock:
        mark = {RUN_ID: read_plan(shelf.out).run_id, RUN_PROCESS: gone()}
        worker = herd.start(mark, inherited=(lock.fileno(),))

    with pytest.raises(OutputHeld, match=rf"1 process of it is still there \({worker.pid}\)") as caught:
        shelf.resume()
    assert f"kill -9 {worker.pid}" in caught.value.mend
    assert worker.poll() is None


def test_a_run_that_goes_on_is_named_as_before(shelf: Shelf, herd: Herd) -> None:
    shelf.run(lives=1)
    herd.start(marks(read_plan(shelf.out).run_id))

    with held(shelf.out, since="then"), pytest.raises(OutputHeld, match="another run is writing there"):
        shelf.resume()


def test_a_plan_that_cannot_be_read_does_not_hide_who_holds_out(shelf: Shelf) -> None:
    shelf.run(lives=1)
    shelf.out.plan.write_bytes(b"{")

    with (
        held(shelf.out, since="then"),
        pytest.raises(OutputHeld, match="since then"),
        held(shelf.out, since="now"),
    ):
        pass

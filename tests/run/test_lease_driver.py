"""A leased run without any process: what agents say is told once, in order, and believed when its files are there."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.core.limits import cpu_limits
from htrkit.core.lookup import engine_named
from htrkit.core.rules import Rules
from htrkit.domain.errors import RunStopped
from htrkit.domain.events import (
    Event,
    PageDone,
    PageFailed,
    PageStarted,
    PageStruck,
    Record,
    RunContinued,
    RunDraining,
    RunEnded,
    RunPaused,
    RunStarted,
    ServerLost,
    ServerStarted,
    WorkerGivenUp,
    WorkerLost,
    WrittenFile,
)
from htrkit.domain.exits import ExitCode
from htrkit.domain.glimpse import Glimpse
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.sample import MachineSample
from htrkit.domain.schedule import Halt
from htrkit.domain.source import PageSource
from htrkit.engines.catalog import ENGINES
from htrkit.run import cluster_showing, lease_driver, leased, placing, settling
from htrkit.run.agent_messages import (
    AgentLost,
    AgentSaid,
    BeAgent,
    Brings,
    CannotWork,
    EndNow,
    HasEnded,
    Piece,
    Seen,
    Wants,
    packed,
    unpacked,
)
from htrkit.run.bench import Bench
from htrkit.run.leased import Errand, Leased
from htrkit.run.model_file import ModelFile
from htrkit.run.session import Ended
from tests.fakes.scripted_agents import ScriptedAgents, done, placed, said, started, told

RULES = Rules(limits=cpu_limits(page_seconds=1.0), max_fail_rate=None)
MODEL = ModelFile(Path("model.bin"), ModelFacts("model", ""))


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease_driver, "LOOK_SECONDS", 0.0)


class Watch:
    """Keeps what was told, and may do something about it."""

    def __init__(self, deed: Callable[[Event], None] = lambda _: None) -> None:
        self.events: list[Event] = []
        self.deed = deed

    def __call__(self, record: Record) -> None:
        self.events.append(record.event)
        self.deed(record.event)

    def of(self, *kinds: type) -> list:
        return [event for event in self.events if isinstance(event, kinds)]


def led(agents: ScriptedAgents, out: Path, names: Sequence[str], watch: Watch, rules: Rules = RULES) -> Ended:
    out.mkdir(exist_ok=True)
    bench = Bench(Settings(), engine_named("kraken", ENGINES), MODEL, MODEL, Reading("drill", "1"), out)
    pages = [PageSource(PageKey(name), str(out.parent / f"{name}.jpg")) for name in names]
    ended = Leased(Errand(agents, bench, "run", rules), [watch]).run(pages, RunStarted("run", len(pages), "f"))
    counts = ended.counts
    assert counts.selected == counts.done + counts.failed + counts.skipped + counts.not_run
    assert agents.closed
    return ended


def test_agents_are_briefed_leased_heard_and_let_go(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1"]), Watch()
    agents.script.extend(said("n1", placed(), started("a"), done("a"), started("b"), done("b"), HasEnded()))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert (ended.counts.done, ended.counts.exit_code) == (2, ExitCode.DONE)
    assert isinstance(agents.told[0][1], BeAgent)
    assert agents.leased("n1") == ["a", "b"]
    assert agents.told[-1] == ("n1", EndNow())
    assert [event.key for event in watch.of(PageStarted, PageDone)] == ["a", "a", "b", "b"]
    assert {(event.worker, event.device) for event in watch.of(PageDone)} == {("n1/w0", "n1/cpu")}
    assert isinstance(watch.events[-1], RunEnded)
    assert not list((tmp_path / "out/.htrkit").glob(".htrkit-*"))


def test_a_page_of_a_lost_agent_goes_to_another_and_its_late_word_is_not_told(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    agents.script.extend(said("n1", placed(), started("a"), told(ServerStarted("cuda:0", 1, 1.0))))
    agents.script.append(AgentLost("n1", "its node is gone"))
    agents.script.extend(said("n1", done("a")))
    agents.script.extend(said("n2", placed(), started("b"), done("b"), started("a", 2), done("a"), HasEnded()))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert ended.counts.done == 2
    assert [event.key for event in watch.of(PageDone)] == ["b", "a"]
    assert watch.of(PageStruck)[0].cause == "n1 was lost: its node is gone"
    assert watch.of(WorkerLost) == [WorkerLost("n1", "its node is gone")]
    assert watch.of(ServerLost) == [ServerLost("n1/cuda:0", "its node is gone")]


def test_outputs_that_travel_are_written_here_before_the_page_is_told(tmp_path: Path) -> None:
    agents, content = ScriptedAgents(["n1"]), b"In nomine domini"
    file = WrittenFile("txt/a.txt", len(content), sha256(content).hexdigest())
    out = tmp_path / "out"
    there: list[bool] = []
    watch = Watch(lambda event: there.append((out / "txt/a.txt").exists()) if isinstance(event, PageDone) else None)
    brings = [Brings(PageKey("a"), "txt/a.txt", packed(piece)) for piece in (content[:5], content[5:])]
    agents.script.extend(said("n1", placed(out_is_here=False), started("a"), *brings, done("a", [file]), HasEnded()))
    led(agents, out, ["a"], watch)

    assert (out / "txt/a.txt").read_bytes() == content
    assert there == [True]


def test_an_agent_that_brings_other_bytes_than_it_promised_is_believed_no_more(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    file = WrittenFile("txt/a.txt", 3, "0" * 64)
    brings = Brings(PageKey("a"), "txt/a.txt", packed(b"abc"))
    agents.script.extend(said("n1", placed(out_is_here=False), started("a"), brings, done("a", [file])))
    agents.script.extend(said("n2", placed(), started("a", 2), done("a"), HasEnded()))
    led(agents, tmp_path / "out", ["a"], watch)

    assert agents.killed[0] == "n1"
    assert "other files than it promised" in watch.of(WorkerLost)[0].cause
    assert len(watch.of(PageDone)) == 1


def test_a_full_disk_holds_the_run_up_until_there_is_room(tmp_path: Path) -> None:
    agents, content, out = ScriptedAgents(["n1"]), b"text", tmp_path / "out"
    file = WrittenFile("txt/a.txt", len(content), sha256(content).hexdigest())
    out.mkdir()
    (out / "txt").write_bytes(b"in the way of a folder")

    def make_room(event: Event) -> None:
        if isinstance(event, RunPaused):
            (out / "txt").unlink()

    watch = Watch(make_room)
    brings = Brings(PageKey("a"), "txt/a.txt", packed(content))
    agents.script.extend(said("n1", placed(out_is_here=False), started("a"), brings, done("a", [file]), HasEnded()))
    ended = led(agents, out, ["a"], watch)

    assert ended.counts.done == 1
    assert [type(event) for event in watch.of(RunPaused, RunContinued, PageDone)] == [RunPaused, RunContinued, PageDone]


def test_a_page_is_not_told_before_its_files_are_seen_in_out(tmp_path: Path) -> None:
    agents, out = ScriptedAgents(["n1"]), tmp_path / "out"

    def late(event: Event) -> None:
        if isinstance(event, PageStarted) and event.key == "b":
            (out / "txt").mkdir()
            (out / "txt/a.txt").write_bytes(b"abc")

    watch = Watch(late)
    file = WrittenFile("txt/a.txt", 3, "")
    agents.script.extend(said("n1", placed(), started("a"), done("a", [file]), started("b"), done("b"), HasEnded()))
    led(agents, out, ["a", "b"], watch)

    assert [(type(event), event.key) for event in watch.of(PageStarted, PageDone)][:3] == [
        (PageStarted, "a"),
        (PageStarted, "b"),
        (PageDone, "a"),
    ]


def test_files_that_are_wanted_are_lent_and_no_others(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1"]), Watch()
    (tmp_path / "a.jpg").write_bytes(b"picture")
    (tmp_path / "secret").write_bytes(b"secret")
    wanted = [Wants(str(tmp_path / name)) for name in ("a.jpg", "secret")]
    agents.script.extend(said("n1", *wanted, placed(), started("a"), done("a"), HasEnded()))
    led(agents, tmp_path / "out", ["a"], watch)

    lent, refused = (message for _, message in agents.told if isinstance(message, Piece))
    assert (unpacked(lent.content), lent.last, lent.there) == (b"picture", True, True)
    assert (refused.content, refused.there) == ("", False)


def test_a_node_where_no_agent_can_work_is_given_up_and_the_others_go_on(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    agents.script.extend(said("n1", CannotWork("htrkit is 1.0 here.", "Install the same.")))
    agents.script.extend(said("n2", placed(), started("a"), done("a"), started("b"), done("b"), HasEnded()))
    led(agents, tmp_path / "out", ["a", "b"], watch)

    assert watch.of(WorkerGivenUp) == [WorkerGivenUp("n1", "htrkit is 1.0 here. Install the same.")]
    assert agents.started == ["n1", "n2"]


def test_a_cluster_where_nobody_can_work_ends_the_run_with_the_last_words(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1"]), Watch()
    agents.script.extend(said("n1", CannotWork("No GPU here.", "Take -d cpu.")))
    ended = led(agents, tmp_path / "out", ["a"], watch)

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert "n1: No GPU here." in ended.counts.reason
    assert ended.error is not None


def test_an_agent_that_dies_before_it_is_ready_is_started_three_times(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1"]), Watch()
    agents.script.extend([AgentLost("n1", "exit code 1")] * placing.MOST_FAILED_STARTS)
    ended = led(agents, tmp_path / "out", ["a"], watch)

    assert agents.started == ["n1"] * 3
    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY


def test_the_first_interrupt_drains_and_the_second_ends_at_once(tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, PageStarted | RunDraining):
            os.kill(os.getpid(), signal.SIGINT)

    agents, watch = ScriptedAgents(["n1"]), Watch(interrupt)
    agents.script.extend(said("n1", placed(1), started("a")))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert (ended.counts.not_run, ended.counts.exit_code) == (2, ExitCode.INTERRUPTED)
    assert ("n1", EndNow(Halt.INTERRUPTED)) in agents.told
    assert "n1" in agents.killed


def test_a_drain_waits_for_the_pages_in_hand(tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, PageStarted):
            os.kill(os.getpid(), signal.SIGTERM)

    agents, watch = ScriptedAgents(["n1"]), Watch(interrupt)
    agents.script.extend(said("n1", placed(1), started("a"), done("a"), HasEnded(Halt.TERMINATED)))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert (ended.counts.done, ended.counts.not_run) == (1, 1)
    assert ended.counts.exit_code == ExitCode.TERMINATED


def test_a_failed_page_is_told_with_the_name_of_the_nodes_it_died_on(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    for agent, attempt in (("n1", 1), ("n2", 2)):
        agents.script.extend(said(agent, placed(), started("a", attempt)))
        agents.script.append(AgentLost(agent, "its node is gone"))
    ended = led(agents, tmp_path / "out", ["a"], watch)

    assert ended.counts.exit_code == ExitCode.FAILED_PAGES
    assert "(n1, n2)" in watch.of(PageFailed)[0].message


def test_screens_see_every_nodes_devices_and_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(Watch):
        """Also watches between events."""

        servers: frozenset[str] = frozenset()

        def sampled_by(self, sample: Callable[[], MachineSample]) -> None:
            self.sample = sample

        def glimpse(self, glimpse: Glimpse) -> None:
            self.servers |= {one.server for one in glimpse.servers}
            self.machine = self.sample()

    monkeypatch.setattr(cluster_showing, "GLIMPSE_SECONDS", 0.0)
    agents, watch = ScriptedAgents(["n1", "n2"]), Screen()
    for agent in ("n1", "n2"):
        agents.script.extend(said(agent, placed(), Seen(Glimpse(1.0, workers=2, cores=4), MachineSample(100, 60, 0))))
    agents.script.extend([*said("n1", started("a"), done("a")), *said("n2", started("b"), done("b"))])
    agents.script.extend([*said("n1", HasEnded()), *said("n2", HasEnded())])
    led(agents, tmp_path / "out", ["a", "b"], watch)

    assert watch.servers == {"n1/cpu", "n2/cpu"}


def test_a_cluster_that_is_gone_as_a_whole_ends_the_run_resumable(tmp_path: Path) -> None:
    class Gone(ScriptedAgents):
        """Cannot be reached."""

        def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:  # noqa: ARG002 - as Agents has it
            raise RunStopped("The Ray cluster cannot be reached any more.", mend="")

    ended = led(Gone(["n1"]), tmp_path / "out", ["a"], Watch())
    assert (ended.counts.not_run, ended.counts.exit_code) == (1, ExitCode.STOPPED_EARLY)
    assert ended.counts.reason == "The Ray cluster cannot be reached any more."


def test_inputs_that_are_away_pause_the_run_until_they_are_back(tmp_path: Path) -> None:
    share, picture = tmp_path / "share", tmp_path / "share/a.jpg"

    def bring_back(event: Event) -> None:
        if isinstance(event, RunPaused):
            share.mkdir()
            picture.write_bytes(b"picture")

    agents, watch = ScriptedAgents(["n1"]), Watch(bring_back)
    key = "share/a"
    agents.script.extend(said("n1", Wants(str(picture)), placed(), started(key), done(key), HasEnded()))
    led(agents, tmp_path / "out", [key], watch)

    assert [type(event) for event in watch.of(RunPaused, RunContinued)] == [RunPaused, RunContinued]
    assert any(isinstance(message, Piece) and message.there for _, message in agents.told)


def test_an_agent_that_is_not_ready_does_not_hold_up_a_drain(tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        if isinstance(event, PageStarted):
            os.kill(os.getpid(), signal.SIGTERM)

    agents, watch = ScriptedAgents(["n1", "busy"]), Watch(interrupt)
    agents.script.extend(said("n1", placed(1), started("a"), done("a"), HasEnded(Halt.TERMINATED)))
    ended = led(agents, tmp_path / "out", ["a", "b", "c"], watch)

    assert agents.killed[0] == "busy"
    assert ("busy", EndNow(Halt.TERMINATED)) not in agents.told
    assert (ended.counts.done, ended.counts.exit_code) == (1, ExitCode.TERMINATED)


def test_an_agent_that_dies_by_the_same_word_as_the_run_has_no_page_struck(tmp_path: Path) -> None:
    class Ended(ScriptedAgents):
        """Loses its node in the moment in which the run is told to end."""

        def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
            for one in super().heard(patience_seconds):
                if isinstance(one, AgentLost):
                    os.kill(os.getpid(), signal.SIGTERM)
                yield one

    agents, watch = Ended(["n1"]), Watch()
    agents.script.extend([*said("n1", placed(1), started("a")), AgentLost("n1", "its node is gone")])
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert watch.of(PageStruck, PageFailed) == []
    assert (ended.counts.not_run, ended.counts.exit_code) == (2, ExitCode.TERMINATED)


def test_a_node_whose_own_disk_is_in_trouble_is_given_up_and_its_pages_go_to_others(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    agents.script.extend(said("n1", placed(), started("a"), HasEnded(Halt.TROUBLE, "/in: no room")))
    agents.script.extend(said("n2", placed(), started("a", 2), done("a"), started("b"), done("b"), HasEnded()))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert (ended.counts.done, ended.counts.exit_code) == (2, ExitCode.DONE)
    assert watch.of(WorkerGivenUp) == [WorkerGivenUp("n1", "/in: no room")]
    assert watch.of(RunDraining, PageStruck) == []


def test_the_last_node_with_trouble_ends_the_run_with_its_words(tmp_path: Path) -> None:
    agents = ScriptedAgents(["n1"])
    agents.script.extend(said("n1", placed(), started("a"), HasEnded(Halt.TROUBLE, "/in: no room")))
    ended = led(agents, tmp_path / "out", ["a"], Watch())

    assert ended.counts.exit_code == ExitCode.STOPPED_EARLY
    assert "n1: /in: no room" in ended.counts.reason


def test_trouble_that_the_driver_has_with_out_as_well_drains_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leased, "has_room", lambda _: False)
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    agents.script.extend(said("n2", placed(), started("b")))
    agents.script.extend(said("n1", placed(), started("a"), HasEnded(Halt.TROUBLE, "the disk is full")))
    agents.script.extend(said("n2", done("b"), HasEnded(Halt.TROUBLE)))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert watch.of(RunDraining) == [RunDraining(str(Halt.TROUBLE))]
    assert watch.of(WorkerGivenUp) == []
    assert "n1: the disk is full" in ended.counts.reason


def test_a_page_whose_files_are_seen_after_its_agent_has_ended_is_done(tmp_path: Path) -> None:
    out = tmp_path / "out"

    def interrupt(event: Event) -> None:
        if isinstance(event, PageStarted):
            os.kill(os.getpid(), signal.SIGINT)

    class Late(ScriptedAgents):
        """Has its files seen when nothing more is said."""

        def heard(self, patience_seconds: float) -> Iterator[AgentSaid | AgentLost]:
            if not self.script and not (out / "txt").exists():
                (out / "txt").mkdir()
                (out / "txt/a.txt").write_bytes(b"abc")
            yield from super().heard(patience_seconds)

    agents, watch = Late(["n1"]), Watch(interrupt)
    agents.script.extend(said("n1", placed(1), started("a"), done("a", [WrittenFile("txt/a.txt", 3, "")])))
    agents.script.extend([*said("n1", HasEnded(Halt.INTERRUPTED)), AgentLost("n1", "exit code 0")])
    ended = led(agents, out, ["a", "b"], watch)

    assert [event.key for event in watch.of(PageDone)] == ["a"]
    assert watch.of(WorkerLost, PageStruck) == []
    assert (ended.counts.done, ended.counts.not_run) == (1, 1)


def test_files_that_are_never_seen_strike_no_page_and_travel_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "UNSEEN_SECONDS", 0.0)
    agents, content = ScriptedAgents(["n1"]), b"abc"
    file = WrittenFile("txt/a.txt", len(content), sha256(content).hexdigest())
    brings = Brings(PageKey("a"), "txt/a.txt", packed(content))

    def again(event: Event) -> None:
        if isinstance(event, WorkerLost):
            agents.script.clear()
            agents.script.extend(said("n1", placed(out_is_here=False), started("a", 2), brings, done("a", [file])))
            agents.script.extend(said("n1", started("b", 2), done("b"), HasEnded()))

    watch = Watch(again)
    agents.script.extend(said("n1", placed(), started("a"), done("a", [file]), started("b")))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert (ended.counts.done, ended.counts.exit_code) == (2, ExitCode.DONE)
    assert watch.of(PageStruck, PageFailed) == []
    assert [message.probe is None for _, message in agents.told if isinstance(message, BeAgent)] == [False, True]


def test_a_page_that_was_done_and_not_seen_when_its_node_died_is_not_struck(tmp_path: Path) -> None:
    agents, watch = ScriptedAgents(["n1", "n2"]), Watch()
    agents.script.extend(said("n1", placed(), started("a"), done("a", [WrittenFile("txt/a.txt", 3, "")])))
    agents.script.append(AgentLost("n1", "its node is gone"))
    agents.script.extend(said("n2", placed(), started("a", 2), done("a"), started("b"), done("b"), HasEnded()))
    ended = led(agents, tmp_path / "out", ["a", "b"], watch)

    assert ended.counts.done == 2
    assert watch.of(PageStruck) == []

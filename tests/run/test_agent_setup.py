"""An agent finds out what its node has, gets what it lacks, and says what stands in its way."""

import errno
import os
import tempfile
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.core.jobs import ASKING_BYTES
from htrkit.domain.engine import ModelForm
from htrkit.domain.errors import OutputUnwritable, PreflightRefused, SetUpRefused
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.schedule import Halt
from htrkit.models.checkpoints import hash_of
from htrkit.run import agent_process, agent_setup, crew
from htrkit.run.agent_messages import (
    BeAgent,
    CannotWork,
    EndNow,
    FromAgent,
    HasEnded,
    Piece,
    Probe,
    Share,
    ToAgent,
    Wants,
    Witness,
    packed,
)
from htrkit.run.agent_pipe import AgentPipe
from htrkit.run.agent_process import fetched_by
from htrkit.run.agent_setup import mustered, own_folder
from htrkit.run.messages import framed
from htrkit.run.model_file import ModelFile

CONTENT = b"weights"
FACTS = ModelFacts("model", sha256(CONTENT).hexdigest())
NONE = ("/none", ModelFacts("none", ""))


def order_for(tmp_path: Path, **changed: object) -> BeAgent:
    out = tmp_path / "out"
    (out / ".htrkit").mkdir(parents=True, exist_ok=True)
    (out / ".htrkit/probe").write_text("seen")
    order = BeAgent(
        name="n1",
        version=agent_setup.__version__,
        run_id="0123456789abcdef",
        settings=Settings(device="cpu", server="http://127.0.0.1:1").model_dump(mode="json"),
        engine="kraken",
        model=NONE,
        segmentation=NONE,
        reading=Reading("drill", "1"),
        folder=str(tmp_path),
        out=str(out),
        probe=Probe(str(out / ".htrkit/probe"), "seen"),
        inputs=(),
        share=Share(4),
    )
    return replace(order, **changed)  # type: ignore[arg-type]  # fields by their names


def no_fetch(path: str, place: Path) -> None:
    raise AssertionError((path, place))


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # and back again, whatever an agent makes of it


def test_a_node_that_shares_everything_works_where_the_driver_does(tmp_path: Path) -> None:
    found = mustered(order_for(tmp_path), tmp_path / "own", no_fetch, {})
    assert (found.out_is_here, found.inputs_are_here) == (True, True)
    assert found.force.set_up.out == str(tmp_path / "out")
    assert found.force.set_up.below == ""
    assert found.force.logs == tmp_path / "out/.htrkit/logs/n1"


def test_a_node_that_shares_nothing_works_in_a_folder_of_its_own(tmp_path: Path) -> None:
    order = order_for(tmp_path, probe=Probe(str(tmp_path / "gone"), "seen"), inputs=(Witness("/scans/a.jpg", 1, 1),))
    found = mustered(order, tmp_path / "own", no_fetch, {})
    assert (found.out_is_here, found.inputs_are_here) == (False, False)
    assert found.force.set_up.out == str(tmp_path / "own/out")
    assert found.force.set_up.below == str(tmp_path / "own/in")
    assert Path.cwd() == Path(f"{tmp_path}/own/in{tmp_path}")


def test_a_node_that_sees_out_and_cannot_write_there_sends_its_outputs_home(tmp_path: Path) -> None:
    found = mustered(order_for(tmp_path, out=str(tmp_path / "gone/out")), tmp_path / "own", no_fetch, {})
    assert (found.out_is_here, found.inputs_are_here) == (False, True)
    assert found.force.set_up.out == str(tmp_path / "own/out")
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out/.htrkit"]


def test_an_agent_that_is_told_so_sends_its_outputs_home(tmp_path: Path) -> None:
    assert not agent_setup._out_is_here(order_for(tmp_path, probe=None))
    assert agent_setup._out_is_here(order_for(tmp_path))
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out/.htrkit"]


def test_a_node_with_nothing_but_a_disk_of_its_own_does_not_wait_long_for_it(tmp_path: Path) -> None:
    strange = order_for(tmp_path, probe=None, inputs=(Witness("/scans/a.jpg", 1, 1),))
    found = mustered(strange, tmp_path / "own", no_fetch, {})
    assert found.force.rules.trouble_limit_seconds == agent_setup.OWN_TROUBLE_SECONDS
    shared = mustered(order_for(tmp_path, folder=str(tmp_path)), tmp_path / "other", no_fetch, {})
    assert shared.force.rules.trouble_limit_seconds > agent_setup.OWN_TROUBLE_SECONDS


def test_an_input_of_another_size_is_another_file(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"picture")
    seen = (tmp_path / "a.jpg").stat()
    same = Witness("a.jpg", seen.st_size, seen.st_mtime_ns)
    for witness, here in ((same, True), (replace(same, size_bytes=1), False)):
        order = order_for(tmp_path, inputs=(witness,))
        assert agent_setup._inputs_are_here(order) is here


def test_another_version_of_htrkit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match=r"0\.0\.1 where the run was started"):
        mustered(order_for(tmp_path, version="0.0.1"), tmp_path / "own", no_fetch, {})


def test_a_device_that_the_engine_cannot_read_on_is_refused_here(tmp_path: Path) -> None:
    settings = Settings(engine="qwen3-vl", device="cpu").model_dump(mode="json")
    with pytest.raises(SetUpRefused, match="meant for a GPU"):
        mustered(order_for(tmp_path, settings=settings, engine="qwen3-vl"), tmp_path / "own", no_fetch, {})


def test_a_model_that_is_here_is_taken_and_one_that_is_not_is_fetched(tmp_path: Path) -> None:
    settings = Settings(device="cpu").model_dump(mode="json")
    order, model = order_for(tmp_path, settings=settings), tmp_path / "model.bin"
    model.write_bytes(CONTENT)
    assert agent_setup._model(order, (str(model), FACTS), tmp_path / "m", no_fetch).path == model

    model.write_bytes(b"another")
    (tmp_path / "own").mkdir()
    fetched = agent_setup._model(order, (str(model), FACTS), tmp_path / "own/m", lambda _, to: _written(to, CONTENT))
    assert fetched.path == tmp_path / "own/m/model.bin"
    with pytest.raises(PreflightRefused, match="not the same here"):
        agent_setup._model(order, (str(model), FACTS), tmp_path / "own/n", lambda _, to: _written(to, b"other"))


@pytest.fixture
def folder_model(tmp_path: Path) -> Path:
    """A model of transformers, with its configuration and weights."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_bytes(CONTENT)
    return model


def _order_with(model: Path, tmp_path: Path, sha256: str) -> BeAgent:
    return order_for(tmp_path, engine="trocr", model=(str(model), ModelFacts("model", sha256)))


def test_a_folder_of_the_drivers_content_is_taken(tmp_path: Path, folder_model: Path) -> None:
    order = _order_with(folder_model, tmp_path, hash_of(folder_model, ModelForm.TROCR))
    found = agent_setup._recogniser(order, Settings(), tmp_path / "m", no_fetch)
    assert (found.path, found.facts) == (folder_model, order.model[1])


def test_a_folder_of_other_content_is_refused(tmp_path: Path, folder_model: Path) -> None:
    order = _order_with(folder_model, tmp_path, hash_of(folder_model, ModelForm.TROCR))
    (folder_model / "model.safetensors").write_bytes(b"of last year")
    with pytest.raises(PreflightRefused, match="not the same here and where the run was started"):
        agent_setup._recogniser(order, Settings(), tmp_path / "m", no_fetch)
    with pytest.raises(PreflightRefused, match="not the same here and where the run was started"):
        mustered(_reading_itself(order), tmp_path / "own", no_fetch, {})


def test_a_folder_that_is_not_here_is_refused_and_not_fetched(tmp_path: Path, folder_model: Path) -> None:
    order = _order_with(tmp_path / "gone", tmp_path, hash_of(folder_model, ModelForm.TROCR))
    with pytest.raises(PreflightRefused, match="gone is not here, and only"):
        agent_setup._recogniser(order, Settings(), tmp_path / "m", no_fetch)


def test_an_engines_own_file_is_taken_by_either_hash(tmp_path: Path) -> None:
    model = tmp_path / "own.bin"
    model.write_bytes(CONTENT)
    for hashed in (hash_of(model, ModelForm.PATH), FACTS.sha256):
        order = order_for(tmp_path, model=(str(model), ModelFacts("own", hashed)))
        found = agent_setup._checkpoint(order, ModelForm.PATH, Settings(), tmp_path / "m", no_fetch)
        assert found.path == model


def test_a_language_model_counts_with_pylaias_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "laia"
    model.mkdir()
    monkeypatch.setattr(agent_setup, "hash_of", lambda *_: "folder")
    monkeypatch.setattr(
        agent_setup, "with_language", lambda found, wanted: (ModelFile(found.path, ModelFacts("laia", wanted)), ())
    )
    order = order_for(tmp_path, engine="pylaia", model=(str(model), ModelFacts("laia", "both")))
    settings = Settings(language_model="both")
    assert agent_setup._recogniser(order, settings, tmp_path / "m", no_fetch).path == model
    with pytest.raises(PreflightRefused, match="not the same here"):
        agent_setup._recogniser(order, Settings(language_model="other"), tmp_path / "m", no_fetch)


def _reading_itself(order: BeAgent) -> BeAgent:
    return replace(order, settings=Settings(device="cpu").model_dump(mode="json"))


def _written(place: Path, content: bytes) -> None:
    place.write_bytes(content)


def test_a_node_of_which_the_cluster_counts_fewer_cores_has_fewer_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_setup, "usable_cores", lambda: 64)
    order = order_for(tmp_path, settings=Settings(threads=2).model_dump(mode="json"))
    assert agent_setup._settings(order).jobs == 2
    assert agent_setup._settings(replace(order, share=Share(64))).jobs == "auto"
    assert agent_setup._settings(replace(order, share=Share(4, 1, 2))).jobs == "auto"


def test_agents_of_one_node_share_its_free_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "free_memory_bytes", lambda: 8 * ASKING_BYTES)
    monkeypatch.setattr(agent_setup, "_keep_to", lambda _: None)
    workers = []
    for share in (Share(16), Share(16, 1, 4)):
        force = mustered(order_for(tmp_path, share=share), tmp_path / "own", no_fetch, {}).force
        workers.append(force.workers)
    assert workers == [8, 2]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs Linux")
def test_agents_of_one_node_keep_to_different_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[list[int]] = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3})
    monkeypatch.setattr(os, "sched_setaffinity", lambda _, cores: kept.append(cores))
    for share in (Share(4), Share(4, 0, 2), Share(4, 1, 2), Share(4, 5, 8)):
        agent_setup._keep_to(share)
    assert kept == [[0, 2], [1, 3]]


def test_what_killed_agents_of_the_run_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "htrkit-agent-run-999999999-x").mkdir()
    (tmp_path / "htrkit-agent-other-999999999-x").mkdir()
    own = own_folder("run")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([own.name, "htrkit-agent-other-999999999-x"])
    assert own_folder("run") != own
    assert own.exists()


class Driver:
    """Answers what is asked for."""

    def __init__(self, *answers: ToAgent | None) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []
        self.said: list[FromAgent] = []

    def say(self, message: FromAgent) -> None:
        self.said.append(message)
        if isinstance(message, Wants):
            self.asked.append(message.offset)

    def next(self) -> ToAgent | None:
        return self.answers.pop(0)


def test_a_file_is_fetched_piece_by_piece_or_said_to_be_nowhere(tmp_path: Path) -> None:
    driver = Driver(Piece("m", 0, packed(b"wei"), last=False), Piece("m", 3, packed(b"ghts"), last=True))
    fetched_by(driver)("m", tmp_path / "m")  # type: ignore[arg-type]  # as much of a channel as is used
    assert ((tmp_path / "m").read_bytes(), driver.asked) == (CONTENT, [0, 3])
    nowhere = Driver(Piece("m", 0, "", last=True, there=False))
    with pytest.raises(PreflightRefused, match="cannot be read here"):
        fetched_by(nowhere)("m", tmp_path / "n")  # type: ignore[arg-type]  # as above


def wants_a_model(tmp_path: Path) -> BeAgent:
    settings = Settings(device="cpu").model_dump(mode="json")
    return order_for(tmp_path, settings=settings, model=(str(tmp_path / "model.bin"), FACTS))


@pytest.mark.parametrize("halt", [Halt.INTERRUPTED, None])
def test_an_agent_that_is_to_end_while_it_fetches_ends(halt: Halt | None, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    driver = Driver(EndNow(halt))
    agent_process._work(driver, wants_a_model(tmp_path), tmp_path / "own")  # type: ignore[arg-type]  # as above
    assert driver.said[-1] == HasEnded(halt)


def test_a_model_that_has_no_room_on_a_node_is_said_with_its_place_and_cause(tmp_path: Path) -> None:
    (tmp_path / "own/model/model.bin").mkdir(parents=True)
    driver = Driver(Piece("m", 0, packed(b"wei"), last=True))
    with pytest.raises(OutputUnwritable, match=r"model\.bin: cannot be written \(Is a directory\)"):
        fetched_by(driver)("m", tmp_path / "own/model/model.bin")  # type: ignore[arg-type]  # as above
    (tmp_path / "full").write_bytes(b"in the way of a folder")
    agent_process._work(driver, wants_a_model(tmp_path), tmp_path / "full")  # type: ignore[arg-type]  # as above
    (cannot,) = (one for one in driver.said if isinstance(one, CannotWork))
    assert cannot.what == f"{tmp_path}/full/model: Not a directory."


def test_an_agent_whose_own_files_fail_says_so_and_its_end_blames_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> HasEnded:
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "own/logs/w0.log"))

    monkeypatch.setattr(agent_process, "_supervised", full)
    (tmp_path / "own").mkdir()
    driver = Driver()
    agent_process._work(driver, order_for(tmp_path), tmp_path / "own")  # type: ignore[arg-type]  # as above
    assert isinstance(driver.said[-1], CannotWork)
    assert driver.said[-1].what == f"{tmp_path}/own/logs/w0.log: No space left on device."


@pytest.mark.slow
def test_a_pipe_tells_why_its_agent_is_gone(tmp_path: Path) -> None:
    pipe = AgentPipe()
    content, cause = pipe.talk(framed(order_for(tmp_path, version="0.0.1")), 60.0)
    while not cause:
        more, cause = pipe.talk(b"", 60.0)
        content += more
    assert b'"kind":"cannot"' in content
    assert cause == "exit code 0"
    assert pipe.talk(b"late", 0.0) == (b"", "exit code 0")
    pipe.close()

    killed = AgentPipe()
    killed.kill()
    assert killed.talk(b"", 60.0) == (b"", "SIGKILL")
    killed.close()

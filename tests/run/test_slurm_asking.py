"""What each shard is asked for comes from the estimate, and where nobody knows, from the user."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.layers import Layer
from htrkit.core import slurm_limits
from htrkit.core.slurm_limits import STEP_SECONDS
from htrkit.core.slurm_time import seconds_of_time
from htrkit.domain.errors import UsageProblem
from htrkit.run.preflight import Request, settings_of
from htrkit.run.slurm_asking import Typed, room_of
from htrkit.run.slurm_nodes import Nodes, fitted_to, nodes_for, on_nodes

Asked = Callable[..., tuple[Request, Nodes]]


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Asks for three scans in a folder, on nodes with GPUs or without."""
    (tmp_path / "scans").mkdir()
    for number in range(3):
        Image.new("L", (40, 60), 200).save(tmp_path / "scans" / f"{number}.png")

    def ask(
        gpus: int | None = None, card: str | None = None, cpus: int | None = None, **wishes: object
    ) -> tuple[Request, Nodes]:
        request = Request((str(tmp_path / "scans"),), None, None, (Layer("command line", wishes),), {}, tmp_path)
        settings = settings_of(request).settings
        nodes = nodes_for(settings, gpus=gpus, cpus=cpus, card=card)
        return on_nodes(request, fitted_to(nodes, settings)), nodes

    return ask


def test_time_and_memory_come_from_the_estimate_and_are_explained(asked: Asked) -> None:
    said: list[str] = []
    request, nodes = asked(engine="trocr", gpus=2)
    room = room_of(request, Typed(4, None, None), nodes, say=said.append)
    limit = seconds_of_time(room.time)

    assert limit is not None
    assert limit % STEP_SECONDS == 0
    assert (room.gpus, room.cpus) == (2, 16)
    assert room.memory.endswith("G")
    assert room.warned_seconds <= limit // 4
    assert any(room.time in line and "--time" in line for line in said)
    assert any("2 L40S" in line and "--gpu" in line for line in said)


def test_more_shards_need_less_time_each(asked: Asked) -> None:
    request, nodes = asked(engine="churro", device="cpu", cpus=1)
    one, many = (seconds_of_time(room_of(request, Typed(n, None, "1G"), nodes, say=str).time) for n in (1, 3))

    assert one is not None
    assert many is not None
    assert many < one


def test_a_card_that_was_named_is_not_assumed(asked: Asked) -> None:
    said: list[str] = []
    request, nodes = asked(engine="trocr", card="h100")
    room_of(request, Typed(1, None, None), nodes, say=said.append)

    assert not any("--gpu" in line for line in said)


def test_where_nobody_knows_the_pace_on_a_gpu_the_limit_is_that_of_the_cores_without_one(asked: Asked) -> None:
    said: list[str] = []
    request, nodes = asked(engine="kraken", gpus=2)
    room = room_of(request, Typed(1, None, None), nodes, say=said.append)
    on_cores, cores = asked(engine="kraken", device="cpu", cpus=nodes.cores)
    without = room_of(on_cores, Typed(1, None, None), cores, say=str)

    assert room.gpus == 2
    assert seconds_of_time(room.time) == seconds_of_time(without.time)
    (told,) = [line for line in said if "nobody has published" in line]
    assert "kraken" in told
    assert "16 cores" in told
    assert "--time" in told


def test_a_shard_that_asks_a_server_must_be_given_its_time(asked: Asked) -> None:
    request, nodes = asked(server="http://nowhere:1/v1")
    with pytest.raises(UsageProblem, match="server") as refused:
        room_of(request, Typed(4, None, None), nodes, say=str)
    assert "--time HH:MM:SS" in refused.value.mend


def test_what_was_typed_is_taken_and_needs_no_estimate(asked: Asked) -> None:
    said: list[str] = []
    request, nodes = asked(cpus=3, page_timeout=100)
    room = room_of(request, Typed(4, "1-00:00:00", "64G"), nodes, say=said.append)

    assert (room.time, room.memory, room.cpus, room.warned_seconds, said) == ("1-00:00:00", "64G", 3, 220, [])


def test_with_a_time_alone_memory_is_still_reckoned(asked: Asked) -> None:
    request, nodes = asked()
    room = room_of(request, Typed(4, "unlimited", None), nodes, say=str)

    assert int(room.memory.removesuffix("G")) >= 4


@pytest.mark.parametrize("time", [None, "unlimited"])
@pytest.mark.parametrize("wishes", [{"device": "cpu"}, {"engine": "kraken", "gpus": 1}, {"engine": "trocr", "gpus": 1}])
def test_memory_is_enough_for_the_report_over_all_pages(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, time: str | None, wishes: dict[str, object]
) -> None:
    monkeypatch.setattr(slurm_limits, "REPORT_BYTES_A_PAGE", 100 * slurm_limits.GIB)
    request, nodes = asked(**wishes)
    room = room_of(request, Typed(4, time, None), nodes, say=str)

    assert int(room.memory.removesuffix("G")) >= 300


def test_an_engine_that_is_slow_on_the_cpu_is_warned_earlier(asked: Asked) -> None:
    quick, slow = (
        room_of(*asked_for, say=str).warned_seconds
        for asked_for in (
            (asked(device="cpu")[0], Typed(1, "unlimited", "1G"), asked(device="cpu")[1]),
            (
                asked(engine="qwen3-vl", device="cpu")[0],
                Typed(1, "unlimited", "1G"),
                asked(engine="qwen3-vl", device="cpu")[1],
            ),
        )
    )

    assert quick < slow


def test_a_time_that_is_none_is_refused(asked: Asked) -> None:
    request, nodes = asked()
    with pytest.raises(UsageProblem, match="--time soon"):
        room_of(request, Typed(4, "soon", None), nodes, say=str)

"""Before shards are submitted, everything is checked that can be known on a machine without their devices."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.layers import Layer
from htrkit.core.device_seen import TorchBuild
from htrkit.core.guarded import Guard
from htrkit.domain.errors import OutputHeld, SetUpRefused, UsageProblem
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.shards import Cut
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request, settings_of
from htrkit.run.shard_asked import asked_of
from htrkit.run.shard_cuts import write_cut
from htrkit.run.slurm_nodes import fitted_to, nodes_for, on_nodes
from htrkit.run.slurm_preflight import checked_for_nodes, log_folder

Checked = Callable[..., tuple[Finding, ...]]
NO_CUDA = TorchBuild("2.14.0+cpu", None)


def request_in(folder: Path, *inputs: str, **wishes: object) -> Request:
    typed = (Layer("command line", wishes),)
    return Request(inputs or (str(folder / "scans"),), folder / "out", None, typed, {}, folder)


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Checks three scans for nodes with one GPU, or as the wishes say."""
    (tmp_path / "scans").mkdir()
    for number in range(3):
        Image.new("L", (40, 60), 200).save(tmp_path / "scans" / f"{number}.png")

    def check(
        *inputs: str, shards: int = 2, gpus: int | None = None, build: TorchBuild | None = None, **wishes: object
    ) -> tuple[Finding, ...]:
        request = request_in(tmp_path, *inputs, **{"segmenter": "none", **wishes})
        settings = settings_of(request).settings
        nodes = nodes_for(settings, gpus=gpus, cpus=None, card=None)
        there = on_nodes(request, fitted_to(nodes, settings))
        return checked_for_nodes(there, nodes, shards=shards, told=lambda *_: None, build=build)

    return check


def codes(findings: tuple[Finding, ...], *severities: Severity) -> set[str]:
    return {one.code for one in findings if one.severity in severities}


def test_an_engine_for_gpus_is_not_refused_where_there_is_none(checked: Checked, tmp_path: Path) -> None:
    with pytest.raises(SetUpRefused) as refused:
        checked(engine="pylaia", model=str(tmp_path / "nowhere"))

    assert codes(refused.value.findings, Severity.BLOCKER) == {"model"}


def test_the_same_engine_is_refused_on_nodes_without_gpus(checked: Checked, tmp_path: Path) -> None:
    with pytest.raises(SetUpRefused) as refused:
        checked(engine="pylaia", model=str(tmp_path / "nowhere"), gpus=0)

    assert Guard.SLOW_CPU in codes(refused.value.findings, Severity.BLOCKER)


def test_devices_are_those_of_a_node(checked: Checked) -> None:
    assert not codes(checked(device="cuda:1", gpus=2), Severity.BLOCKER)
    with pytest.raises(SetUpRefused, match="cuda:2"):
        checked(device="cuda:2", gpus=2)


def test_a_torch_without_cuda_warns(checked: Checked) -> None:
    assert Guard.TORCH in codes(checked(build=NO_CUDA), Severity.WARNING)


def test_what_no_engine_has_is_usage(checked: Checked) -> None:
    with pytest.raises(SetUpRefused) as refused:
        checked(engine="krakn")
    assert refused.value.exit_code is ExitCode.USAGE


def test_paths_on_stdin_are_refused_since_a_job_has_none(checked: Checked) -> None:
    with pytest.raises(UsageProblem, match="no stdin"):
        checked("-")


def test_more_shards_than_pages_are_refused(checked: Checked) -> None:
    checked(shards=3)
    with pytest.raises(UsageProblem, match="--shards 3"):
        checked(shards=4)


def test_an_out_of_another_run_is_refused(checked: Checked, tmp_path: Path) -> None:
    out = OutFolder(tmp_path / "out")
    out.own.mkdir(parents=True)
    out.plan.write_text("{}")
    with pytest.raises(OutputHeld):
        checked()


@pytest.fixture
def planned(tmp_path: Path) -> OutFolder:
    """An OUT whose run was planned and cut into two, as `checked` asks for it."""
    out = OutFolder(tmp_path / "out")
    out.own.mkdir(parents=True)
    asked = request_in(tmp_path, segmenter="none")
    write_cut(out, Cut(1, ((0, 1), (2,))), run_id="r1", asked=asked_of(asked, settings_of(asked).settings))
    out.plan.write_text("{}")
    return out


@pytest.mark.usefixtures("planned")
def test_the_script_of_a_run_in_shards_may_be_written_anew_for_other_nodes(checked: Checked) -> None:
    assert not codes(checked(gpus=2, jobs=3, progress="json"), Severity.BLOCKER)


@pytest.mark.usefixtures("planned")
def test_shards_that_were_planned_otherwise_are_refused_with_what_to_do(checked: Checked, tmp_path: Path) -> None:
    recut = f"htrkit cluster recut {tmp_path / 'out'} --shards"
    with pytest.raises(UsageProblem, match="dpi: was 300, now 400") as other:
        checked(dpi=400)
    with pytest.raises(UsageProblem, match=r"--shards 3: .* was cut into 2") as more:
        checked(shards=3)

    assert f"{recut} 2" in other.value.mend
    assert "Give --shards 2," in more.value.mend
    assert f"{recut} 3" in more.value.mend


def test_a_run_that_began_whole_has_no_script(checked: Checked, planned: OutFolder) -> None:
    write_cut(planned, Cut(1, ((0, 1), (2,))), run_id="r1")
    with pytest.raises(UsageProblem, match="had begun before it was cut") as refused:
        checked()

    assert "--shard 1/2" in refused.value.mend


def test_a_cut_whose_planner_was_killed_is_made_anew(checked: Checked, planned: OutFolder) -> None:
    planned.plan.unlink()

    assert not codes(checked(shards=3, dpi=400), Severity.BLOCKER)


def test_the_folder_of_logs_is_there_before_slurm_looks_for_it(tmp_path: Path) -> None:
    assert log_folder(tmp_path / "new" / "out") == tmp_path / "new" / "out" / ".htrkit" / "slurm"
    assert log_folder(tmp_path / "new" / "out").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageProblem, match="cannot be made"):
        log_folder(tmp_path / "file")

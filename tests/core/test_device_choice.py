"""A wish for devices comes to those that are there, answer and have room; what is left or refused is said."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from htrkit.core.device_choice import DeviceChoice, chosen_devices, device_for
from htrkit.core.device_seen import Seen
from htrkit.core.guarded import Guard
from htrkit.domain.device import Device, DeviceState, DriverState
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.finding import Finding, Severity
from tests.fakes.device_seen import CUDA_13, NO_CUDA, broken, gpu, hidden, holder, part, seen
from tests.fakes.set_ups import GB

NEEDED = 4 * GB
FIRST, SECOND, THIRD = gpu(0, uuid="GPU-11aa"), gpu(1, uuid="GPU-22bb"), gpu(2, uuid="GPU-22cc")
THREE = seen(FIRST, SECOND, THIRD)


def choice(wish: str, machine: Seen) -> DeviceChoice:
    return chosen_devices(wish, machine, lambda _: NEEDED)


def names(devices: Sequence[Device]) -> list[str | None]:
    return [one.device for one in devices]


def only(wish: str, machine: Seen) -> Finding:
    (finding,) = choice(wish, machine).findings
    return finding


def refusal(wish: str, machine: Seen) -> Finding:
    found = choice(wish, machine)
    assert found.devices == ()
    (blocker,) = [one for one in found.findings if one.severity is Severity.BLOCKER]
    assert blocker.mend
    return blocker


@pytest.mark.parametrize(
    ("wish", "cards", "device"),
    [("cpu", 2, "cpu"), ("all", 0, "cpu"), ("auto", 2, "cuda:0"), (" CUDA:1 ", 2, "cuda:1"), ("cuda:0", 1, "cuda:0")],
)
def test_what_a_wish_comes_to_in_one_process(wish: str, cards: int, device: str) -> None:
    assert device_for(wish, cards=cards) == device


@pytest.mark.parametrize(("wish", "cards"), [("cuda:0", 0), ("cuda:2", 2), ("cuda:", 2), ("tpu", 1), ("", 1)])
def test_a_process_is_refused_a_device_that_it_does_not_see(wish: str, cards: int) -> None:
    with pytest.raises(PreflightRefused, match="there is cpu") as caught:
        device_for(wish, cards=cards)
    assert "-d cpu" in caught.value.mend


@pytest.mark.parametrize(
    ("wish", "chosen"),
    [
        ("all", ["cuda:0", "cuda:1", "cuda:2"]),
        ("auto", ["cuda:0"]),
        ("cpu", ["cpu"]),
        ("cuda:2,cuda:0", ["cuda:2", "cuda:0"]),
        ("cuda:1, CUDA:1", ["cuda:1"]),
        ("GPU-11", ["cuda:0"]),
        ("gpu-22CC,cuda:0", ["cuda:2", "cuda:0"]),
    ],
)
def test_which_devices_a_wish_comes_to_where_all_are_free(wish: str, chosen: list[str]) -> None:
    found = choice(wish, THREE)
    assert (names(found.devices), found.findings) == (chosen, ())


@pytest.mark.parametrize("wish", ["all", "auto", "cpu"])
@pytest.mark.parametrize("driver", [DriverState.ABSENT, DriverState.READY])
def test_a_machine_without_gpus_reads_on_the_cpu_and_needs_no_words(wish: str, driver: DriverState) -> None:
    found = choice(wish, seen(driver=driver, build=NO_CUDA))
    assert (names(found.devices), found.findings) == (["cpu"], ())


def test_all_leaves_a_card_without_room_and_says_which_why_and_who() -> None:
    full = replace(gpu(0, free_gb=3), holders=(holder(4711, 30), holder(4712, None, name=None, user=None)))
    found = choice("all", seen(full, SECOND, THIRD))
    (left,) = found.findings

    assert names(found.devices) == ["cuda:1", "cuda:2"]
    assert (left.code, left.severity) == (Guard.DEVICES, Severity.WARNING)
    assert left.message == (
        "1 GPU without room for the model and one item, left out: cuda:0 (NVIDIA L40S) has 3.0 GB free and 4.0 GB are "
        "needed (python of anna, process 4711, holds 30.0 GB, a process, process 4712, holds memory)."
    )
    assert left.mend == "Wait until others give memory back, or leave it out: -d cuda:1,cuda:2."


def test_free_memory_decides_and_not_what_there_is_in_all() -> None:
    large_and_full, small_and_free = gpu(0, free_gb=3), gpu(1, free_gb=NEEDED / GB)
    assert names(choice("all", seen(large_and_full, small_and_free)).devices) == ["cuda:1"]
    assert names(choice("auto", seen(large_and_full, small_and_free)).devices) == ["cuda:1"]


def test_what_is_needed_may_differ_from_card_to_card() -> None:
    found = chosen_devices("all", THREE, lambda one: NEEDED if one is FIRST else 99 * GB)
    assert names(found.devices) == ["cuda:0"]


@pytest.mark.parametrize("wish", ["all", "auto"])
def test_where_no_card_has_room_nothing_is_read_on_the_cpu_in_silence(wish: str) -> None:
    blocker = refusal(wish, seen(gpu(0, free_gb=3), gpu(1, free_gb=1)))
    assert blocker.code == Guard.MEMORY
    assert "cuda:0 (NVIDIA L40S) has 3.0 GB free and 4.0 GB are needed" in blocker.message
    assert "cuda:1 (NVIDIA L40S) has 1.0 GB free" in blocker.message
    assert "-d cpu" in blocker.mend


def test_a_card_whose_memory_nobody_tells_is_given_a_chance() -> None:
    untold = replace(FIRST, memory=None)
    assert names(choice("all", seen(untold, SECOND)).devices) == ["cuda:0", "cuda:1"]
    assert names(choice("auto", seen(untold, SECOND)).devices) == ["cuda:1"]
    assert names(choice("auto", seen(untold)).devices) == ["cuda:0"]


def test_auto_takes_the_emptier_card_and_says_who_is_on_the_other() -> None:
    busy = replace(gpu(0, free_gb=16), holders=(holder(4711, 30),))
    found = choice("auto", seen(busy, SECOND))
    (said,) = found.findings

    assert names(found.devices) == ["cuda:1"]
    assert (said.code, said.severity) == (Guard.DEVICES, Severity.NOTE)
    assert said.message == (
        "-d auto takes cuda:1 (NVIDIA L40S), which has 45.0 GB of memory free; cuda:0 (NVIDIA L40S) has 16.0 GB free "
        "(python of anna, process 4711, holds 30.0 GB)."
    )


def test_auto_among_equals_takes_the_first_and_says_nothing() -> None:
    found = choice("auto", THREE)
    assert (names(found.devices), found.findings) == (["cuda:0"], ())


def test_auto_names_those_on_another_card_though_as_much_is_free_there() -> None:
    here = replace(SECOND, holders=tuple(holder(pid, 1) for pid in range(1, 6)))
    said = only("auto", seen(FIRST, here))
    assert "cuda:1 (NVIDIA L40S) has 45.0 GB free (python of anna, process 1, holds 1.0 GB" in said.message
    assert said.message.endswith("process 3, holds 1.0 GB and 2 more).")


def test_a_run_of_ours_is_told_from_others() -> None:
    ours = replace(holder(7, 30), ours=True)
    assert (
        "a run of htrkit of anna, process 7"
        in only("auto", seen(replace(gpu(0, free_gb=9), holders=(ours,)), SECOND)).message
    )


def test_a_card_named_by_people_is_taken_however_full_it_is() -> None:
    found = choice("cuda:0", seen(gpu(0, free_gb=1), SECOND))
    assert (names(found.devices), found.findings) == (["cuda:0"], ())


@pytest.mark.parametrize(
    ("state", "words", "mend"),
    [
        (DeviceState.LOST, "has fallen off the bus", "Restart the machine"),
        (DeviceState.RESET_NEEDED, "answers no more until it is reset", "--gpu-reset"),
        (DeviceState.UNREADABLE, "gives an error that says nothing more", "dmesg"),
    ],
)
def test_a_card_that_does_not_answer_is_left_out_and_named_or_blocks_where_it_was_asked_for(
    state: DeviceState, words: str, mend: str
) -> None:
    machine = seen(broken(0, state), SECOND)
    for wish in ("all", "auto"):
        found = choice(wish, machine)
        (said,) = found.findings
        assert names(found.devices) == ["cuda:1"]
        assert (said.code, said.severity) == (Guard.DEVICE_STATE, Severity.WARNING)
        assert said.message == f"cuda:0 (NVIDIA L40S) {words}: it is left out."
        assert mend in said.mend
        assert said.mend.endswith("-d cuda:1.")

    blocker = refusal("cuda:1,cuda:0", machine)
    assert blocker.message == f"cuda:0 (NVIDIA L40S) {words}."
    assert blocker.mend.endswith("or take -d cuda:1 or -d cpu.")


@pytest.mark.parametrize("wish", ["all", "auto"])
def test_where_no_card_answers_nothing_is_read_on_the_cpu_in_silence(wish: str) -> None:
    blocker = refusal(wish, seen(broken(0, DeviceState.LOST), broken(1, DeviceState.RESET_NEEDED)))
    assert "cuda:0 (NVIDIA L40S) has fallen off the bus; cuda:1 (NVIDIA L40S) answers no more" in blocker.message


def test_the_last_of_the_cards_being_lost_leaves_the_room_of_the_others_to_decide() -> None:
    found = choice("all", seen(broken(0, DeviceState.LOST), gpu(1, free_gb=1)))
    assert [(one.code, one.severity) for one in found.findings] == [
        (Guard.DEVICE_STATE, Severity.WARNING),
        (Guard.MEMORY, Severity.BLOCKER),
    ]


@pytest.mark.parametrize("wish", ["cuda:7", "cuda:0,cuda:7", "gpu-ff", "mig-1", "cuda:", "cuda", "tpu", "", "cuda:0,"])
def test_a_device_that_is_not_there_is_refused_with_what_is(wish: str) -> None:
    blocker = refusal(wish, seen(FIRST, broken(1, DeviceState.LOST)))
    assert blocker.code == Guard.DEVICE
    assert "there is cpu, cuda:0 (NVIDIA L40S), cuda:1 (NVIDIA L40S), which has fallen off the bus." in blocker.message
    assert blocker.mend == "Take -d all, -d cuda:0 or -d cpu."


def test_each_name_that_is_nobody_s_is_told() -> None:
    found = choice("cuda:8,cuda:9", THREE)
    assert [one.message.partition(":")[0] for one in found.findings] == [
        "There is no device `cuda",
        "There is no device `cuda",
    ]
    assert all("(of `-d cuda:8,cuda:9`)" in one.message for one in found.findings)


def test_the_beginning_of_several_uuids_is_none() -> None:
    blocker = refusal("GPU-22", THREE)
    assert "begins the names of 2 devices: GPU-22bb, GPU-22cc" in blocker.message


def test_the_cpu_is_not_chosen_beside_gpus() -> None:
    assert "names the CPU beside others" in refusal("cpu,cuda:0", THREE).message


@pytest.mark.parametrize("wish", ["cuda:0", "GPU-11aa"])
def test_without_a_driver_the_refusal_says_so(wish: str) -> None:
    assert "There is no NVIDIA driver here" in refusal(wish, seen(driver=DriverState.ABSENT)).message
    assert "was updated while it was at work" in refusal(wish, seen(driver=DriverState.MISMATCHED)).message


@pytest.mark.parametrize(
    "driver", [DriverState.NOT_LOADED, DriverState.MISMATCHED, DriverState.NOT_ALLOWED, DriverState.UNREADABLE]
)
@pytest.mark.parametrize("wish", ["all", "auto"])
def test_a_driver_that_is_not_at_work_leaves_the_cpu_and_a_warning(driver: DriverState, wish: str) -> None:
    found = choice(wish, seen(driver=driver))
    (said,) = found.findings
    assert names(found.devices) == ["cpu"]
    assert said.severity is Severity.WARNING
    assert "CPU" in said.message
    assert said.mend
    assert choice("cpu", seen(driver=driver)).findings == ()


def test_what_slurm_has_left_begins_at_0() -> None:
    given = seen(hidden("GPU-33dd"), hidden("GPU-44ee"), FIRST, SECOND, visible="2,3", slurm=True)
    blocker = refusal("cuda:2", given)
    assert (
        "CUDA_VISIBLE_DEVICES=2,3, set by Slurm, leaves 2 of 4 GPUs, and their numbers begin at 0." in blocker.message
    )
    assert names(choice("all", given).devices) == ["cuda:0", "cuda:1"]


def test_a_card_that_the_variable_hides_is_not_to_be_had_by_its_uuid() -> None:
    blocker = refusal("GPU-33", seen(hidden("GPU-33dd"), FIRST, visible="1"))
    assert blocker.code == Guard.VISIBLE
    assert "GPU-33dd (NVIDIA L40S) is here, and this process may not use it." in blocker.message
    assert "CUDA_VISIBLE_DEVICES=1 leaves 1 of 2 GPUs" in blocker.message
    assert "-d cuda:0" in blocker.mend


@pytest.mark.parametrize(
    ("visible", "words"),
    [
        ("", "CUDA_VISIBLE_DEVICES is empty, which hides all"),
        ("9", "CUDA_VISIBLE_DEVICES=9 names none"),
        ("-1", "=-1 names none"),
    ],
)
@pytest.mark.parametrize("wish", ["all", "auto"])
def test_a_variable_that_leaves_no_gpu_leaves_the_cpu_and_a_warning(visible: str, words: str, wish: str) -> None:
    machine = seen(hidden("GPU-11aa"), hidden("GPU-22bb"), visible=visible)
    found = choice(wish, machine)
    (said,) = found.findings
    assert names(found.devices) == ["cpu"]
    assert (said.code, said.severity) == (Guard.VISIBLE, Severity.WARNING)
    assert said.message.startswith("There are 2 GPUs here")
    assert words in said.message
    assert "unset CUDA_VISIBLE_DEVICES" in said.mend
    assert "--gres=gpu:1" in only(wish, replace(machine, under_slurm=True)).mend
    assert "leaves 0 of 2 GPUs" in refusal("cuda:0", machine).message


def test_names_after_a_wrong_one_do_not_count_and_that_is_said() -> None:
    found = choice("all", seen(FIRST, hidden("GPU-22bb"), visible="0,7,1"))
    (said,) = found.findings
    assert names(found.devices) == ["cuda:0"]
    assert (said.code, said.severity) == (Guard.VISIBLE, Severity.WARNING)
    assert "names 3 GPUs and leaves 1: `7` is none here" in said.message
    assert choice("cpu", seen(FIRST, visible="0,7,1")).findings == ()


def test_gpus_that_may_not_be_opened_are_somebody_else_s() -> None:
    found = choice("all", seen(hidden("", DeviceState.NOT_ALLOWED)))
    (said,) = found.findings
    assert names(found.devices) == ["cpu"]
    assert said.severity is Severity.WARNING
    assert said.message == "There is 1 GPU here, and this process may open none: the device is the CPU."
    assert choice("all", seen(hidden("", DeviceState.NOT_ALLOWED), FIRST)).findings == ()


DIVIDED = hidden("GPU-33dd", DeviceState.DIVIDED)
PARTS = (part(0, "MIG-1a", "GPU-33dd"), part(1, "MIG-1b", "GPU-33dd"))


def test_instances_are_devices_of_their_own() -> None:
    machine = seen(DIVIDED, *PARTS, THIRD)
    assert names(choice("all", machine).devices) == ["cuda:0", "cuda:1", "cuda:2"]
    found = choice("MIG-1b", machine)
    assert ([one.uuid for one in found.devices], found.findings) == (["MIG-1b"], ())


def test_the_number_of_an_instance_is_explained() -> None:
    said = only("cuda:1", seen(DIVIDED, *PARTS))
    assert said.severity is Severity.NOTE
    assert "cuda:1 is the MIG instance MIG-1b of the card GPU-33dd" in said.message


def test_a_divided_card_is_not_to_be_had_as_a_whole() -> None:
    blocker = refusal("GPU-33", seen(DIVIDED, *PARTS))
    assert blocker.message.endswith("cuda:0 (MIG-1a), cuda:1 (MIG-1b).")
    assert blocker.mend == "Take -d cuda:0,cuda:1."


@pytest.mark.parametrize("wish", ["all", "GPU-33dd"])
def test_a_divided_card_without_instances_is_no_device(wish: str) -> None:
    blocker = refusal(wish, seen(DIVIDED))
    assert "is divided (MIG), and no instance of it is there" in blocker.message
    assert "nvidia-smi mig" in blocker.mend


def test_a_divided_card_without_instances_is_left_out_and_named() -> None:
    found = choice("all", seen(DIVIDED, FIRST))
    (said,) = found.findings
    assert names(found.devices) == ["cuda:0"]
    assert said.message.startswith("GPU-33dd (NVIDIA L40S) is divided (MIG)")
    assert choice("all", seen(DIVIDED, FIRST, visible="GPU-11aa")).findings == ()


@pytest.mark.parametrize("wish", ["all", "auto"])
def test_a_torch_without_cuda_leaves_the_cpu_and_a_warning(wish: str) -> None:
    found = choice(wish, seen(FIRST, SECOND, build=NO_CUDA))
    (said,) = found.findings
    assert names(found.devices) == ["cpu"]
    assert (said.code, said.severity) == (Guard.TORCH, Severity.WARNING)
    assert "There are 2 GPUs here, and the installed torch 2.14.0+cpu is built without CUDA" in said.message


def test_a_torch_without_cuda_blocks_where_a_gpu_is_asked_for() -> None:
    assert refusal("cuda:0", seen(FIRST, build=NO_CUDA)).message.startswith("There is a GPU here")
    assert choice("cpu", seen(FIRST, build=NO_CUDA)).findings == ()


@pytest.mark.parametrize("wish", ["all", "auto", "cuda:0"])
def test_a_driver_too_old_for_the_torch_blocks(wish: str) -> None:
    blocker = refusal(wish, seen(FIRST, build=CUDA_13, cuda="12.8"))
    assert blocker.code == Guard.TORCH
    assert "570.10 can do CUDA 12.8, and the installed torch 2.14.0+cu130 is built with CUDA 13.0" in blocker.message


@pytest.mark.parametrize("wish", ["all", "auto", "cuda:0"])
def test_a_driver_of_the_same_cuda_and_an_older_version_of_it_warns(wish: str) -> None:
    found = choice(wish, seen(FIRST, cuda="12.4"))
    assert names(found.devices) == ["cuda:0"]
    assert [(one.code, one.severity) for one in found.findings] == [(Guard.TORCH, Severity.WARNING)]


def test_a_card_too_old_for_the_torch_is_left_out_or_blocks() -> None:
    machine = seen(gpu(0, capability="7.0"), SECOND, build=CUDA_13, cuda="13.1")
    assert names(choice("all", machine).devices) == ["cuda:1"]
    assert "compute capability 7.0" in only("all", machine).message
    assert "needs 7.5" in refusal("cuda:0", machine).message


def test_what_is_not_known_of_torch_or_driver_is_not_held_against_them() -> None:
    for machine in (seen(FIRST, build=None), seen(FIRST, cuda=None), seen(FIRST, cuda="odd")):
        assert choice("all", machine).findings == ()

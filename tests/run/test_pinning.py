"""A process that reads by itself computes on the device that was chosen, whatever torch would call it."""

from htrkit.config.settings import Settings
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind
from htrkit.run.pinning import cards_among, pinned_here

PROCESSOR = Device(DeviceKind.CPU, device="cpu")
CARD = Device(DeviceKind.CUDA, device="cuda:3", uuid="GPU-dd")
WISH = Settings(device="cuda:3", parallel_gpus=True)


def test_it_sees_the_first_of_the_cards_alone_and_calls_it_the_first() -> None:
    environment = {"CUDA_VISIBLE_DEVICES": "0,1,2,3", "HOME": "/home"}
    settings = pinned_here(WISH, (CARD, PROCESSOR), environment)

    assert settings.devices == "cuda:0"
    assert environment == {"CUDA_VISIBLE_DEVICES": "GPU-dd", "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "HOME": "/home"}


def test_on_the_cpu_nothing_of_its_environment_changes() -> None:
    for devices in ((), (PROCESSOR,)):
        environment: dict[str, str] = {}
        assert (pinned_here(WISH, devices, environment).devices, environment) == ("cpu", {})


def test_cards_are_told_from_the_cpu() -> None:
    assert cards_among((CARD, PROCESSOR)) == (CARD,)

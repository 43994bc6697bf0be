"""A device server's process without a device."""

from htrkit.core.batch_sizes import BackingOff, BatchSizes
from htrkit.domain.failure import Step
from htrkit.run.device_process import Device, be_a_server
from htrkit.run.messages import SetUp
from tests.fakes.chaos_stage import ChaosStage

BATCH = 4


def load(order: SetUp) -> tuple[Device, str]:
    return Device({Step.RECOGNISE: ChaosStage}, BatchSizes({Step.RECOGNISE: BackingOff(BATCH)})), "cpu"


if __name__ == "__main__":
    be_a_server(load)

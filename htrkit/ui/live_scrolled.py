"""Which events scroll by above live panels: those that somebody may want to read again in the scrollback."""

from htrkit.domain.events import (
    DeviceEnough,
    DeviceShort,
    Event,
    MemoryEnough,
    MemoryShort,
    PageFailed,
    PageRetried,
    PageStruck,
    RunContinued,
    RunDraining,
    RunPaused,
    ServerGivenUp,
    ServerLost,
    WorkerGivenUp,
    WorkerLost,
)

_OF_PAGES = PageFailed | PageStruck | PageRetried
_OF_PROCESSES = WorkerLost | WorkerGivenUp | ServerLost | ServerGivenUp
_OF_THE_RUN = MemoryShort | MemoryEnough | DeviceShort | DeviceEnough | RunPaused | RunContinued | RunDraining


def scrolls_by(event: Event) -> bool:
    """Tell whether it does: troubles and their ends; what goes well is on the panels."""
    return isinstance(event, _OF_PAGES | _OF_PROCESSES | _OF_THE_RUN)

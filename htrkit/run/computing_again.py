"""Whether what a run was begun to compute with is still there when it goes on: its settings cannot be others."""

from collections.abc import Iterator, Sequence

from htrkit.config.settings import Settings
from htrkit.core.computing import Reader, Unfulfillable, backend_for, precision_for
from htrkit.domain.computing import PrecisionWish
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, EngineRow
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.run.computing import Converts, grounds_of
from htrkit.run.model_file import ModelFile

ANOTHER_RUN = "Mend it, or begin a run with another OUT and --cpu-backend torch."
AS_IT_WAS = "Go on where the CPU has them, or on a GPU; the text may differ in a few characters."


def computing_again(  # noqa: PLR0913 - each is found elsewhere
    settings: Settings,
    row: EngineRow,
    devices: Sequence[Device],
    converts: Converts,
    *,
    model: ModelFile,
    segmentation: ModelFile | None,
) -> Iterator[Finding]:
    """Say what the CPU cannot compute any more as the run's settings have it; `segmentation` as in `grounds_of`."""
    grounds, _ = grounds_of(row, devices, settings, converts, model=model, segmentation=segmentation)
    listens = grounds.reader is Reader.CTC or grounds.finds_lines
    if grounds.device is not DeviceKind.CPU or not devices or not listens:
        return
    try:
        backend, _ = backend_for(settings.cpu_backend, grounds)
    except Unfulfillable as error:
        yield Finding(Code.COMPUTING, Severity.BLOCKER, str(error), ANOTHER_RUN)
        return
    wish = settings.precision
    numbers = precision_for(wish, backend, grounds)
    if wish is not PrecisionWish.AUTO and numbers is not wish:
        message = f"The run was begun in {wish}, and this CPU computes in {numbers}."
        yield Finding(Code.COMPUTING, Severity.WARNING, message, AS_IT_WAS)

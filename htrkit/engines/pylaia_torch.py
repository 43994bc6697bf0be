"""PyLaia's networks on torch: on GPUs, and where OpenVINO cannot compute them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from htrkit.domain.engine import Precision
from htrkit.domain.stages import Ahead, LoadOrder, Raw
from htrkit.engines.pylaia_checkpoint import load_pylaia
from htrkit.engines.pylaia_network import PylaiaNetwork
from htrkit.engines.pylaia_reader import Floats, Wanted
from htrkit.networks.torch_finish import BestLabels, Finish, LogProbabilities
from htrkit.networks.torch_lane import CPU, Lane, lane_to
from htrkit.networks.torch_layers import DTYPES
from htrkit.networks.torch_lines import LineBatches, LinesAhead
from htrkit.networks.torch_pylaia import PylaiaLayers

FINISHES: dict[Wanted, Finish[Any]] = {Wanted.BEST: BestLabels(), Wanted.ALL: LogProbabilities()}


class TorchSymbols:
    """A network on a device of torch's."""

    def __init__(self, batches: LineBatches[Any], device: str) -> None:
        self._batches = batches
        # On the CPU nothing goes on beside it.
        self.ahead: Ahead | None = None if device == CPU else LinesAhead(batches)

    def raws(self, lines: Sequence[Floats]) -> Sequence[Raw]:
        """Read lines, those of one height together."""
        return [Raw(said) for said in self._batches.frames(lines)]


def torch_symbols(order: LoadOrder, wanted: Wanted) -> TorchSymbols:
    """Load the network onto its device; raises PreflightRefused."""
    network, _ = load_pylaia(Path(order.path))
    batches = symbol_batches(network.to(order.device), lane_to(order.device), order.computing.precision, wanted)
    return TorchSymbols(batches, order.device)


def symbol_batches(network: PylaiaNetwork, lane: Lane, precision: Precision, wanted: Wanted) -> LineBatches[Any]:
    """Give what reads lines by a network that is on the lane's device already.

    Networks without normalisation may have values beyond half precision's: a batch with such is read again in single.
    """

    def read_in(one: Precision, wider: LineBatches[Any] | None = None) -> LineBatches[Any]:
        return LineBatches(PylaiaLayers(network, DTYPES[one]), lane, FINISHES[wanted], wider)

    return read_in(precision, read_in(Precision.SINGLE)) if precision is Precision.HALF else read_in(precision)

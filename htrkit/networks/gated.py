"""Gated recurrent units in OpenVINO's operations, for lines of different lengths in one batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from htrkit.networks.graph import Node, operations, real, size_of, whole
from htrkit.networks.recurrent import SHUT, marked, nothing_yet, with_mark


@dataclass(frozen=True, slots=True)
class GateWeights:
    """One direction: gates in OpenVINO's order (update, reset, new)."""

    inputs: NDArray[np.float32]
    """Shape (3 units, features)."""
    recurrent: NDArray[np.float32]
    """Shape (3 units, units)."""
    bias: NDArray[np.float32]
    """Shape (4 units,): of update, reset, and of the new state what comes from the input and from the state."""

    @classmethod
    def of_torch(cls, state: Mapping[str, NDArray[np.float32]], name: str) -> Self:
        """Take one direction out of what torch calls its parameters, as `l0_reverse`, gates (reset, update, new)."""
        inputs, recurrent = _update_first(state[f"weight_ih_{name}"]), _update_first(state[f"weight_hh_{name}"])
        given, own = _update_first(state[f"bias_ih_{name}"]), _update_first(state[f"bias_hh_{name}"])
        gates = 2 * recurrent.shape[1]
        bias = np.concatenate([given[:gates] + own[:gates], given[gates:], own[gates:]])
        return cls(inputs, recurrent, bias)

    @property
    def units(self) -> int:
        """The length of what it gives at every step."""
        return int(self.recurrent.shape[1])


def read_ragged_gated(node: Node, directions: tuple[GateWeights, ...], lengths: Node) -> Node:
    """Read sequences of different lengths to (sequences, steps, directions times units).

    `lengths` is int64 of shape (sequences,). Beyond a sequence's end a feature of its own keeps the state as it is:
    on the way back it is still nothing where the sequence's end is reached.
    """
    ops = operations()
    units, way = directions[0].units, "bidirectional" if len(directions) > 1 else "forward"
    read = ops.gru_sequence(
        marked(node, lengths, directions[0].inputs),
        nothing_yet(node, len(directions), units),
        ops.broadcast(size_of(node, 1), size_of(node, 0)),
        # The mark opens the update gate, which then keeps all of the state; of the others, none counts.
        real(np.stack([with_mark(one.inputs, one.units, -SHUT) for one in directions])),
        real(np.stack([one.recurrent for one in directions])),
        real(np.stack([one.bias for one in directions])),
        units,
        way,
        linear_before_reset=True,
    ).output(0)
    return ops.reshape(
        ops.transpose(read, whole([0, 2, 1, 3])), whole([0, 0, units * len(directions)]), special_zero=True
    )


def _update_first(values: NDArray[np.float32]) -> NDArray[np.float32]:
    reset, update, new = np.split(values, 3, axis=0)
    return np.concatenate([update, reset, new], axis=0)

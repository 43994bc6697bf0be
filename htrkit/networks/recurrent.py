"""Long short-term memories in OpenVINO's operations, for lines of different lengths in one batch too."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from htrkit.networks.graph import Node, inside, operations, real, size_of, whole

SHUT = -1e4
"""Before a sigmoid: as good as minus infinity, and still a number in bfloat16."""
TOGETHER = 32
"""Features that the matrix units of CPUs take at once."""


@dataclass(frozen=True, slots=True)
class MemoryWeights:
    """One direction: gates in OpenVINO's order (forget, input, cell, output)."""

    inputs: NDArray[np.float32]
    """Shape (4 units, features)."""
    recurrent: NDArray[np.float32]
    """Shape (4 units, units)."""
    bias: NDArray[np.float32]
    """Shape (4 units,)."""

    @classmethod
    def of_torch(cls, state: Mapping[str, NDArray[np.float32]], name: str) -> Self:
        """Take one direction out of what torch calls its parameters, `l0` or `l0_reverse`, gates (i, f, c, o)."""
        inputs, recurrent = state[f"weight_ih_{name}"], state[f"weight_hh_{name}"]
        zero = np.zeros(len(inputs), dtype=np.float32)
        bias = state.get(f"bias_ih_{name}", zero) + state.get(f"bias_hh_{name}", zero)
        return cls(_forget_first(inputs), _forget_first(recurrent), _forget_first(bias))

    @property
    def units(self) -> int:
        """The length of what it gives at every step."""
        return int(self.recurrent.shape[1])


def read_sequences(node: Node, directions: tuple[MemoryWeights, ...]) -> Node:
    """Read sequences of one length, shape (sequences, steps, features) to (sequences, steps, directions, units)."""
    ops = operations()
    return ops.transpose(_run(node, directions), whole([0, 2, 1, 3]))


def read_ragged(node: Node, directions: tuple[MemoryWeights, ...], lengths: Node) -> Node:
    """Read sequences of different lengths to (sequences, steps, directions times units).

    `lengths` is int64 of shape (sequences,). Beyond a sequence's end a feature of its own closes the gates that take
    in and keep: the memory is empty there, so that the way back begins at the end as if nothing had been before.
    """
    ops = operations()
    shut = tuple(replace(one, inputs=with_mark(one.inputs, 2 * one.units, SHUT)) for one in directions)
    read = ops.transpose(_run(marked(node, lengths, directions[0].inputs), shut), whole([0, 2, 1, 3]))
    return ops.reshape(read, whole([0, 0, sum(one.units for one in directions)]), special_zero=True)


def marked(node: Node, lengths: Node, inputs: NDArray[np.float32]) -> Node:
    """Mark what lies beyond the end of sequences by features of its own, 1 there and 0 else, behind those of `inputs`.

    There are several, of which one counts: matrices of odd sizes take many times as long.
    """
    ops = operations()
    beyond = ops.convert(ops.logical_not(inside(lengths, size_of(node, 1), axes=(2,))), "f32")
    return ops.concat([node, *[beyond] * _marks(inputs)], 2)


def with_mark(inputs: NDArray[np.float32], gates: int, weight: float) -> NDArray[np.float32]:
    """Give weights for `marked` sequences: the mark counts so much in the first so many rows, and not in the others."""
    marks = np.zeros((len(inputs), _marks(inputs)), dtype=np.float32)
    marks[:gates, 0] = weight
    return np.concatenate([inputs, marks], axis=1)


def nothing_yet(node: Node, directions: int, units: int) -> Node:
    """Give the state before sequences of shape (sequences, steps, features) are read."""
    ops = operations()
    return ops.broadcast(real(0.0), ops.concat([size_of(node, 0), whole([directions, units])], 0))


def _marks(inputs: NDArray[np.float32]) -> int:
    return TOGETHER - int(inputs.shape[1]) % TOGETHER


def _run(node: Node, directions: tuple[MemoryWeights, ...]) -> Node:
    """Give (sequences, directions, steps, units)."""
    ops = operations()
    units, way = directions[0].units, "bidirectional" if len(directions) > 1 else "forward"
    lengths = ops.broadcast(size_of(node, 1), size_of(node, 0))
    nothing = nothing_yet(node, len(directions), units)
    weights: list[Any] = [
        real(np.stack([one.inputs for one in directions])),
        real(np.stack([one.recurrent for one in directions])),
        real(np.stack([one.bias for one in directions])),
    ]
    return ops.lstm_sequence(node, nothing, nothing, lengths, *weights, units, way).output(0)


def _forget_first(values: NDArray[np.float32]) -> NDArray[np.float32]:
    first, forget, cell, out = np.split(values, 4, axis=0)
    return np.concatenate([forget, first, cell, out], axis=0)

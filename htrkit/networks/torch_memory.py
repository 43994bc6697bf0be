"""Memories along rows or columns on torch: of lines of different lengths too, and nothing has to be packed for it."""

from dataclasses import dataclass, replace

import torch

from htrkit.networks.torch_layers import Ends, beyond, blank_beyond, plain

SHUT = -1e4
"""Before a sigmoid: as good as minus infinity, and still a number in half precision."""
MARKS = 8
"""Features put beside a sequence's own, of which one counts: the matrix units of GPUs take so many at once."""
Recurrent = torch.nn.LSTM | torch.nn.GRU


@dataclass(frozen=True, slots=True)
class Memory:
    """A long short-term memory, or gated units, along rows or columns, which are a batch of sequences.

    Beyond a line's end a feature of its own shuts the gates that take in: the memory is empty there, so that the way
    back begins at the end as if nothing had been before, and no sequence has to be packed.
    """

    rnn: Recurrent
    """With MARKS more features than the values have channels, where `marked`."""
    upright: bool
    """Whether columns are read from top to bottom."""
    sums_up: bool
    """Whether only what it holds at the end is kept."""
    marked: bool = False

    @classmethod
    def of(
        cls, module: Recurrent, precision: torch.dtype, *, upright: bool = False, sums_up: bool = False, layer: int = 0
    ) -> "Memory":
        """Take over the weights of one layer of a module of torch's."""
        return cls(_copied(module, precision, layer=layer), upright, sums_up)

    def for_ragged(self) -> "Memory":
        """Give the same for lines of different lengths; columns are all of one height, so that they need none."""
        if self.upright:
            return self
        precision = next(self.rnn.parameters()).dtype
        return replace(self, rnn=_copied(self.rnn, precision, more=MARKS), marked=True)

    def length(self, columns: int) -> int:
        """As `Layer`."""
        return 1 if self.sums_up and not self.upright else columns

    def __call__(self, values: torch.Tensor, ends: Ends) -> torch.Tensor:
        """As `Layer`."""
        # Steps first, which is how the libraries want it.
        ways = (2, 0, 3, 1) if self.upright else (3, 0, 2, 1)
        rows = values.permute(ways)
        if self.marked:
            rows = torch.cat([rows, self._marks(rows, ends)], 3)
        steps, lines, across, features = rows.shape
        read = self.rnn(rows.reshape(steps, lines * across, features))[0]
        if self.sums_up:
            read = read[-1:]
        read = read.reshape(len(read), lines, across, -1)
        back = (1, 0, 2, 3) if self.upright else (1, 2, 0, 3)
        return blank_beyond(read.permute(back).contiguous().permute(0, 3, 1, 2), ends)

    def _marks(self, rows: torch.Tensor, ends: Ends) -> torch.Tensor:
        steps, lines, across, _ = rows.shape
        if ends is None:
            return rows.new_zeros(steps, lines, across, MARKS)
        outside = beyond(ends, steps).T[:, :, None, None].to(rows.dtype)
        return outside.expand(steps, lines, across, MARKS)


def _copied(module: Recurrent, precision: torch.dtype, *, more: int = 0, layer: int = 0) -> Recurrent:
    """Give one layer in a precision, with so many features more, of which the first keeps the memory empty."""
    made = type(module)(
        getattr(module, f"weight_ih_l{layer}").shape[1] + more,
        module.hidden_size,
        bias=module.bias,
        bidirectional=module.bidirectional,
        device=module.weight_ih_l0.device,
        dtype=precision,
    ).requires_grad_(requires_grad=False)
    for name, weights in made.named_parameters():
        taken = plain(getattr(module, name.replace("_l0", f"_l{layer}")), precision)
        if more and name.startswith("weight_ih"):
            taken = torch.cat([taken, _marking(module, taken, more)], 1)
        weights.copy_(taken)
    # In one piece: else cuDNN puts them together anew at every call.
    made.flatten_parameters()
    return made.eval()


def _marking(module: Recurrent, weights: torch.Tensor, more: int) -> torch.Tensor:
    """Give what the marks count in each of torch's gates."""
    units, marks = module.hidden_size, weights.new_zeros(len(weights), more)
    if isinstance(module, torch.nn.GRU):
        # Reset, update, new content: the update gate opens, and keeps all of a state that is nothing.
        marks[units : 2 * units, 0] = -SHUT
    else:
        # What is taken in, what is kept, the new content, what is given.
        marks[: 2 * units, 0] = SHUT
    return marks

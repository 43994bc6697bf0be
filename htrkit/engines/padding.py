"""What pads a line in a batch is made nothing again, so that the line is read as it is read alone."""

import torch


def blank_beyond(values: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Make zeros of the columns beyond each line's end.

    Args:
        values: shape (lines, channels, height, width).
        lengths: shape (lines,), the columns of each line.
    """
    width = values.shape[3]
    if int(lengths.min()) >= width:
        return values
    inside = torch.arange(width, device=values.device) < lengths.to(values.device)[:, None]
    return values * inside[:, None, None, :]

"""What the checks do on a real card through torch."""

import torch


def hold(blocks: int, block_bytes: int) -> None:
    """Hold so many blocks of so many bytes for a moment, and write to each; raises torch.OutOfMemoryError."""
    held = [torch.empty(block_bytes, dtype=torch.uint8, device="cuda") for _ in range(blocks)]
    for block in held:
        block.zero_()
    torch.cuda.synchronize()


def finish(device: str) -> None:
    """Wait for what was begun on the device."""
    if device != "cpu":
        torch.cuda.synchronize()


def full_precision() -> None:
    """Compute with all digits: on cards that can, torch rounds convolutions to TF32 unless it is told otherwise."""
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False

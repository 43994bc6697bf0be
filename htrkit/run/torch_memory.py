"""The memory of the GPU that torch computes on in this process."""

import torch


class TorchMemory:
    """Of the first GPU that this process sees; there is no other in a device server."""

    def __init__(self) -> None:
        self.total_bytes = int(torch.cuda.mem_get_info()[1])

    def held_bytes(self) -> int:
        """Give the bytes of all tensors, the models' included."""
        return int(torch.cuda.memory_allocated())

    def begin(self) -> None:
        """Forget the highest so far."""
        torch.cuda.reset_peak_memory_stats()

    def peak_bytes(self) -> int:
        """Give the most that tensors have held since `begin`."""
        return int(torch.cuda.max_memory_allocated())

    def free_bytes(self) -> int:
        """Give what the driver could still give, and what torch keeps of the device without a tensor in it."""
        kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
        return int(torch.cuda.mem_get_info()[0] + kept)

    def empty_cache(self) -> None:
        """Give back to the device what torch keeps of it without a tensor in it."""
        torch.cuda.empty_cache()

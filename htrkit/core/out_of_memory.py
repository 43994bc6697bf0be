"""What libraries say when a device or the machine has no memory left; they agree on no type of error for it."""

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "unable to allocate")
"""torch on a GPU and on the CPU, the system, numpy."""


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error means that memory was wanting, and nothing else."""
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(words in said for words in OUT_OF_MEMORY)

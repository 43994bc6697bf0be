"""A device that networks can run on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """An NVIDIA device that this process may use."""

    index: int
    """Among those that may be used, from 0: the N of `cuda:N`."""
    uuid: str
    """The driver's own name of it, `GPU-…`: it stays the same whatever else is visible."""
    name: str = ""

    @property
    def device(self) -> str:
        """What the user calls it."""
        return f"cuda:{self.index}"

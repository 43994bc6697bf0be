"""A neighbour on the card: a process of its own that takes and frees so much of its memory on command.

`python -m bench.gpu.neighbour DEVICE` reads `take BYTES` and `leave`, answers each with a line, ends with its input.
"""

import subprocess
import sys
from typing import Protocol

from bench.gpu.setting import ROOT, module


class Neighbour(Protocol):
    """Somebody else on the device."""

    def take(self, size: int) -> None:
        """Hold so many bytes more; raises RuntimeError where they are not to be had."""

    def leave(self) -> None:
        """Free all of it."""


class NeighbourProcess:
    """A real one; its own context takes a few hundred megabytes from its start to its end."""

    def __init__(self, device: str) -> None:
        self._process = subprocess.Popen(
            [*module("neighbour"), device], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._expect("ready")

    def take(self, size: int) -> None:
        """Hold so many bytes more; raises RuntimeError where they are not to be had."""
        self._say(f"take {size}")
        self._expect("taken")

    def leave(self) -> None:
        """Free all of it."""
        self._say("leave")
        self._expect("left")

    def close(self) -> None:
        """Let it end, and wait for that."""
        self._process.communicate()

    def _say(self, words: str) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()

    def _expect(self, words: str) -> None:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        heard = self._process.stdout.readline().strip()
        if heard != words:
            raise RuntimeError(f"the neighbour says {heard!r}, not {words!r}")


def main() -> None:
    """Do as told."""
    # Seconds, and only the process that takes memory needs it.
    import torch  # noqa: PLC0415

    device = sys.argv[1]
    held = [torch.zeros(1, device=device)]
    _answer("ready")
    for order in sys.stdin:
        word, _, size = order.strip().partition(" ")
        if word == "take":
            try:
                held.append(torch.empty(int(size), dtype=torch.uint8, device=device))
            except RuntimeError as error:
                _answer(" ".join(str(error).split()))
                continue
            _answer("taken")
        else:
            del held[1:]
            if device.startswith("cuda"):
                torch.cuda.synchronize()
                torch.cuda.empty_cache()
            _answer("left")


def _answer(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

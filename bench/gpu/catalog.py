"""The checks, one row each: what it is called, how long it may take, what its process sees."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bench.gpu.batches import batches_fit
from bench.gpu.killing import server_may_die
from bench.gpu.memory_model import memory_is_as_modelled
from bench.gpu.outcomes import Findings
from bench.gpu.pinning import cards_are_pinned
from bench.gpu.reading import lines_are_equal, texts_are_equal
from bench.gpu.setting import Setting
from bench.gpu.throughput import run_is_as_fast_as_its_bound


class Sees(StrEnum):
    """The cards that a check's process sees."""

    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Check:
    """One check; it runs in a process of its own."""

    name: str
    what: str
    """In a few words, for `--help`."""
    limit_seconds: float
    make: Callable[[Setting], Findings]
    sees: Sees = Sees.ONE


CHECKS = (
    Check("pinning", "each card alone as cuda:0, under the driver's own name", 90, cards_are_pinned, Sees.ALL),
    Check("text", "every engine with a small checkpoint: CPU and GPU text equal", 120, texts_are_equal),
    Check("segmentation", "Kraken finds the same lines on the CPU and the GPU", 150, lines_are_equal),
    Check("batches", "batches grow, back off from a neighbour, and come back", 60, batches_fit),
    Check("memory", "peak memory against the engine table's memory model", 60, memory_is_as_modelled),
    Check("killed server", "a device server is killed in the middle of a run", 120, server_may_die),
    Check("throughput", "a run against the networks alone", 120, run_is_as_fast_as_its_bound),
)

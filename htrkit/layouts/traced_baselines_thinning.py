"""A blob of pixels becomes a thread: thinning of a whole page, 64 pixels at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import and_

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

ONE, TOP = np.uint64(1), np.uint64(63)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One of the two passes that take turns, by how it differs from Zhang and Suen's.

    Neighbourhoods are eight places clockwise from the north, 1 where a pixel is. Tips shrink less here, and corners
    are cut: so does the skeleton that Kraken uses, whose behaviour on random pictures these are taken from.
    """

    spared: tuple[str, ...]
    taken: tuple[str, ...]


PASSES = (
    _Pass(
        spared=("00110000", "00111000", "00011000", "00001100", "00001110", "00000110", "00000011"),
        taken=(
            *("10100000", "00101000", "00001010", "10000010"),
            *("10100001", "11000010", "11000110", "10000110", "00001011"),
        ),
    ),
    _Pass(
        spared=("11000000", "11100000", "01100000", "10000001", "10000011", "00000011", "00011000"),
        taken=("00101000", "00001010", "10000010", "10110000", "00101100", "01101100", "00011010"),
    ),
)


def thinned(blobs: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the skeleton of `blobs`, both of shape (rows, columns) with 1 among 0.

    Two passes take turns until neither finds anything to take away (Zhang and Suen 1984, Communications of the ACM
    27), as bit operations on words of 64 neighbours. Only words that hold something are looked at.
    """
    words = _packed(blobs)
    flat, stride = words.reshape(-1), words.shape[1]
    active = np.flatnonzero(flat)
    turn, idle = 0, 0
    while idle < len(PASSES) and active.size:
        gone = _removable(flat[active], _ring(flat, active, stride), turn % 2)
        flat[active] &= ~gone
        idle = 0 if gone.any() else idle + 1
        turn += 1
    bits = np.unpackbits(words[1:-1].view(np.uint8), axis=1, bitorder="little")
    return np.ascontiguousarray(bits[:, 64 : 64 + blobs.shape[1]])


def _packed(blobs: NDArray[np.uint8]) -> Words:
    """Pack pixels into words, the leftmost lowest, with a row or a word of nothing on every side."""
    rows, columns = blobs.shape
    words = np.zeros((rows + 2, -(-columns // 64) + 2), np.uint64)
    packed = np.packbits(blobs, axis=1, bitorder="little")
    words.view(np.uint8)[1:-1, 8 : 8 + packed.shape[1]] = packed
    return words


def _removable(pixels: Words, ring: Sequence[Words], turn: int) -> Words:
    """Give the pixels that a pass takes away."""
    once, twice, several, gap = (np.zeros_like(pixels) for _ in range(4))
    for here, there in pairwise([*ring, ring[0]]):
        rise = ~here & there
        twice |= once & rise
        once |= rise
        several |= here & there
        gap |= ~(here | there)
    north, _, east, _, south, _, west, _ = ring
    across = (east & south & (north | west)) if turn == 0 else (north & west & (east | south))
    gone = once & ~twice & several & gap & ~across
    signs = [~places for places in ring], ring
    for look in PASSES[turn].spared:
        gone &= ~_alike(signs, look)
    for look in PASSES[turn].taken:
        gone |= _alike(signs, look)
    return pixels & gone


def _alike(signs: tuple[Sequence[Words], Sequence[Words]], look: str) -> Words:
    """Mark the pixels whose neighbourhood is this one."""
    return reduce(and_, (signs[int(place)][index] for index, place in enumerate(look)))


def _ring(flat: Words, active: NDArray[np.intp], stride: int) -> Sequence[Words]:
    """Give the eight neighbours of every pixel, clockwise from the north."""
    rows = []
    for step in (-stride, 0, stride):
        middle = flat[active + step]
        east = (middle >> ONE) | (flat[active + (step + 1)] << TOP)
        west = (middle << ONE) | (flat[active + (step - 1)] >> TOP)
        rows.append((west, middle, east))
    (northwest, north, northeast), (west, _, east), (southwest, south, southeast) = rows
    return north, northeast, east, southeast, south, southwest, west, northwest

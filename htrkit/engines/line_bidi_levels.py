"""How deep each sign of a line is embedded in text of the other direction: the rules of UAX #9, by their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from htrkit.engines.line_bidi_runs import ISOLATES, STARTS, run_sequences

DEEPEST = 125
EMBEDDINGS = {"LRE": None, "RLE": None, "LRO": "L", "RLO": "R"}
"""What begins an embedding, and the class that it forces on what is in it."""


def first_strong(classes: Sequence[str]) -> int:
    """Give the level of the first strong sign that is in no isolate, up to where this one ends (P2, P3)."""
    depth = 0
    for name in classes:
        if name in STARTS:
            depth += 1
        elif name == "PDI":
            depth = max(depth - 1, 0)
        elif depth == 0 and name in {"L", "R", "AL"}:
            return int(name != "L")
    return 0


def embedding_levels(signs: str, classes: Sequence[str], base: int) -> list[int | None]:
    """Give every sign's level, even for text that runs to the right; None for what only steers directions (X9)."""
    partners = _partners(classes)
    explicit = _Explicit(classes, partners, base)
    for place, name in enumerate(classes):
        explicit.take(place, name)
    levels = explicit.levels
    for sequence in run_sequences(classes, levels, partners, base):
        sequence.kinds = [explicit.kinds[place] for place in sequence.places]
        sequence.resolve(signs, classes)
        for place, kind in zip(sequence.places, sequence.kinds, strict=True):
            levels[place] = sequence.level + _deeper(sequence.level, kind)
    _reset_ends(classes, levels, base)
    return levels


def _deeper(level: int, kind: str) -> int:
    """I1, I2."""
    if level % 2:
        return int(kind != "R")
    return {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)


def _partners(classes: Sequence[str]) -> dict[int, int]:
    """Give the end of every isolate that has one (BD9)."""
    partners, opened = {}, []
    for place, name in enumerate(classes):
        if name in STARTS:
            opened.append(place)
        elif name == "PDI" and opened:
            partners[opened.pop()] = place
    return partners


@dataclass(frozen=True, slots=True)
class _Status:
    level: int
    forced: str | None = None
    isolate: bool = False


class _Explicit:
    """The explicit levels, sign by sign (X1 to X8)."""

    def __init__(self, classes: Sequence[str], partners: dict[int, int], base: int) -> None:
        self.levels: list[int | None] = [None] * len(classes)
        self.kinds = list(classes)
        self._classes = classes
        self._partners = partners
        self._base = base
        self._stack = [_Status(base)]
        self._lost_isolates = self._lost_embeddings = 0

    def take(self, place: int, name: str) -> None:
        match name:
            case "LRE" | "RLE" | "LRO" | "RLO":
                self._embed(name)
            case "LRI" | "RLI" | "FSI":
                self._put(place)
                self._isolate(place, name)
            case "PDI":
                self._end_isolate()
                self._put(place)
            case "PDF":
                self._end_embedding()
            case "B":
                self.levels[place] = self._base
            case "BN":
                pass
            case _:
                self._put(place)

    def _put(self, place: int) -> None:
        status = self._stack[-1]
        self.levels[place] = status.level
        self.kinds[place] = status.forced or self.kinds[place]

    def _next(self, *, leftwards: bool) -> int | None:
        """Give the next level of a direction, None where that is too deep."""
        level = self._stack[-1].level
        deeper = (level + 1) | 1 if leftwards else (level + 2) & ~1
        return None if deeper > DEEPEST or self._lost_isolates or self._lost_embeddings else deeper

    def _embed(self, name: str) -> None:
        level = self._next(leftwards=name[0] == "R")
        if level is not None:
            self._stack.append(_Status(level, EMBEDDINGS[name]))
        elif not self._lost_isolates:
            self._lost_embeddings += 1

    def _isolate(self, place: int, name: str) -> None:
        leftwards = name == "RLI"
        if name == "FSI":
            inside = self._classes[place + 1 : self._partners.get(place)]
            leftwards = first_strong(inside) == 1
        level = self._next(leftwards=leftwards)
        if level is None:
            self._lost_isolates += 1
        else:
            self._stack.append(_Status(level, isolate=True))

    def _end_isolate(self) -> None:
        if self._lost_isolates:
            self._lost_isolates -= 1
        elif any(status.isolate for status in self._stack):
            self._lost_embeddings = 0
            while not self._stack.pop().isolate:
                pass

    def _end_embedding(self) -> None:
        if self._lost_isolates:
            return
        if self._lost_embeddings:
            self._lost_embeddings -= 1
        elif not self._stack[-1].isolate and len(self._stack) > 1:
            self._stack.pop()


def _reset_ends(classes: Sequence[str], levels: list[int | None], base: int) -> None:
    """White space at the end of the line and before separators has the line's level (L1)."""
    ending = True
    for place in reversed(range(len(classes))):
        if levels[place] is None:
            continue
        if classes[place] in {"B", "S"}:
            ending = True
        elif classes[place] not in ISOLATES | {"WS"}:
            ending = False
        if ending:
            levels[place] = base

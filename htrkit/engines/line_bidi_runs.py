"""Signs of a line that are resolved together in the bidirectional algorithm (UAX #9), rule by rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.engines.line_bidi_signs import opened_by, opening

MOST_BRACKETS = 63
STARTS = frozenset({"LRI", "RLI", "FSI"})
ISOLATES = STARTS | {"PDI"}
NEUTRAL = frozenset({"B", "S", "WS", "ON"}) | ISOLATES
STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}
"""The direction that a class counts as where neutral signs are resolved."""
SEPARATED = {("ES", "EN"), ("CS", "EN"), ("CS", "AN")}
"""Separators, and the numbers that they may stand between."""


def direction_of(level: int) -> str:
    """Give the direction of text at a level."""
    return "R" if level % 2 else "L"


@dataclass(slots=True)
class RunSequence:
    """Signs that are resolved together (an isolating run sequence, BD13), and what stands before and after them."""

    level: int
    places: list[int]
    before: str = ""
    after: str = ""
    kinds: list[str] = field(default_factory=list)

    def resolve(self, signs: str, classes: Sequence[str]) -> None:
        """Make every kind L, R, EN or AN."""
        self._marks()
        self._arabic()
        self._separators()
        self._between({"ET"}, lambda before, after: "EN" if "EN" in {before, after} else "ON")
        self.kinds = ["ON" if kind in {"ES", "CS"} else kind for kind in self.kinds]
        self._latin_numbers()
        self._brackets(signs, classes)
        own = direction_of(self.level)

        def filling(before: str, after: str) -> str:
            return STRONG[before] if STRONG[before] == STRONG[after] else own

        self._between(NEUTRAL, filling)

    def _marks(self) -> None:
        """W1."""
        previous = self.before
        for place, kind in enumerate(self.kinds):
            if kind == "NSM":
                self.kinds[place] = "ON" if previous in ISOLATES else previous
            previous = self.kinds[place]

    def _arabic(self) -> None:
        """W2, W3."""
        strong = self.before
        for place, kind in enumerate(self.kinds):
            if kind in {"L", "R", "AL"}:
                strong = kind
            elif kind == "EN" and strong == "AL":
                self.kinds[place] = "AN"
        self.kinds = ["R" if kind == "AL" else kind for kind in self.kinds]

    def _separators(self) -> None:
        """W4."""
        kinds = self.kinds
        for place in range(1, len(kinds) - 1):
            before, after = kinds[place - 1], kinds[place + 1]
            if before == after and (kinds[place], before) in SEPARATED:
                kinds[place] = before

    def _latin_numbers(self) -> None:
        """W7."""
        strong = self.before
        for place, kind in enumerate(self.kinds):
            if kind in {"L", "R"}:
                strong = kind
            elif kind == "EN" and strong == "L":
                self.kinds[place] = "L"

    def _between(self, names: frozenset[str] | set[str], filling: Callable[[str, str], str]) -> None:
        """Fill every stretch of these kinds by what stands on both sides of it (W5, W6; N1, N2)."""
        start = 0
        while start < len(self.kinds):
            stop = start
            while stop < len(self.kinds) and self.kinds[stop] in names:
                stop += 1
            if stop > start:
                before = self.kinds[start - 1] if start else self.before
                after = self.kinds[stop] if stop < len(self.kinds) else self.after
                self.kinds[start:stop] = [filling(before, after)] * (stop - start)
            start = stop + 1

    def _brackets(self, signs: str, classes: Sequence[str]) -> None:
        """N0."""
        own = direction_of(self.level)
        for start, stop in self._bracket_pairs(signs):
            inside = {STRONG.get(kind) for kind in self.kinds[start + 1 : stop]} - {None}
            if not inside:
                continue
            kind = own
            if own not in inside:
                earlier = (STRONG[kind] for kind in reversed(self.kinds[:start]) if kind in STRONG)
                kind = next(earlier, self.before)
            for bracket in (start, stop):
                self._set_bracket(bracket, kind, classes)

    def _set_bracket(self, bracket: int, kind: str, classes: Sequence[str]) -> None:
        """Marks on a bracket go with it."""
        self.kinds[bracket] = kind
        for place in range(bracket + 1, len(self.kinds)):
            if classes[self.places[place]] != "NSM":
                break
            self.kinds[place] = kind

    def _bracket_pairs(self, signs: str) -> list[tuple[int, int]]:
        """BD16."""
        opened: list[tuple[str, int]] = []
        pairs = []
        for place, kind in enumerate(self.kinds):
            sign = signs[self.places[place]]
            if kind != "ON":
                continue
            if (same := opening(sign)) is not None:
                if len(opened) == MOST_BRACKETS:
                    break
                opened.append((same, place))
            elif (wanted := opened_by(sign)) is not None:
                depth = next((at for at in reversed(range(len(opened))) if opened[at][0] == wanted), None)
                if depth is not None:
                    pairs.append((opened[depth][1], place))
                    del opened[depth:]
        return sorted(pairs)


def run_sequences(
    classes: Sequence[str], levels: Sequence[int | None], partners: Mapping[int, int], base: int
) -> list[RunSequence]:
    """Give the sequences of a line, whose signs have explicit levels (X10); `partners` are the ends of isolates."""
    kept = [(place, level) for place, level in enumerate(levels) if level is not None]
    ends = {end: start for start, end in partners.items()}
    found: list[RunSequence] = []
    waiting: dict[int, RunSequence] = {}
    above = [base, *(level for _, level in kept)]
    below = [*(level for _, level in kept[1:]), base]
    current: RunSequence | None = None
    for index, (place, level) in enumerate(kept):
        if current is None or current.level != level or above[index] != level:
            current = waiting.pop(ends.get(place, -1), None)
            if current is None:
                current = RunSequence(level, [], before=direction_of(max(level, above[index])))
                found.append(current)
        current.places.append(place)
        unended = classes[place] in STARTS and place not in partners
        current.after = direction_of(max(level, base if unended else below[index]))
        if classes[place] in STARTS and place in partners:
            waiting[place] = current
    return found

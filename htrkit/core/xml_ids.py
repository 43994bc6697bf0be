"""Ids that XML accepts (xs:ID) and that no two elements of a document share."""

import re
from dataclasses import dataclass, field

_LETTERS = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0131\u0134-\u013e\u0141-\u0148\u014a-\u017e"
    "\u0391-\u03a1\u03a3-\u03ce\u0401-\u040c\u040e-\u044f\u0451-\u045c\u05d0-\u05ea\u0621-\u063a\u0641-\u064a"
    "\u4e00-\u9fa5"
)
"""Letters of the first edition's names, which libxml2 holds ids to; rarer ones are left out, to be safe."""
_NOT_IN_NAMES = re.compile(f"[^{_LETTERS}0-9.\u00b7-]")
_STARTS_A_NAME = re.compile(f"[{_LETTERS}]")


@dataclass(slots=True)
class Ids:
    """The ids of one document; each is given away once."""

    taken: set[str] = field(default_factory=set)

    def take(self, wanted: str) -> str:
        """Give the wanted id, made a name and, where it is taken, told apart by a number."""
        name = _NOT_IN_NAMES.sub("_", wanted)
        if not _STARTS_A_NAME.match(name):
            name = f"_{name}"
        given, number = name, 1
        while given in self.taken:
            number += 1
            given = f"{name}_{number}"
        self.taken.add(given)
        return given

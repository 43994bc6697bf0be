"""What tracing sees in a heat map and draws no line for, and the notes that say so."""

from dataclasses import dataclass

from htrkit.domain.page import Note

MOST_ENDS = 400
"""Of more ends of lines on a page, those of threads that are all ends are dropped: they are noise."""
MOST_ENDS_OF_ONE = 10


@dataclass(frozen=True, slots=True)
class Lost:
    """How much of a page's heat map became no line."""

    tangles: int = 0
    """Threads of more than `MOST_ENDS_OF_ONE` ends, on a page of more than `MOST_ENDS`."""
    rings: int = 0
    """Threads that are long enough for a line, and have not the two ends that a line has."""
    specks: int = 0
    """Lines too short to read anything in."""

    def __add__(self, other: "Lost") -> "Lost":
        return Lost(self.tangles + other.tangles, self.rings + other.rings, self.specks + other.specks)


def notes_of(lost: Lost) -> tuple[Note, ...]:
    """Say what was lost; specks, which hold no text, put no page on the list of those to look at."""
    notes: tuple[Note, ...] = ()
    if lost.tangles:
        message = (
            f"Marks with more than {MOST_ENDS_OF_ONE} ends each, taken for noise and left out, since the lines of this "
            f"page have more than {MOST_ENDS} ends: {lost.tangles}."
        )
        notes += (Note("tangles-dropped", message, flag=True),)
    if lost.rings:
        message = f"Marks that run back into themselves, where no line was drawn: {lost.rings}."
        notes += (Note("rings-dropped", message, flag=True),)
    if lost.specks:
        message = f"Marks too short for a line, left out: {lost.specks}."
        notes += (Note("specks-dropped", message),)
    return notes

"""Whose trouble it is that an input cannot be read, the page's or the run's: decided on what was seen of the disk."""

import errno
from dataclasses import dataclass
from enum import StrEnum

_SHARED_NAMES = (
    *("EIO", "ENODEV", "ENXIO", "ENOMEDIUM", "EREMOTEIO", "ESTALE", "ENOTCONN", "ENOLINK", "EREMCHG", "EKEYEXPIRED"),
    *("ETIMEDOUT", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENETRESET", "ESHUTDOWN"),
    *("ECONNREFUSED", "ECONNRESET", "ECONNABORTED"),
)
SHARED = frozenset(getattr(errno, name) for name in _SHARED_NAMES if hasattr(errno, name))
"""What the system says of a disk or a share in trouble, rather than of one file; not every system has all of them."""
GONE = frozenset({errno.ENOENT, errno.ENOTDIR})


class Sight(StrEnum):
    """What a look at a file or folder came to."""

    READABLE = "readable"
    """A file whose bytes can be read, or a folder that holds something."""
    EMPTY = "empty"
    """A folder that holds nothing, as one does that a share was mounted on."""
    GONE = "gone"
    TROUBLED = "troubled"
    """The disk or the network says so."""
    REFUSED = "refused"
    """Rights, or a name that cannot be: the file's own trouble."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A place and what a look at it came to."""

    path: str
    sight: Sight
    cause: str = ""
    """The system's own words, where it had any."""
    device: int | None = None
    """The number of the file system that it is on."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A file that could not be read, and what is around it."""

    file: Seen
    root: Seen
    """The INPUT folder that the file was found in, or the folder of a file given by itself."""
    neighbours: tuple[Seen, ...] = ()
    """A few others of the file's folder."""
    before: tuple[Seen, Seen] | None = None
    """A file below the same root that could be read before, as it is now, and the root as it was then."""


@dataclass(frozen=True, slots=True)
class PagesOwn:
    """The page alone is in trouble."""


@dataclass(frozen=True, slots=True)
class Passing:
    """The page alone is in trouble with the disk, and another try may end otherwise."""


@dataclass(frozen=True, slots=True)
class RunsTrouble:
    """All pages are; it is over when the place can be read again."""

    place: Seen


def sight_of(number: int | None) -> Sight:
    """Give what an error number of the system tells of the place that it was raised for."""
    if number in SHARED:
        return Sight.TROUBLED
    return Sight.GONE if number in GONE else Sight.REFUSED


def blamed(scene: Scene) -> PagesOwn | Passing | RunsTrouble:
    """Judge a file that could not be read.

    A bad sector, or a file that somebody removed, is its page's trouble alone; a root that is gone, or empty, or
    cannot be read either, is the run's.
    """
    match scene.file.sight:
        case Sight.READABLE | Sight.EMPTY | Sight.REFUSED:
            return PagesOwn()
        case Sight.GONE:
            others = _another_mount(scene)
            own: PagesOwn | Passing = PagesOwn()
        case Sight.TROUBLED:
            others, own = scene.neighbours, Passing()
    if scene.root.sight in {Sight.GONE, Sight.EMPTY, Sight.TROUBLED}:
        return RunsTrouble(scene.root)
    if others and all(one.sight in {Sight.GONE, Sight.TROUBLED} for one in others):
        return RunsTrouble(others[0])
    return own


def _another_mount(scene: Scene) -> tuple[Seen, ...]:
    """Give what was there before the root came to be on another file system: gone too, if that is another share.

    The number alone proves nothing, since a share that comes back has a new one.
    """
    if scene.before is None:
        return ()
    witness, root = scene.before
    return (witness,) if root.device != scene.root.device else ()


def trouble_words(place: Seen) -> str:
    """Say what is wrong with a place; goes on after its name."""
    match place.sight:
        case Sight.GONE:
            return "is not there any more"
        case Sight.EMPTY:
            return "is empty, as if a share were not mounted"
        case Sight.TROUBLED | Sight.REFUSED | Sight.READABLE:
            return f"cannot be read ({place.cause})"

"""One name becomes one part of a page key: printable, legal on every file system, short enough, and never another's."""

from functools import lru_cache
from hashlib import sha256

from htrkit.core.shown import percent_encoded, raw_bytes

LONGEST = 200
"""Bytes of UTF-8 in one part; file systems take 255, and suffixes and `.tmp-<pid>-` come on top."""
ILLEGAL = frozenset('%\\/<>:"|?*')
"""`%` so that encoding stays unambiguous; the rest, since outputs are copied to Windows, USB sticks and shares."""
OUTPUT_SUFFIXES = (".txt", ".xml", ".html", ".json", ".png")
"""Suffixes that files in OUT have: a folder `a.txt` would stand in the way of the page `a`."""
HASH_DIGITS = 8


def stem_of(name: str) -> str:
    """Give the name without its last suffix; a dot file is all stem."""
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem.strip(".") else name


@lru_cache(maxsize=65536)
def folder_part(name: str) -> str:
    """Give a folder's part of a key."""
    encoded = clipped(name)
    if not encoded.casefold().endswith(OUTPUT_SUFFIXES):
        return encoded
    head, _, tail = encoded.rpartition(".")
    dotless = f"{head}%2E{tail}"
    return dotless if len(dotless.encode()) <= LONGEST else clipped(name, spare=len(dotless) - len(encoded))


def clipped(name: str, *, ending: str = "", spare: int = 0) -> str:
    """Encode a name and set `ending` after it; a name too long is cut, and a hash of all of it stands in for the rest.

    `spare` bytes are left of those that a part may have.
    """
    pieces = _encoded(name)
    room = LONGEST - spare - len(ending.encode())
    if sum(len(piece.encode()) for piece in pieces) <= room:
        return "".join(pieces) + ending
    room -= HASH_DIGITS + 1
    kept = []
    for piece in pieces:
        room -= len(piece.encode())
        if room < 0:
            break
        kept.append(piece)
    return f"{''.join(kept)}-{digest(name)}{ending}"


def digest(*names: str, digits: int = HASH_DIGITS) -> str:
    """Give the first hexadecimal digits of a hash over the names' bytes."""
    return sha256(b"\0".join(raw_bytes(name) for name in names)).hexdigest()[:digits]


def _encoded(name: str) -> list[str]:
    """Give one piece a character, so that a cut never halves one."""
    pieces = [
        character if character.isprintable() and character not in ILLEGAL else percent_encoded(character)
        for character in name
    ]
    if pieces and pieces[0] == ".":
        pieces[0] = "%2E"  # a hidden file in OUT would look like none
    if pieces and pieces[-1] in {".", " "}:
        pieces[-1] = percent_encoded(pieces[-1])  # Windows drops them, and two names become one
    return pieces

"""Names on disk are bytes that anyone may have chosen; here they become text that is safe to show and store."""

from collections.abc import Sequence
from pathlib import PurePath


def percent_encoded(text: str) -> str:
    """Write each byte as `%XX`; surrogate escapes give the byte that they stand for."""
    return "".join(f"%{byte:02X}" for byte in raw_bytes(text))


def raw_bytes(text: str) -> bytes:
    """Give a name's bytes as the file system has them; lone surrogates, which none makes, count as they are."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def shown(path: str | PurePath) -> str:
    """Give the path with control characters, bidi marks, odd spaces and broken bytes percent-encoded."""
    text = str(path)
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else percent_encoded(character) for character in text)


def listed(names: Sequence[str], *, most: int = 6) -> str:
    """Name the first few, safe to show, and count the others."""
    told = ", ".join(shown(name) for name in names[:most])
    return told if len(names) <= most else f"{told} and {len(names) - most} more"

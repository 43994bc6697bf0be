"""Words for a batch script: as bash reads them, and as sbatch reads its own lines, which is not the same."""

from shlex import quote

from htrkit.core.shown import raw_bytes

_READ_OTHERWISE = frozenset("\\%\"'#")
"""Sbatch takes them for escapes, for its own patterns in file names, for quotes, and for the begin of a comment."""
_SEPARATORS = ("hetjob", "packjob")
"""Sbatch looks for them anywhere in a line, and takes what follows for another job."""


def bash_word(text: str) -> str:
    """Give one word of bash that is this text and nothing else, on one line, whatever bytes it has."""
    if text.isprintable():
        return quote(text)
    return f"$'{''.join(map(_escaped, text))}'"


def sbatch_word(text: str) -> str | None:
    """Give the text as a `#SBATCH` line may hold it; None where sbatch would read it otherwise."""
    if not text.isprintable() or not _READ_OTHERWISE.isdisjoint(text):
        return None
    if any(word in text.lower() for word in _SEPARATORS):
        return None
    return f'"{text}"' if " " in text else text


def _escaped(letter: str) -> str:
    if letter in {"\\", "'"}:
        return f"\\{letter}"
    return letter if letter.isprintable() else "".join(f"\\x{byte:02x}" for byte in raw_bytes(letter))

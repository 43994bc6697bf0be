"""Reads `#SBATCH` lines as sbatch does, which is not as a shell does: its rules, told from its source."""

from collections.abc import Iterator


def options_in(script: str) -> list[str]:
    """Give the options of a script's `#SBATCH` lines; they end with the first line that is no comment."""
    options: list[str] = []
    for line in script.split("\n"):
        if line and not line.startswith("#"):
            break
        if line.startswith("#SBATCH"):
            assert not any(word in line.lower() for word in ("hetjob", "packjob")), "sbatch would begin another job"
            options += words_in(line.removeprefix("#SBATCH"))
    return options


def words_in(line: str) -> Iterator[str]:
    """Give the words of a line: quotes of both kinds, a backslash before anything, and `#` ends it even in quotes."""
    word, quoted, escaped = "", "", False
    for letter in line:
        if escaped:
            word, escaped = word + letter, False
        elif letter == "\\":
            escaped = True
        elif quoted == letter:
            quoted = ""
        elif not quoted and letter in "\"'":
            quoted = letter
        elif letter == "#" and not quoted:
            break
        elif letter.isspace() and not quoted:
            yield from [word] if word else []
            word = ""
        else:
            word += letter
    assert not quoted, "sbatch refuses a quote that has no end"
    yield from [word] if word else []

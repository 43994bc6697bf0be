"""What is handed to sbatch as it was typed, once it is certain that sbatch will read it so."""

import re

from htrkit.core.shown import shown
from htrkit.core.slurm_words import sbatch_word
from htrkit.domain.errors import UsageProblem

_MEMORY = re.compile(r"\d+[KMGT]?", re.IGNORECASE)
_HEAD = "#SBATCH"


def named(flag: str, value: str | None) -> tuple[str, ...]:
    """Give an option with its value, nothing for None; raises UsageProblem for a value that no `#SBATCH` line holds."""
    if value is None:
        return ()
    word = sbatch_word(value) if value else None
    if word is None:
        raise UsageProblem(
            f"{flag} {shown(value)}: sbatch would read it otherwise.", mend="Give a name of letters and digits."
        )
    return (f"{flag}={word}",)


def memory_in(words: str | None) -> str | None:
    """Give the memory as Slurm writes it, None for None; raises UsageProblem."""
    if words is not None and not _MEMORY.fullmatch(words):
        raise UsageProblem(f"--mem {shown(words)}: no memory that Slurm knows.", mend="Write it as in --mem 64G.")
    return words


def extra_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Give the lines without their `#SBATCH`; raises UsageProblem for what is no option of sbatch, or not one line."""
    options = tuple(line.strip().removeprefix(_HEAD).strip() for line in lines)
    for option in options:
        if not option.startswith("-") or not option.isprintable():
            raise UsageProblem(
                f"--extra {shown(option)}: no option of sbatch on one line.",
                mend='Write it as sbatch takes it: --extra "--constraint=l40s".',
            )
    return options

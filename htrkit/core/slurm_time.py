"""Times as Slurm writes them."""

import re

from htrkit.domain.errors import UsageProblem

MINUTE, HOUR, DAY = 60, 3600, 86_400
UNLIMITED = frozenset({"unlimited", "infinite"})
_WITH_DAYS = re.compile(r"(\d+)-(\d+)(?::(\d+)(?::(\d+))?)?")
_WITHOUT_DAYS = re.compile(r"(?:(?:(\d+):)?(\d+):(\d+)|(\d+))")


def seconds_of_time(words: str) -> int | None:
    """Read `90`, `90:00`, `1:30:00`, `1-12`, `1-12:30` or `1-12:30:00`, as sbatch does; None for no limit.

    Raises UsageProblem for anything else.
    """
    text = words.strip()
    if text.lower() in UNLIMITED:
        return None
    if found := _WITH_DAYS.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        total = days * DAY + hours * HOUR + minutes * MINUTE + seconds
    elif found := _WITHOUT_DAYS.fullmatch(text):
        hours, minutes, seconds, alone = (int(part or 0) for part in found.groups())
        total = hours * HOUR + (minutes + alone) * MINUTE + seconds
    else:
        total = 0
    if not total:
        raise UsageProblem(f"--time {words}: no time that Slurm knows.", mend="Write HH:MM:SS, as in --time 08:00:00.")
    return total


def time_words(seconds: int) -> str:
    """Give `02:30:00`, from a day on `1-02:30:00`."""
    days, rest = divmod(seconds, DAY)
    clock = f"{rest // HOUR:02d}:{rest % HOUR // MINUTE:02d}:{rest % MINUTE:02d}"
    return f"{days}-{clock}" if days else clock

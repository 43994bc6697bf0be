"""The two streams: results to stdout, everything for people to stderr, coloured only where that is wanted."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from htrkit.config.choices import Color
from htrkit.domain.finding import Finding, Severity

_STYLES = {Severity.NOTE: "36", Severity.WARNING: "33", Severity.BLOCKER: "31"}
_WORDS = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.BLOCKER: "error"}


@dataclass(frozen=True, slots=True)
class Streams:
    """Where to write; `coloured` says whether people's stream takes colour."""

    results: TextIO
    people: TextIO
    coloured: bool = False

    def result(self, text: str) -> None:
        """Write a line of the command's result."""
        _write(self.results, text)

    def say(self, text: str) -> None:
        """Write a line for people; a screen that has gone (a closed pipe, a dropped terminal) costs the screen only."""
        with suppress(OSError):
            _write(self.people, text)

    def find(self, finding: Finding) -> None:
        """Write a finding: how bad, what, and what to do."""
        word = _WORDS[finding.severity]
        head = f"\x1b[{_STYLES[finding.severity]}m{word}:\x1b[0m" if self.coloured else f"{word}:"
        why = f" {finding.why}" if finding.why else ""
        self.say(f"{head} {finding.message}{why}")
        if finding.mend:
            self.say(f"  {finding.mend}")


def streams(color: Color, environment: Mapping[str, str]) -> Streams:
    """Give this process's streams; NO_COLOR wins over FORCE_COLOR, and both over what the terminal is."""
    return Streams(sys.stdout or _nowhere(), sys.stderr or _nowhere(), coloured=_coloured(color, environment))


def can_draw(screen: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Tell whether this is a terminal that can be drawn on again."""
    try:
        return screen is not None and screen.isatty() and environment.get("TERM", "") not in {"", "dumb"}
    except ValueError:  # closed before the command began
        return False


def _nowhere() -> TextIO:
    """Stand in for a stream that was closed before the command began."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _coloured(color: Color, environment: Mapping[str, str]) -> bool:
    match color:
        case Color.ALWAYS:
            return True
        case Color.NEVER:
            return False
        case Color.AUTO:
            if environment.get("NO_COLOR"):
                return False
            if environment.get("FORCE_COLOR"):
                return True
            return can_draw(sys.stderr, environment)


def _write(stream: TextIO, text: str) -> None:
    """Write a line in whatever encoding the stream has; what it cannot say is said in escapes."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()

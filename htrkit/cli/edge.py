"""The one place where errors become words and exit codes."""

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

from htrkit import __version__
from htrkit.config.choices import Color
from htrkit.domain.errors import HtrkitError, SetUpRefused
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.ui.console import streams


def at_the_edge(command: Callable[..., None]) -> Callable[..., None]:
    """Give the command so that it ends with an exit code, whatever it raises."""

    @wraps(command)
    def guarded(*arguments: Any, **named: Any) -> None:  # noqa: ANN401 - as the command takes them
        try:
            command(*arguments, **named)
        except HtrkitError as error:
            tell(error)
            raise SystemExit(int(error.exit_code)) from error
        except KeyboardInterrupt as error:
            raise SystemExit(int(ExitCode.INTERRUPTED)) from error
        except BrokenPipeError as error:
            # The reader of a pipe has gone; Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(int(ExitCode.DONE)) from error
        except Exception as error:
            # Whatever else comes up here is a bug of ours, and what is known of it must not be lost.
            raise SystemExit(_bug(error)) from error

    return guarded


def tell(error: HtrkitError) -> None:
    """Say what was found and what to do next."""
    from htrkit.ui.findings import told_findings

    screen = streams(Color.AUTO, os.environ)
    found = error.findings if isinstance(error, SetUpRefused) else ()
    for finding in told_findings(found) or (Finding("error", Severity.BLOCKER, error.what, error.mend),):
        screen.find(finding)


def _bug(error: Exception) -> int:
    when = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = Path(tempfile.gettempdir()) / f"htrkit-bug-{when}-{os.getpid()}.txt"
    words = f"htrkit {__version__}\nPython {sys.version}\n{sys.platform}\n\n" + "".join(
        traceback.format_exception(error)
    )
    path.write_text(words, encoding="utf-8", errors="backslashreplace")
    message = f"a bug in htrkit: {type(error).__name__}: {error}"
    streams(Color.AUTO, os.environ).find(
        Finding("bug", Severity.BLOCKER, message, f"Please report it with {path}; what was done before it is kept.")
    )
    return int(ExitCode.BUG)

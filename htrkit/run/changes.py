"""What can change the text and is not what it was when the run started: shown, and refused unless accepted."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from htrkit.core.history import Done, Failed, History
from htrkit.core.resume import Difference, drift
from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.exits import ExitCode
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.hashing import file_sha256
from htrkit.outputs.record import RecordUnreadable, decode_record
from htrkit.run.input_files import stamped
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan

MOST_SHOWN = 12


class RunChanged(HtrkitError):
    """The run would not go on as it began."""

    exit_code = ExitCode.HELD


def refuse_changes(was: Plan, now: Plan, history: History, out: OutFolder, *, accept: bool) -> tuple[Difference, ...]:
    """Give the differences if they are accepted, or if there are none; raises RunChanged.

    The files of failed pages do not count: nobody has text of theirs, and mending them is the point of another try.
    """
    differences = (
        *drift(was.text_changing, now.text_changing),
        *_changed_inputs(was, now, history, out),
    )
    if differences and not accept:
        raise RunChanged(
            f"{shown(out.path)}: what the run was started with has changed.\n{_told(differences)}",
            mend="Put it back, or go on with what there is now: --accept-changes.",
        )
    return differences


def accepted(differences: Sequence[Difference]) -> tuple[Finding, ...]:
    """Say what was accepted."""
    if not differences:
        return ()
    message = f"Pages from here on are read with what there is now.\n{_told(differences)}"
    return (Finding("changes", Severity.WARNING, message, "The page records say what each page was read with."),)


def _told(differences: Sequence[Difference]) -> str:
    lines = [f"  {shown(one.key)}: was {shown(one.was)}, now {shown(one.now)}" for one in differences[:MOST_SHOWN]]
    if (more := len(differences) - MOST_SHOWN) > 0:
        lines.append(f"  and {more} more")
    return "\n".join(lines)


def _changed_inputs(was: Plan, now: Plan, history: History, out: OutFolder) -> Iterator[Difference]:
    pages = [page for page in was.pages if not isinstance(history.ends.get(page.key), Failed)]
    pages = [page for page in pages if page.key not in was.skipped]
    done = {page.path: page for page in pages if isinstance(history.ends.get(page.key), Done)}
    for one in drift(stamped(pages, was.files), stamped(pages, now.files)):
        page = done.get(one.key)
        if page is None or not _is_what_was_read(page, out):
            yield one


def _is_what_was_read(page: PageSource, out: OutFolder) -> bool:
    """Hold a picture whose time alone has changed against the hash in its page's record."""
    read = _read_sha256(out, page.key)
    try:
        return read is not None and file_sha256(Path(page.path)) == read
    except OSError:
        return False


def _read_sha256(out: OutFolder, key: PageKey) -> str | None:
    try:
        return decode_record(out.record(key).read_bytes()).image.sha256
    except (OSError, RecordUnreadable):
        return None

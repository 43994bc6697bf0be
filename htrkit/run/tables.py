"""Tables over a whole run, made from the page records when the pages are done."""

from collections.abc import Iterable, Iterator, Mapping

from htrkit.config.choices import Format
from htrkit.core.history import Failed
from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import TextForm
from htrkit.files.atomic import remove, write_stream
from htrkit.outputs.csv_tables import failures_csv, lines_csv, pages_csv
from htrkit.outputs.record import RecordUnreadable, decode_record
from htrkit.run.heard_failures import failure_row
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan


class RecordDamaged(HtrkitError):
    """A page record cannot be read."""

    exit_code = ExitCode.FAILED_PAGES


def write_outcome(out: OutFolder, plan: Plan, failed: Mapping[PageKey, Failed]) -> None:
    """Write failures.csv and the tables over a plan, in its order, whatever order the pages ended in."""
    keys = [page.key for page in plan.pages]
    rows = [failure_row(failed[key]) for key in keys if key in failed]
    if rows:
        write_stream(failures_csv(rows), out.failures)
    else:
        remove(out.failures)
    settings = plan.resolved.settings
    if Format.CSV in settings.formats:
        # A page that failed may have the record of an earlier try, which nobody vouches for any more.
        write_tables(out, [key for key in keys if key not in failed], settings.normalize)


def write_tables(out: OutFolder, keys: Iterable[PageKey], form: TextForm) -> None:
    """Write lines.csv and pages.csv over the pages that have a record, in the order of `keys`."""
    there = [key for key in keys if out.record(key).is_file()]
    write_stream(lines_csv(records(out, there), form), out.path / "lines.csv")
    write_stream(pages_csv(records(out, there)), out.path / "pages.csv")


def records(out: OutFolder, keys: Iterable[PageKey]) -> Iterator[PageRecord]:
    """Read page records one by one; raises RecordDamaged, naming the file."""
    for key in keys:
        path = out.record(key)
        try:
            yield decode_record(path.read_bytes())
        except (OSError, RecordUnreadable) as error:
            raise RecordDamaged(
                f"{shown(path)}: cannot be read as a page record ({error}).",
                mend="Run its page again, or take the file from a backup.",
            ) from error

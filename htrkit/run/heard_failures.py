"""The pages of a run that have failed so far, heard while it goes on, and the rows that tables have of them."""

from dataclasses import dataclass, field

from htrkit.core.history import Failed
from htrkit.domain.events import PageDone, PageFailed, Record
from htrkit.domain.names import PageKey
from htrkit.outputs.csv_tables import FailureRow


@dataclass(frozen=True, slots=True)
class HeardFailures:
    """Listens to a run; knows of those that had failed before."""

    pages: dict[PageKey, Failed] = field(default_factory=dict)

    def __call__(self, record: Record) -> None:
        """Take in one record."""
        match record.event:
            case PageFailed() as page:
                self.pages[page.key] = Failed(record.at, page)
            case PageDone() as page:
                self.pages.pop(page.key, None)
            case _:
                pass

    def rows(self) -> tuple[FailureRow, ...]:
        """Give a row for each."""
        return tuple(map(failure_row, self.pages.values()))


def failure_row(failed: Failed) -> FailureRow:
    """Give what a table says of a page that failed."""
    page = failed.page
    return FailureRow(page.image, page.message, failed.at, page.step, page.failure, page.attempts)

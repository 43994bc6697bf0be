"""Inputs that are not there as a whole when a run is to go on: a share that nobody has mounted yet."""

from collections.abc import Iterable

from htrkit.core.input_trouble import Sight, trouble_words
from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.source import PageSource
from htrkit.files.looking import look
from htrkit.run.input_watch import root_of

AWAY = frozenset({Sight.GONE, Sight.EMPTY, Sight.TROUBLED})


def refuse_absent(pages: Iterable[PageSource]) -> None:
    """Raise PreflightRefused where a folder that pages are below is gone, empty, or cannot be read."""
    for root in dict.fromkeys(root_of(page, page.path) for page in pages):
        seen = look(root)
        if seen.sight in AWAY:
            raise PreflightRefused(
                f"{shown(root)}: {trouble_words(seen)}; pages that are left were found there.",
                mend="Bring it back (mount the share, plug the disk in), then resume; or leave them: --accept-changes.",
            )

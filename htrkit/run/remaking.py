"""Promised files that are made again: OUT is held meanwhile, and the journal promises them as they are now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from htrkit.core.history import Done, history_of
from htrkit.domain.events import PageRemade, Record, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal
from htrkit.journal.mending import mend
from htrkit.journal.replay import replay
from htrkit.run.out_folder import OutFolder
from htrkit.run.running import held

Tell = Callable[[PageKey, tuple[WrittenFile, ...]], None]
"""Is told of the files of a page that have just been written."""


@contextmanager
def remaking(out: OutFolder, folders: Sequence[str], *, now: Callable[[], str]) -> Iterator[Tell]:
    """Let files below these folders of OUT be written inside; raises OutputHeld, OutputUnwritable, HtrkitError.

    Where the run has promised none of them, nothing is held and nothing journaled: they are the user's own.
    """
    if not _touched(promises_of(out), folders):
        yield lambda *_: None
        return
    with held(out, since=now()):
        mend(out.journal)
        promises = promises_of(out)
        with Journal(out.journal) as journal:

            def tell(key: PageKey, files: tuple[WrittenFile, ...]) -> None:
                changed = tuple(file for file in files if promises.get(file.path, file) != file)
                if changed:
                    journal(Record(now(), PageRemade(key, changed)))

            yield tell


def promises_of(out: OutFolder) -> Mapping[str, WrittenFile]:
    """Give the promised files of all pages that are done, by their place; none where OUT has no journal."""
    if not out.journal.exists():
        return {}
    ends = history_of(replay(out.journal)).ends.values()
    return {file.path: file for end in ends if isinstance(end, Done) for file in end.page.files}


def _touched(promises: Mapping[str, WrittenFile], folders: Sequence[str]) -> bool:
    return any(path.partition("/")[0] in folders for path in promises)

"""Promised files that are made again: OUT is held meanwhile, and the journal promises them as they are now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache

from htrkit.core.history import Done, history_of
from htrkit.domain.events import PageRemade, Record, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.journal.journal import Journal
from htrkit.journal.mending import mend
from htrkit.run.out_folder import OutFolder
from htrkit.run.running import held
from htrkit.run.shard_cuts import Cuts, read_cuts
from htrkit.run.shard_journals import records_of
from htrkit.run.shard_locks import Owner
from htrkit.run.shard_rest import held_rest

JournalOf = Callable[[PageKey], Journal]
Tell = Callable[[PageKey, tuple[WrittenFile, ...]], None]
"""Is told of the files of a page that have just been written."""


@contextmanager
def remaking(out: OutFolder, folders: Sequence[str], *, now: Callable[[], str]) -> Iterator[Tell]:
    """Let files below these folders of OUT be written inside; raises OutputHeld, OutputUnwritable, HtrkitError.

    Where the run has promised none of them, nothing is held and nothing journaled: they are the user's own. A run in
    shards is held as a whole, and what is made again is promised by the shard that has the page.
    """
    cuts = read_cuts(out)
    if not _touched(promises_of(out, cuts), folders):
        yield lambda *_: None
        return
    with _journals(out, cuts, now) as journal_of:
        promises = promises_of(out, read_cuts(out))

        def tell(key: PageKey, files: tuple[WrittenFile, ...]) -> None:
            changed = tuple(file for file in files if promises.get(file.path, file) != file)
            if changed:
                journal_of(key)(Record(now(), PageRemade(key, changed)))

        yield tell


@contextmanager
def _journals(out: OutFolder, cuts: Cuts, now: Callable[[], str]) -> Iterator[JournalOf]:
    """Hold all that writes into OUT, and give the journal of each page."""
    if not cuts.all:
        with held(out, since=now()):
            mend(out.journal)
            with Journal(out.journal) as journal:
                yield lambda _: journal
        return
    with held_rest(out, say=lambda _: None) as rest, ExitStack() as opened:
        rest.refuse_living("Files are made again while no shard is at work.")
        owners = dict(zip((page.key for page in rest.plan.pages), rest.owners, strict=True))

        @cache
        def journal_of(owner: Owner) -> Journal:
            part = OutFolder(out.path, owner)
            mend(part.journal)
            return opened.enter_context(Journal(part.journal))

        yield lambda key: journal_of(owners[key])


def promises_of(out: OutFolder, cuts: Cuts) -> Mapping[str, WrittenFile]:
    """Give the promised files of all pages that are done, by their place; none where OUT has no journal."""
    ends = history_of(records_of(out, cuts)).ends.values()
    return {file.path: file for end in ends if isinstance(end, Done) for file in end.page.files}


def _touched(promises: Mapping[str, WrittenFile], folders: Sequence[str]) -> bool:
    return any(path.partition("/")[0] in folders for path in promises)

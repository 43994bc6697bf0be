"""The cuts of a run on disk: which page of its plan belongs to which shard, written once and read back strictly."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count, pairwise
from os import getpid
from pathlib import Path
from tempfile import mkdtemp

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.shards import Cut
from htrkit.files.atomic import TEMPORARY, unwritable, write_stream
from htrkit.journal.lock_silence import Patience
from htrkit.journal.lock_waiting import waited_for
from htrkit.run.out_folder import OutFolder
from htrkit.run.strict_json import NotAsWritten, Table, table_of

CUT_SCHEMA = 1
LOOKED_BEYOND = 3
"""Cuts after one that is missing."""
Asked = Mapping[str, object]
"""Inputs, folder and settings by name, as JSON has them."""


class CutUnreadable(UsageProblem):
    """A cut's file is not what a run of this version wrote."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """All cuts of a run, in the order of their numbers; a run that is not in shards has none."""

    all: tuple[Cut, ...] = ()
    asked: Asked | None = None
    """What every shard of the first cut was asked for; None where a run was cut that had begun whole."""

    @property
    def newest(self) -> Cut | None:
        """The one whose shards may be gone on with by their number alone."""
        return self.all[-1] if self.all else None


def write_cut(out: OutFolder, cut: Cut, *, run_id: str, asked: Asked | None = None) -> None:
    """Write a cut whole or not at all; the caller holds `planning`. Raises OutputUnwritable."""
    document = {
        "schema": CUT_SCHEMA,
        "cut": cut.number,
        "run_id": run_id,
        "asked": asked,
        "shards": [list(places) for places in cut.shards],
    }
    write_stream((json.dumps(document, separators=(",", ":")).encode(), b"\n"), out.cut(cut.number))


def read_cuts(out: OutFolder) -> Cuts:
    """Give the cuts of the run in OUT; raises CutUnreadable, naming the file."""
    return _cuts(out, _contents(out))


def read_newest_cuts(out: OutFolder, *, say: Callable[[str], None]) -> Cuts:
    """Give the cuts as they are on the disk itself, whatever this host remembers of a folder that all hosts share.

    Whoever holds a shard's lock asks so: a cut that takes pages away from it is either here, or finds the lock held.
    """
    with planning(out, say=say):
        contents = _contents(out)
    return _cuts(out, contents)


@contextmanager
def planning(out: OutFolder, *, say: Callable[[str], None], patience: Patience | None = None) -> Iterator[None]:
    """Hold what plans and cuts are made under, as soon as it is free: one process of all hosts at a time."""
    owner = f"process {getpid()}"
    with waited_for(out.plan_lock, owner=owner, named=shown(out.path), say=say, patience=patience):
        _see_anew(out)
        yield


def _see_anew(out: OutFolder) -> None:
    """Change the folder that the plan is in: of one that hosts share, each remembers what was not there until then."""
    try:
        Path(mkdtemp(prefix=TEMPORARY, dir=out.own)).rmdir()
    except OSError as error:
        raise unwritable(error, out.own) from error


def _contents(out: OutFolder) -> Sequence[bytes]:
    contents = []
    for number in count(1):
        try:
            contents.append(out.cut(number).read_bytes())
        except FileNotFoundError:
            break
        except OSError as error:
            raise _unreadable(out, number, error.strerror or str(error)) from error
    missing = len(contents) + 1
    # The one that is missing may have been made this moment; any after it cannot be there without it.
    if any(out.cut(number).exists() for number in range(missing + 1, missing + 1 + LOOKED_BEYOND)):
        raise _unreadable(out, missing, "it is not there, and later cuts are")
    return contents


def _cuts(out: OutFolder, contents: Sequence[bytes]) -> Cuts:
    cuts: list[Cut] = []
    asked: Asked | None = None
    for number, content in enumerate(contents, 1):
        try:
            document = table_of(json.loads(content))
            cuts.append(_cut(document, number))
            told = None if document.any("asked") is None else document.table("asked")
            document.refuse_more()
        except (NotAsWritten, ValueError, RecursionError) as error:
            raise _unreadable(out, number, str(error)) from error
        if number == 1 and told is not None:
            asked = told.values
    return Cuts(tuple(cuts), asked)


def _cut(document: Table, number: int) -> Cut:
    if (schema := document.number_or_none("schema")) != CUT_SCHEMA:
        raise NotAsWritten(f"its schema version is {schema}, and this htrkit reads version {CUT_SCHEMA}")
    if document.number_or_none("cut") != number:
        raise NotAsWritten("`cut` is not the number in its name")
    document.text("run_id")
    shards = document.any("shards")
    if not isinstance(shards, list) or not shards:
        raise NotAsWritten("`shards` is no list of shards")
    cut = Cut(number, tuple(_places(places) for places in shards))
    if len(set().union(*cut.shards)) < sum(map(len, cut.shards)):
        raise NotAsWritten("two of its shards have the same page")
    return cut


def _places(value: object) -> tuple[int, ...]:
    """Give a shard's pages by their places in the plan, which grow."""
    if not isinstance(value, list) or not all(type(place) is int for place in value):
        raise NotAsWritten("`shards` holds what is no list of whole numbers")
    if any(one >= other for one, other in pairwise(value)) or (value and value[0] < 0):
        raise NotAsWritten("`shards` holds places that do not grow")
    return tuple(value)


def _unreadable(out: OutFolder, number: int, why: str) -> CutUnreadable:
    return CutUnreadable(f"{shown(out.cut(number))}: cannot be read ({why}).", mend="Take it from a backup.")

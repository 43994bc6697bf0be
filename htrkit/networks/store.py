"""Where converted networks are found: in the user's cache, else made there, once."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import orjson

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.networks.aside import aside, aside_made
from htrkit.networks.kept import FOLDER, REFUSED, UNWRITABLE, Kept, entry_name, note_use, read_entry

LOCK = ".converting"
CONVERTING = "htrkit.networks.converting"
ALONE = "about"
"""The word for a conversion without a graph, and behind the task of its entry."""
WITHOUT = "`--cpu-backend torch` reads without."


class NotConverted(PreflightRefused):
    """A model could not be converted now, which says nothing of the next time; `cause` says why, without the model."""

    def __init__(self, model: Path, cause: str, *, mend: str = WITHOUT) -> None:
        super().__init__(f"{shown(model)}: the model could not be converted for this machine: {cause}.", mend=mend)
        self.cause = cause


def kept_network(model: Path, task: str, cache: Path | None) -> Kept:
    """Give a kraken model's entry, which is made in a process of its own where there is none.

    Raises PreflightRefused for a model that kraken cannot load, and NotConverted.
    """
    make = partial(convert_apart, model, (CONVERTING, str(model), task))
    return kept_or_made((model,), task, cache, make)


def kept_about(model: Path, task: str, cache: Path | None) -> Kept:
    """Give what stands around a kraken model's network; where it has no entry, no graph is built. Raises as above."""
    if (kept := found_already((model,), task, cache)) is not None:
        return kept
    make = partial(convert_apart, model, (CONVERTING, str(model), task), more=(ALONE,))
    return kept_or_made((model,), f"{task}-{ALONE}", cache, make)


def found_already(files: Sequence[Path], task: str, cache: Path | None) -> Kept | None:
    """Give the entry of a model that is read from `files`; None where there is none, or a file cannot be read."""
    try:
        name = entry_name(files, task)
    except OSError:
        return None
    return _found(name, cache)


def kept_or_made(files: Sequence[Path], task: str, cache: Path | None, make: Callable[[Path], None]) -> Kept:
    """Give the entry of a model that is read from `files`; where there is none, `make` writes it into a folder.

    Workers that start side by side make it once. Where there is no cache, or it cannot be written, the entry is made
    in a temporary folder. `make` raises OSError for what it cannot write. Raises NotConverted, and PreflightRefused for
    a file that cannot be read.
    """
    try:
        name = entry_name(files, task)
    except OSError as error:
        raise PreflightRefused(
            f"{shown(error.filename or files[0])}: the model cannot be read ({error.strerror or error}).",
            mend="Check the path and the rights of the file.",
        ) from error
    if (kept := _found(name, cache)) is not None:
        note_use(kept.folder)
        return kept
    if cache is not None:
        with suppress(OSError):
            return _made_alone(files[0], cache / FOLDER / name, make)
    try:
        return _made_alone(files[0], aside_made() / name, make)
    except OSError as error:
        raise NotConverted(
            files[0],
            f"neither the cache folder nor the one for temporary files can take it ({error})",
            mend=f"Make room in one of them. {WITHOUT}",
        ) from error


def _found(name: str, cache: Path | None) -> Kept | None:
    for folder in (cache / FOLDER if cache is not None else None, aside()):
        if folder is not None and (kept := read_entry(folder / name)) is not None:
            return kept
    return None


def _made_alone(model: Path, entry: Path, make: Callable[[Path], None]) -> Kept:
    """Make an entry, unless somebody else does in this moment; raises OSError, NotConverted."""
    with _alone_in(entry.parent):
        if (kept := read_entry(entry)) is not None:
            return kept
        make(entry)
    kept = read_entry(entry)
    if kept is None:
        raise NotConverted(model, "nothing whole was written")
    return kept


def convert_apart(model: Path, words: Sequence[str], entry: Path, *, more: Sequence[str] = ()) -> None:
    """Convert in another process by a module with its words, the entry's folder, and more words.

    Raises PreflightRefused for what the module refuses, NotConverted, and OSError where it could not write.
    """
    # -P: modules of the folder that the user happens to be in are not ours.
    command = [sys.executable, "-P", "-m", *words, str(entry), *more]
    # Our own module, with a file that the user named as a model.
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, check=False, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    )
    said = done.stderr.decode(errors="replace").strip().splitlines()
    match done.returncode:
        case 0:
            return
        case status if status == REFUSED:
            refused = orjson.loads(done.stdout.splitlines()[-1])
            raise PreflightRefused(refused["what"], mend=refused["mend"])
        case status if status == UNWRITABLE:
            raise OSError(said[-1] if said else "it cannot be written")
        case status if status < 0:
            raise NotConverted(model, f"the conversion was ended by signal {-status}; memory may have run out")
        case status:
            raise NotConverted(model, f"the conversion failed ({said[-1] if said else f'exit status {status}'})")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, where its file system has locks; raises OSError for a folder that cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        # Without locks, as on some network disks, the same is made twice at worst.
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

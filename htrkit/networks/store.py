"""Where converted networks are found: in the user's cache, else made there, once."""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import orjson

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.networks.kept import FOLDER, REFUSED, UNWRITABLE, Kept, entry_name, read_entry

LOCK = ".converting"


def kept_network(model: Path, task: str, cache: Path | None) -> Kept:
    """Give a kraken model's entry, which is made in a process of its own where there is none.

    Raises PreflightRefused.
    """
    return kept_or_made((model,), task, cache, partial(_convert_apart, model, task))


def kept_or_made(files: Sequence[Path], task: str, cache: Path | None, make: Callable[[Path], None]) -> Kept:
    """Give the entry of a model that is read from `files`; where there is none, `make` writes it into a folder.

    Workers that start side by side make it once. Where there is no cache, or it cannot be written, the entry is made
    in a temporary folder, for this process alone. `make` raises OSError for what it cannot write. Raises
    PreflightRefused.
    """
    try:
        name = entry_name(files, task)
    except OSError as error:
        raise PreflightRefused(
            f"{shown(error.filename or files[0])}: the model cannot be read ({error.strerror or error}).",
            mend="Check the path and the rights of the file.",
        ) from error
    if cache is not None:
        entry = cache / FOLDER / name
        if (kept := read_entry(entry)) is not None:
            return kept
        with suppress(OSError), _alone_in(entry.parent):
            return read_entry(entry) or _made(files[0], entry, make)
    return _for_this_process(files[0], name, make)


def _for_this_process(model: Path, name: str, make: Callable[[Path], None]) -> Kept:
    try:
        folder = Path(tempfile.mkdtemp(prefix="htrkit-network-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return _made(model, folder / name, make)
    except OSError as error:
        raise PreflightRefused(
            f"{shown(model)}: there is no place to keep the model as it is needed on this machine ({error}).",
            mend="Make room in the cache folder or in the one for temporary files; `--cpu-backend torch` needs none.",
        ) from error


def _made(model: Path, entry: Path, make: Callable[[Path], None]) -> Kept:
    make(entry)
    kept = read_entry(entry)
    if kept is None:
        raise _failed(model, "nothing whole was written")
    return kept


def _convert_apart(model: Path, task: str, entry: Path) -> None:
    """Convert in another process; raises PreflightRefused, and OSError where the entry could not be written."""
    # -P: modules of the folder that the user happens to be in are not ours.
    words = [sys.executable, "-P", "-m", "htrkit.networks.converting", str(model), task, str(entry)]
    # Our own module, with a file that the user named as a model.
    done = subprocess.run(  # noqa: S603
        words, capture_output=True, check=False, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""}
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
            raise _failed(model, f"the conversion was ended by signal {-status}; memory may have run out")
        case status:
            raise _failed(model, said[-1] if said else f"exit status {status}")


def _failed(model: Path, cause: str) -> PreflightRefused:
    return PreflightRefused(
        f"{shown(model)}: the model could not be converted for this machine ({cause}).",
        mend="`--cpu-backend torch` reads without; please report this with the model.",
    )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, where its file system has locks; raises OSError for a folder that cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        # Without locks, as on some network disks, the same is made twice at worst.
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""What `torch.save` wrote, read without torch: plain values as they are, and of tensors nothing but their shapes."""

import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused

OF_OLD = 0x1950A86A20F9469CFC6C
"""What files begin with that torch wrote before 1.6, one pickle behind the other."""
VALUES = "data.pkl"
"""The name, in the archive that torch writes since, of all that is no tensor's numbers."""


class Named:
    """Stands for an object of a class that is not imported: its name, and what it was made of."""

    module = ""
    name = ""

    def __new__(cls, *given: object, **_: object) -> Any:  # noqa: ANN401 - some stand for the number they hold
        """Give the number where there is one: constrained numbers of settings libraries are just those."""
        if len(given) == 1 and isinstance(given[0], int | float | str):
            return given[0]
        return super().__new__(cls)

    def __init__(self, *_: object, **__: object) -> None:
        return

    def __setstate__(self, state: object) -> None:
        return

    def __setitem__(self, key: object, value: object) -> None:
        return

    def append(self, value: object) -> None:
        """Forget it."""

    def extend(self, values: object) -> None:
        """Forget them."""


def class_named(module: str, name: str) -> Any:  # noqa: ANN401 - as pickle's own
    """Give what a pickle names, where that is an ordered dictionary; for all else a class that only has a name."""
    if (module, name) == ("collections", "OrderedDict"):
        return OrderedDict
    return type(name, (Named,), {"module": module, "name": name})


@dataclass(frozen=True, slots=True)
class TensorOutline:
    """Stands for a tensor."""

    shape: tuple[int, ...]


def read_outline(path: Path) -> Any:  # noqa: ANN401 - whatever was saved
    """Read what `torch.save` wrote, executing nothing of it; raises PreflightRefused.

    Of an archive only the part without numbers is read: kilobytes of a file of many megabytes.
    """
    try:
        with path.open("rb") as file:
            return _of_archive(file) if zipfile.is_zipfile(file) else _of_old(file)
    except Exception as error:  # a file of any content makes pickle and zipfile raise what they like
        raise no_checkpoint(path, error) from error


def no_checkpoint(path: Path, error: Exception) -> PreflightRefused:
    """Say that a file cannot be read, and what its reader said."""
    return PreflightRefused(
        f"{shown(path)}: cannot be read as a torch checkpoint ({type(error).__name__}: {error}).",
        mend="Give the checkpoint as the training program wrote it, whole.",
    )


def _of_archive(file: BinaryIO) -> Any:  # noqa: ANN401 - as above
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.rpartition("/")[2] == VALUES]
        if not names:
            raise ValueError(f"there is no {VALUES} in it")
        return _Unpickler(BytesIO(archive.read(names[0])), encoding="utf-8").load()


def _of_old(file: BinaryIO) -> Any:  # noqa: ANN401 - as above
    file.seek(0)
    begins, _version, _machine, saved = (_Unpickler(file, encoding="utf-8").load() for _ in range(4))
    if begins != OF_OLD:
        raise ValueError("it does not begin as one")
    return saved


class _Unpickler(pickle.Unpickler):
    """Builds plain values and outlines."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle's own
        """Give outlines where torch would build tensors."""
        if module == "torch._utils" and name in _OUTLINED:
            return _OUTLINED[name]
        return class_named(module, name)

    def persistent_load(self, pid: Any) -> None:  # noqa: ANN401 - as pickle's own
        """Leave out a tensor's numbers."""


def _tensor(_storage: object, _offset: object, shape: Iterable[int], *_: object) -> TensorOutline:
    return TensorOutline(tuple(int(length) for length in shape))


def _parameter(outline: TensorOutline, *_: object) -> TensorOutline:
    return outline


_OUTLINED = {"_rebuild_tensor_v2": _tensor, "_rebuild_parameter": _parameter}

"""Checkpoints of other programs are read for their numbers; what else their pickles name is never imported or run."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import torch

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused

_TENSORS = {
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
    *(("torch", f"{kind}Storage") for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Bool", "Byte")),
}
"""What torch itself calls to build tensors; nothing else of torch is called."""


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


class _Unpickler(pickle.Unpickler):
    """Builds tensors and plain values."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle's own
        """Give torch's own builders of tensors, ordered dictionaries, and for all else a class that only has a name."""
        if (module, name) in _TENSORS:
            return super().find_class(module, name)
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        return type(name, (Named,), {"module": module, "name": name})


class _TensorsOnly:
    """What torch takes for a pickle module."""

    __name__ = "htrkit.files.tensors_only"
    Unpickler = _Unpickler
    Pickler = pickle.Pickler
    UnpicklingError = pickle.UnpicklingError

    @staticmethod
    def load(file: BinaryIO, **options: Any) -> Any:  # noqa: ANN401 - as pickle's own
        return _Unpickler(file, **options).load()


def read_tensors(path: Path) -> Any:  # noqa: ANN401 - whatever was saved
    """Read what `torch.save` wrote, executing nothing of it; raises PreflightRefused."""
    try:
        return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_TensorsOnly())
    except Exception as error:
        raise PreflightRefused(
            f"{shown(path)}: cannot be read as a torch checkpoint ({type(error).__name__}: {error}).",
            mend="Give the checkpoint as the training program wrote it, whole.",
        ) from error

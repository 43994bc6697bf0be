"""Checkpoints of other programs are read for their numbers; what else their pickles name is never imported or run."""

import pickle
from pathlib import Path
from typing import Any, BinaryIO

import torch

from htrkit.files.checkpoint_outline import class_named, no_checkpoint

_TENSORS = {
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
    *(("torch", f"{kind}Storage") for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Bool", "Byte")),
}
"""What torch itself calls to build tensors; nothing else of torch is called."""


class _Unpickler(pickle.Unpickler):
    """Builds tensors and plain values."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle's own
        """Give torch's own builders of tensors, and for all else what stands for it."""
        if (module, name) in _TENSORS:
            return super().find_class(module, name)
        return class_named(module, name)


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
        raise no_checkpoint(path, error) from error

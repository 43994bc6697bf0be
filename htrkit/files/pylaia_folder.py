"""The files of a PyLaia model, as its training, Teklia's models on the hub, or polyscriptor's training lay them out."""

import re
from dataclasses import dataclass
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused

_CER = re.compile(r"lowest_va_cer|lowest_va_wer")
_EPOCH = re.compile(r"checkpoint_epoch_(\d+)\.pt")
POLYSCRIPTORS_BEST = "best_model.pt"
CHECKPOINTS = (".ckpt", ".pt")


@dataclass(frozen=True, slots=True)
class PylaiaFiles:
    """What a model is read from."""

    model: Path
    """How the network is built."""
    weights: Path
    symbols: Path

    @property
    def named(self) -> tuple[tuple[str, Path], ...]:
        """The files with what they are for, in the order in which they are hashed."""
        return ("model", self.model), ("weights", self.weights), ("syms.txt", self.symbols)


@dataclass(frozen=True, slots=True)
class PolyscriptorFiles:
    """What a model is read from that polyscriptor's `train_pylaia.py` has trained."""

    weights: Path
    """Network and symbols in one."""

    @property
    def named(self) -> tuple[tuple[str, Path], ...]:
        """The file with what it is for."""
        return (("weights", self.weights),)


def pylaia_files(place: Path) -> PylaiaFiles | PolyscriptorFiles:
    """Find the files of a model, by its folder or by a checkpoint of it; raises PreflightRefused.

    `model` and `syms.txt` lie in the folder, else in its parent. Of several checkpoints it is `weights.ckpt`, then the
    one with the lowest error in validation, then the newest. A folder with `best_model.pt` and without any of PyLaia's
    own is polyscriptor's.
    """
    is_checkpoint = place.is_file() and place.suffix in CHECKPOINTS
    folder = place.parent if is_checkpoint else place
    if not folder.is_dir():
        raise _missing(place, "there is no such folder")
    weights = place if is_checkpoint else _weights(folder)
    if weights is None:
        raise _missing(folder, "no checkpoint (*.ckpt, or polyscriptor's best_model.pt) is in it")
    if weights.suffix == ".pt":
        return PolyscriptorFiles(weights)
    model, symbols = _nearest(folder, "model"), _nearest(folder, "syms.txt")
    if model is None:
        raise _missing(folder, "the file `model`, which says how its network is built, is neither in it nor above it")
    if symbols is None:
        raise _missing(folder, "syms.txt, the list of its symbols, is neither in it nor above it")
    return PylaiaFiles(model, weights, symbols)


def _weights(folder: Path) -> Path | None:
    for named in (folder / "weights.ckpt", folder / POLYSCRIPTORS_BEST):
        if named.is_file() and not (named.suffix == ".pt" and any(folder.glob("*.ckpt"))):
            return named
    found = [*folder.glob("*.ckpt"), *folder.glob("experiment*/*.ckpt")]
    epochs = [path for path in folder.glob("*.pt") if _EPOCH.fullmatch(path.name)]
    return max(found, key=_rank, default=None) or max(epochs, key=_epoch, default=None)


def _rank(checkpoint: Path) -> tuple[bool, float, str]:
    return bool(_CER.search(checkpoint.name)), checkpoint.stat().st_mtime, checkpoint.name


def _epoch(checkpoint: Path) -> int:
    found = _EPOCH.fullmatch(checkpoint.name)
    return int(found[1]) if found else 0


def _nearest(folder: Path, name: str) -> Path | None:
    return next((place / name for place in (folder, folder.parent) if (place / name).is_file()), None)


def _missing(place: Path, cause: str) -> PreflightRefused:
    return PreflightRefused(
        f"{shown(place)}: no PyLaia model is there: {cause}.",
        mend="Give the folder of a PyLaia model: `model`, weights (*.ckpt) and syms.txt.",
    )

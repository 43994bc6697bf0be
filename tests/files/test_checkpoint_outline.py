"""What torch saved is read without torch as torch reads it, but for the numbers of tensors."""

import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from htrkit.domain.errors import PreflightRefused
from htrkit.files.checkpoint_outline import TensorOutline, read_outline

SAVED = {
    "names": {0: "", 1: "é"},
    "sizes": (3, [2, 2.5]),
    "state": {"weights": torch.rand(3, 1, 2), "scalar": torch.tensor(4), "own": torch.nn.Parameter(torch.rand(5))},
}
OUTLINED = {
    "names": {0: "", 1: "é"},
    "sizes": (3, [2, 2.5]),
    "state": {"weights": TensorOutline((3, 1, 2)), "scalar": TensorOutline(()), "own": TensorOutline((5,))},
}


@pytest.mark.parametrize("archive", [True, False], ids=["since torch 1.6", "before"])
def test_values_are_whole_and_tensors_have_their_shapes(tmp_path: Path, archive: bool) -> None:
    place = tmp_path / "saved.ckpt"
    torch.save(SAVED, place, _use_new_zipfile_serialization=archive)
    assert read_outline(place) == OUTLINED


def test_classes_are_named_and_not_imported(tmp_path: Path) -> None:
    place = tmp_path / "saved.ckpt"
    torch.save({"activation": torch.nn.LeakyReLU}, place)
    found = read_outline(place)["activation"]
    assert found is not torch.nn.LeakyReLU
    assert (found.module, found.name) == ("torch.nn.modules.activation", "LeakyReLU")


def test_an_archive_of_something_else_is_said(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.ckpt", "w") as archive:
        archive.writestr("x/readme", "")
    with pytest.raises(PreflightRefused, match=r"there is no data\.pkl in it"):
        read_outline(tmp_path / "x.ckpt")


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04", pickle.dumps([1]) * 4, pickle.dumps([1])])
def test_a_file_that_is_no_checkpoint_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.ckpt").write_bytes(content)
    with pytest.raises(PreflightRefused, match=r"x\.ckpt: cannot be read as a torch checkpoint"):
        read_outline(tmp_path / "x.ckpt")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match="cannot be read"):
        read_outline(tmp_path / "nowhere.ckpt")

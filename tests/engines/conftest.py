"""Models that are taught once for all tests of engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.fakes.trocr_models import write_trocr
from tests.fakes.vlm_taught import Taught, teach


@pytest.fixture(scope="session")
def trocr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A TrOCR model that knows its lines by heart."""
    return write_trocr(tmp_path_factory.mktemp("trocr"))


@pytest.fixture(scope="session", params=["qwen3-vl", "churro"])
def taught(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taught]:
    """A vision-language model that knows its pages; on one thread, so that it is the same everywhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield teach(request.param, tmp_path_factory.mktemp(request.param))
    torch.set_num_threads(threads)

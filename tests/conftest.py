"""What tests in many folders need."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.fake_nvml.fixtures import driver_here, fake_driver, nvml_library

__all__ = ["driver_here", "fake_driver", "nvml_library"]
"""Fixtures that come from their own folders."""

settings.register_profile("htrkit", deadline=None, derandomize=True)
settings.load_profile("htrkit")
"""Tests depend neither on chance nor on how busy the machine is."""


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let nothing that tests learn, in this process or in others, come into the user's cache."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real pages, models and schemas, which users do not have."""
    place = Path(os.environ.get("HTRKIT_SHARED") or Path(__file__).parents[2] / "shared")
    if not (place / "data").is_dir():
        pytest.skip("needs the development data: HTRKIT_SHARED, or ../shared, is no folder with data/ in it")
    return place

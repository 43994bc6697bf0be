"""OpenVINO as htrkit uses it: imported when something computes with it, and never to talk to anybody."""

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

TELEMETRY = "openvino_telemetry"
"""A dependency of OpenVINO that reports its use to a server, where its converter is called."""


def openvino_version() -> str | None:
    """Give the version that is installed; None where there is none."""
    try:
        return version("openvino")
    except PackageNotFoundError:
        return None


@cache
def openvino() -> Any:  # noqa: ANN401 - OpenVINO's modules have no types that say much
    """Import OpenVINO without what reports its use; raises ImportError where it is not installed."""
    if TELEMETRY not in sys.modules:
        # Python then finds no such package, and OpenVINO takes its own silent stand-in.
        sys.modules[TELEMETRY] = None  # type: ignore[assignment]
    return import_module("openvino")

"""The frozen plan of a run: pages, settings, models, and a fingerprint of all that can change the text."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import orjson

from htrkit import __version__
from htrkit.config.layers import Resolved
from htrkit.config.settings import text_changing
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.files.atomic import write_stream

PLAN_SCHEMA = 1
_PACKAGES = ("kraken", "torch", "numpy", "pillow", "opencv-python-headless", "pypdfium2", "lxml")
"""What a page goes through on its way to text, besides htrkit itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of; nothing in it changes while it goes on."""

    run_id: str
    started: str
    """ISO 8601 in UTC: the only time inside outputs."""
    resolved: Resolved
    pages: tuple[PageSource, ...]
    reading: Reading
    segmentation: ModelFacts | None
    inputs: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """A hash over everything that can change the text: settings, models, versions."""
        return sha256(orjson.dumps(self._text_changing(), option=orjson.OPT_SORT_KEYS)).hexdigest()

    def write(self, path: Path) -> None:
        """Write run.json; raises OutputUnwritable."""
        settings = self.resolved.settings.model_dump(mode="json")
        document = {
            "schema": PLAN_SCHEMA,
            "run_id": self.run_id,
            "started": self.started,
            "fingerprint": self.fingerprint,
            "changes_text": self._text_changing(),
            "settings": {name: {"value": settings[name], "origin": self.resolved.origins[name]} for name in settings},
            "machine": {"python": platform.python_version(), "system": platform.platform()},
            "inputs": self.inputs,
            "pages": self.pages,
        }
        write_stream((_dumped(document),), path)

    def _text_changing(self) -> Mapping[str, object]:
        return {
            "settings": dict(self.reading.settings),
            "model": self.reading.model,
            "segmentation": self.segmentation,
            "versions": versions(),
        }


def versions() -> dict[str, str]:
    """Give the versions of what a page goes through."""
    return {"htrkit": __version__, **{name: version(name) for name in _PACKAGES}}


def reading_of(resolved: Resolved, *, engine_version: str, model: ModelFacts, started: str) -> Reading:
    """Give what outputs cite of a run."""
    values = resolved.settings.model_dump(mode="json")
    return Reading(
        engine=resolved.settings.engine,
        engine_version=engine_version,
        model=model,
        settings=tuple((name, str(values[name])) for name in sorted(text_changing())),
        htrkit_version=__version__,
        run_started=started,
    )


def _dumped(document: Mapping[str, object]) -> bytes:
    """Give the document as JSON; paths may hold bytes that are no UTF-8, and orjson refuses these."""
    return json.dumps(document, indent=1, default=_plain).encode() + b"\n"


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)

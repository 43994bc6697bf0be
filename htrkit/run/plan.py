"""The frozen plan of a run: pages, settings, models, and a fingerprint of all that can change the text."""

import json
import platform
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import orjson

from htrkit import __version__
from htrkit.config.layers import Resolved
from htrkit.config.settings import text_changing
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.files.atomic import write_stream
from htrkit.run.input_files import Stamp
from htrkit.run.model_file import ModelFile
from htrkit.run.words_told import words_told

PLAN_SCHEMA = 2
_PACKAGES = (
    "kraken",
    "torch",
    "openvino",
    "numpy",
    "pillow",
    "opencv-python-headless",
    "shapely",
    "pypdfium2",
    "lxml",
    "transformers",
)
"""What a page goes through on its way to text, besides htrkit itself."""
NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is made of; nothing in it changes while it goes on."""

    run_id: str
    started: str
    """ISO 8601 in UTC: the only time inside outputs."""
    resolved: Resolved
    pages: tuple[PageSource, ...]
    model: ModelFile
    segmentation: ModelFile
    inputs: tuple[str, ...]
    folder: str
    """The current folder when the run started: what all relative paths start from."""
    versions: Mapping[str, str]
    """Of what a page goes through."""
    files: Mapping[str, Stamp | None]
    """Every image and XML file by its path as the pages have it; None for one that was not there."""
    skipped: frozenset[PageKey] = frozenset()
    """Pages that are left alone, as `--existing skip` asked."""

    @property
    def reading(self) -> Reading:
        """What outputs cite of the run."""
        settings = self.resolved.settings
        values = settings.model_dump(mode="json")
        told = {name: values[name] for name in text_changing()} | words_told(settings)
        return Reading(
            engine=self.resolved.settings.engine,
            # The other engines' code is ours; one of another package is cited by its name alone.
            engine_version=self.versions["kraken" if settings.engine == "kraken" else "htrkit"],
            model=self.model.facts,
            settings=tuple((name, str(told[name])) for name in sorted(told)),
            htrkit_version=self.versions["htrkit"],
            run_started=self.started,
        )

    @property
    def text_changing(self) -> Mapping[str, str]:
        """Everything that can change the text, besides the inputs: settings, models, versions."""
        return {
            **{f"setting {name}": value for name, value in self.reading.settings},
            "model": _cited(self.model.facts),
            "segmentation model": _cited(self.segmentation.facts),
            **{f"version of {name}": self.versions[name] for name in sorted(self.versions)},
        }

    @property
    def fingerprint(self) -> str:
        """A hash over everything that can change the text."""
        return fingerprint_of(self.text_changing)

    def write(self, path: Path) -> None:
        """Write run.json, a page a line; raises OutputUnwritable."""
        write_stream(_dumped(self), path)


def fingerprint_of(text_changing: Mapping[str, str]) -> str:
    """Give one hash over all that can change the text."""
    return sha256(orjson.dumps(dict(text_changing), option=orjson.OPT_SORT_KEYS)).hexdigest()


def versions(told: Collection[str] | None = None) -> dict[str, str]:
    """Give the versions of what a page goes through, of those that a plan has told or of all that count today."""
    now = {"htrkit": __version__, **{name: _installed(name) for name in _PACKAGES}}
    return now if told is None else {name: now.get(name, NOT_INSTALLED) for name in told}


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return NOT_INSTALLED


def _cited(model: ModelFacts) -> str:
    return f"{model.name}, sha256 {model.sha256}"


def _dumped(plan: Plan) -> Iterator[bytes]:
    """Give the document piece by piece; paths may hold bytes that are no UTF-8, which orjson refuses."""
    for number, (name, value) in enumerate(_head(plan).items()):
        yield f"{',' if number else '{'}\n {json.dumps(name)}: {json.dumps(value)}".encode()
    yield b',\n "files": {'
    for number, (path, stamp) in enumerate(plan.files.items()):
        told = None if stamp is None else [stamp.size_bytes, stamp.modified_ns]
        yield f"{',' if number else ''}\n  {json.dumps(path)}: {json.dumps(told)}".encode()
    yield b'\n },\n "pages": ['
    for number, page in enumerate(plan.pages):
        yield f"{',' if number else ''}\n  {json.dumps(asdict(page))}".encode()
    yield b"\n ]\n}\n"


def _head(plan: Plan) -> Mapping[str, object]:
    settings = plan.resolved.settings.model_dump(mode="json")
    return {
        "schema": PLAN_SCHEMA,
        "run_id": plan.run_id,
        "started": plan.started,
        "fingerprint": plan.fingerprint,
        "changes_text": dict(plan.text_changing),
        "settings": {name: {"value": settings[name], "origin": plan.resolved.origins[name]} for name in settings},
        "model": _model(plan.model),
        "segmentation": _model(plan.segmentation),
        "versions": dict(plan.versions),
        "machine": {"python": platform.python_version(), "system": platform.platform()},
        "folder": plan.folder,
        "inputs": plan.inputs,
        "skipped": sorted(plan.skipped),
    }


def _model(model: ModelFile) -> Mapping[str, str]:
    real = str(model.path.resolve())
    return {"name": model.facts.name, "sha256": model.facts.sha256, "path": str(model.path), "real_path": real}

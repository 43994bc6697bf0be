"""What a run is made of, as its plan tells it to readers."""

from dataclasses import dataclass

from htrkit.config.choices import FailOn
from htrkit.core.report_pages import PlannedPage


@dataclass(frozen=True, slots=True)
class SettingFact:
    """A setting, its value as text, and where it came from."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class ModelFact:
    """A model that the run used, and for what."""

    role: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What run.json says; everything in it is safe to show, and what an older version did not write is empty."""

    run_id: str
    started: str
    pages: tuple[PlannedPage, ...]
    inputs: tuple[str, ...] = ()
    settings: tuple[SettingFact, ...] = ()
    models: tuple[ModelFact, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    machine: tuple[tuple[str, str], ...] = ()
    fingerprint: str = ""
    """Over everything that can change the text."""

    @property
    def fail_on(self) -> FailOn:
        """What lets a run that came to its end fail; the default where a plan says nothing that is known."""
        told = next((one.value for one in self.settings if one.name == "fail_on"), "")
        return FailOn(told) if told in set(FailOn) else FailOn.FAILURE

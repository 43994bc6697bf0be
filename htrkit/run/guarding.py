"""Looks at devices, pages and models for the guardrails: the driver is asked, nothing is opened or loaded."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from htrkit.config.choices import ExecutorKind, Progress
from htrkit.config.settings import Settings
from htrkit.core.device_choice import DeviceChoice, chosen_devices
from htrkit.core.device_seen import Seen, TorchBuild
from htrkit.core.guarded import Guarded, PageFacts
from htrkit.core.memory_guards import room_needed
from htrkit.devices.cards import VISIBLE
from htrkit.devices.machine import machine_reader
from htrkit.devices.torch_build import installed_torch
from htrkit.domain.device import Device
from htrkit.domain.engine import EngineRow, Reads
from htrkit.domain.errors import SetUpRefused
from htrkit.domain.source import PageSource
from htrkit.engines.figures import SEGMENTER

SLURM_JOB = "SLURM_JOB_ID"


def seen_now(environment: Mapping[str, str], build: TorchBuild | None = None) -> Seen:
    """Ask the driver how the devices are now; `build` is another torch than the one that is installed."""
    with machine_reader(environment) as reader:
        machine = reader.read(look_seconds=None)
    return Seen(machine, environment.get(VISIBLE), SLURM_JOB in environment, build or installed_torch())


def choice_for(looked_at: Guarded, seen: Seen) -> DeviceChoice:
    """Give the devices that the set-up's wish comes to, with room for its model and one item.

    None where a server computes, or a cluster: its nodes look at their own.
    """
    if looked_at.settings.server is not None or looked_at.settings.executor is not ExecutorKind.LOCAL:
        return DeviceChoice(())
    return chosen_devices(looked_at.settings.devices, seen, lambda device: room_needed(looked_at, device))


def named_choice(wish: str, environment: Mapping[str, str]) -> DeviceChoice:
    """Give the devices that a wish comes to where nothing is to be read on them: they need no room."""
    return chosen_devices(wish, seen_now(environment), lambda _: 0)


def devices_of(wish: str, environment: Mapping[str, str]) -> tuple[Device, ...]:
    """Give the devices that a wish comes to, however full they are; raises SetUpRefused."""
    choice = named_choice(wish, environment)
    if not choice.devices:
        raise SetUpRefused(choice.findings)
    return choice.devices


def page_facts(pages: Sequence[PageSource], row: EngineRow) -> PageFacts:
    """Count what is known of the pages; their pictures are looked for only where the engine's lines need them."""
    without_picture = 0
    if row.reads is Reads.LINES_IN_PAGE:
        without_picture = sum(not os.path.exists(page.path) for page in pages)  # noqa: PTH110 - it may raise
    return PageFacts(len(pages), sum(not page.sidecars for page in pages), without_picture)


def bytes_of_model(path: Path | None) -> int | None:
    """Give the bytes of a model's file, or of the files in its folder; None where it is not there."""
    try:
        if path is None or not path.exists():
            return None
        files = [path] if path.is_file() else [one for one in path.iterdir() if one.is_file()]
        return sum(one.stat().st_size for one in files)
    except OSError:
        return None


def guarded(
    settings: Settings, row: EngineRow, devices: Sequence[Device], pages: Sequence[PageSource] | None
) -> Guarded:
    """Give what the guardrails look at; the model's size, and whether somebody can be asked, the caller adds."""
    return Guarded(settings, row, devices, page_facts(pages, row) if pages is not None else None, SEGMENTER)


def can_be_asked(settings: Settings, *, at_a_terminal: bool) -> bool:
    """Tell whether a question would be heard and would not stand among events for programs."""
    return at_a_terminal and settings.progress is not Progress.JSON

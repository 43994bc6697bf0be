"""Looks at devices, pages and models for the guardrails: the driver is asked, nothing is opened or loaded."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from htrkit.config.choices import Progress
from htrkit.config.settings import Settings
from htrkit.core.device_choice import cards_for
from htrkit.core.guarded import Guarded, PageFacts
from htrkit.devices.cards import visible_cards
from htrkit.devices.machine import machine_reader
from htrkit.domain.device import Device
from htrkit.domain.engine import DeviceKind, EngineRow, Reads
from htrkit.domain.source import PageSource
from htrkit.engines.figures import SEGMENTER

CPU = "cpu"


def devices_of(wish: str, environment: Mapping[str, str]) -> tuple[Device, ...]:
    """Give the devices that a wish comes to, as the driver tells of them now; raises PreflightRefused."""
    chosen = cards_for(wish, visible_cards(environment))
    with machine_reader(environment) as reader:
        there = {device.device: device for device in reader.read(look_seconds=None).devices}
    if not chosen:
        return (there[CPU],)
    return tuple(
        there.get(card.device, Device(DeviceKind.CUDA, device=card.device, name=card.name or None, uuid=card.uuid))
        for card in chosen
    )


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

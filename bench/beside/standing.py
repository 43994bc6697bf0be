"""The bench's JSON: what is measured is written, and what stands there of the other parts is read back and kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bench.beside.bars import Bar
from bench.beside.figures import SCHEMA, Comparison, Figures, NotRun, Outcome, document
from bench.beside.growth_bars import FIVE, all_bars
from bench.beside.limits import Alone
from bench.beside.machine import Described
from bench.beside.setting import STARTERS, Lines, Setup
from bench.beside.steps import AloneStep, PageSteps, together
from bench.beside.whole import Devices, Part, Scaling, Whole

Told = Mapping[str, Any]


class Unreadable(Exception):
    """A JSON that no bench of this version wrote; the message names it and says what to do."""


def standing(place: Path) -> Whole:
    """Read what stands in a JSON; nothing where there is none. Raises Unreadable."""
    if not place.exists():
        return Whole()
    try:
        return whole_in(json.loads(place.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"{place}: no JSON of this bench: {error!r}; remove it, or name another: --json") from error


def whole_in(told: Told) -> Whole:
    """Give what a document holds; raises ValueError, KeyError or TypeError where it is another's."""
    if told["schema"] != SCHEMA:
        raise ValueError(f"its schema is {told['schema']}, not {SCHEMA}")
    bars = [bar_in(one) for one in told["bars"] if not one["name"].startswith(FIVE)]
    return Whole(
        kraken=outcome_in(told) if "comparisons" in told else None,
        kraken_bars=bars,
        scaling=TypeAdapter(Scaling).validate_python(told[Part.SCALING]) if Part.SCALING in told else None,
        devices=TypeAdapter(Devices).validate_python(told[Part.DEVICES]) if Part.DEVICES in told else None,
    )


def whole_document(whole: Whole) -> dict[str, object]:
    """Give everything for JSON."""
    bars = [bar.document() for bar in all_bars(whole)]
    told = document(whole.kraken, bars) if whole.kraken is not None else {"schema": SCHEMA, "bars": bars}
    parts = {Part.SCALING: whole.scaling, Part.DEVICES: whole.devices}
    return {**told, **{str(part): asdict(found) for part, found in parts.items() if found is not None}}


def bar_in(told: Told) -> Bar:
    """Read a bar; whether it holds follows from the figure."""
    return TypeAdapter(Bar).validate_python(told)


def outcome_in(told: Told) -> Outcome:
    """Read the comparison beside kraken: all that its tables show."""
    return Outcome(
        machine=TypeAdapter(Described).validate_python(told["machine"]),
        device=told["device"],
        made=told["made"],
        pages=told["pages"],
        lines=told["lines_in_truth"],
        folder=told["folder"],
        comparisons=tuple(comparison_in(one) for one in told["comparisons"]),
        not_run=TypeAdapter(tuple[NotRun, ...]).validate_python(told["not_run"]),
    )


def comparison_in(told: Told) -> Comparison:
    """Read everyone who read the same pages."""
    return Comparison(
        setup=Setup((STARTERS / told["model"]).with_suffix(".safetensors"), Lines(told["lines"])),
        pages=told["pages"],
        figures=TypeAdapter(tuple[Figures, ...]).validate_python(told["contenders"]),
        alone={name: alone_in(one) for name, one in told["networks_alone"].items()},
    )


def alone_in(told: Told) -> Alone:
    """Read the networks' figures: on the clock page by page, without telling the two apart, and of CPU the means."""
    wall = told["network_wall_seconds_by_page"].items()
    mean = PageSteps("", together(told["step_cpu_seconds_per_page"]))
    return Alone(tuple(PageSteps(page, {AloneStep.READ_NETWORK: seconds}) for page, seconds in wall), (mean,))

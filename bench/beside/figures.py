"""What a comparison comes to, a figure a field with its unit in its name: all of it goes into the JSON."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.beside.limits import Alone
from bench.beside.machine import Described
from bench.beside.measuring import Spent
from bench.beside.setting import FEW, Setup
from bench.beside.steps import apart, mean_steps
from bench.beside.truth import Texts, agreement, errors

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """One contender on the pages of one comparison; means over all pages but the first two."""

    contender: str
    seconds_per_page: float
    """The time of all pages less the time of two, over the pages that are more."""
    pages_per_minute: float
    lines_per_second: float
    cpu_seconds_per_page: float
    """Of all processes, start-up taken out in the same way."""
    start_up_seconds: float
    """What two pages take beyond twice `seconds_per_page`."""
    first_text_seconds: float | None
    """From the command to the first page's text, in the run over all pages."""
    first_text_page: str
    largest_process_bytes: int
    together_bytes: int | None
    cer_fraction: float | None
    agreement_fraction: float | None
    """Of characters, with the one `kraken` command; None for itself, and where that was not run."""
    pages_without_text: tuple[str, ...]
    device_busy_fraction: float | None
    others_cpu_fraction: float
    """Of the machine, meanwhile, by whatever else ran: a comparison on a busy machine says little."""
    step_seconds: Mapping[str, Mapping[str, float]]
    """Means a page, by kind: from the run's journal, or timed by hand for the kraken API (`cpu_seconds`)."""
    spent_on_few: Spent
    spent_on_all: Spent


@dataclass(frozen=True, slots=True)
class Read:
    """What a contender did: two runs, and the texts of the longer one."""

    contender: str
    few: Spent
    all: Spent
    texts: Texts
    step_seconds: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class NotRun:
    """What was left out, and why."""

    what: str
    reason: str
    failed: bool = False
    """Whether it was tried."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everyone who read the same pages with the same model."""

    setup: Setup
    pages: int
    figures: tuple[Figures, ...]
    alone: Mapping[str, Alone]
    """The networks alone, as each of htrkit's contenders calls them."""

    def of(self, contender: str) -> Figures | None:
        """Give a contender's figures; None where it was not run."""
        return next((one for one in self.figures if one.contender == contender), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole bench."""

    machine: Described
    device: str
    made: str
    """The day, ISO 8601."""
    pages: int
    lines: int
    """With text, in the truth."""
    folder: str
    comparisons: tuple[Comparison, ...]
    not_run: tuple[NotRun, ...]

    @property
    def failed(self) -> bool:
        """Whether somebody could not be run who was to be."""
        return any(one.failed for one in self.not_run)


def figures_of(read: Read, truth: Texts, beside: Texts | None) -> Figures:
    """Work out a contender's figures; `beside` is what the one `kraken` command wrote."""
    more = len(truth.by_page) - FEW
    per_page = (read.all.wall_seconds - read.few.wall_seconds) / more
    counted = errors(read.texts, truth)
    lines_a_page = read.texts.lines / max(len(read.texts.by_page), 1)
    return Figures(
        contender=read.contender,
        seconds_per_page=per_page,
        pages_per_minute=60 / per_page,
        lines_per_second=lines_a_page / per_page,
        cpu_seconds_per_page=(read.all.cpu_seconds - read.few.cpu_seconds) / more,
        start_up_seconds=read.few.wall_seconds - FEW * per_page,
        first_text_seconds=read.all.first_text_seconds,
        first_text_page=read.all.first_text,
        largest_process_bytes=read.all.largest_process_bytes,
        together_bytes=read.all.together_bytes,
        cer_fraction=counted.rate,
        agreement_fraction=agreement(read.texts, beside) if beside is not None else None,
        pages_without_text=read.texts.missing(tuple(truth.by_page)),
        device_busy_fraction=read.all.device_busy_share,
        others_cpu_fraction=read.all.other_cpu_seconds / (read.all.wall_seconds * (os.cpu_count() or 1)),
        step_seconds=read.step_seconds,
        spent_on_few=read.few,
        spent_on_all=read.all,
    )


def alone_document(alone: Alone) -> dict[str, object]:
    """Give the networks' figures for JSON."""
    cpu = apart(mean_steps([page.seconds for page in alone.cpu]))
    return {
        "network_wall_seconds_per_page": alone.network_wall_seconds,
        "network_cpu_seconds_per_page": alone.network_cpu_seconds,
        "step_cpu_seconds_per_page": cpu,
        "network_wall_seconds_by_page": {page.page: page.network_seconds for page in alone.wall},
    }


def comparison_document(comparison: Comparison) -> dict[str, object]:
    """Give a comparison for JSON."""
    return {
        "model": comparison.setup.model.stem,
        "lines": comparison.setup.lines,
        "pages": comparison.pages,
        "contenders": [asdict(one) for one in comparison.figures],
        "networks_alone": {name: alone_document(one) for name, one in comparison.alone.items()},
    }


def document(outcome: Outcome, bars: Sequence[object]) -> dict[str, object]:
    """Give everything for JSON; `bars` as they are judged."""
    return {
        "schema": SCHEMA,
        "made": outcome.made,
        "machine": asdict(outcome.machine),
        "device": outcome.device,
        "pages": outcome.pages,
        "pages_of_start_up": FEW,
        "lines_in_truth": outcome.lines,
        "folder": outcome.folder,
        "bars": bars,
        "comparisons": [comparison_document(one) for one in outcome.comparisons],
        "not_run": [asdict(one) for one in outcome.not_run],
    }

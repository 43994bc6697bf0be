"""The tables of a comparison, in Markdown: printed, and written into the documentation between two markers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.beside.bars import Bar
from bench.beside.contenders import API
from bench.beside.figures import Comparison, Figures, NotRun, Outcome
from bench.beside.limits import Alone
from bench.beside.machine import Described
from bench.beside.setting import CPU, FEW
from bench.beside.steps import BY_HAND, AloneStep, apart, mean_steps

NONE = "-"
BEGIN, END = "<!-- bench {}: begin -->", "<!-- bench {}: end -->"
GIB = 2**30
DISTURBED = 0.05
"""So much of the machine may be others' without a word about it."""

COLUMNS = (
    "contender",
    "pages/min",
    "s a page",
    "lines/s",
    "CPU s a page",
    "start-up s",
    "first text s",
    "largest process GiB",
    "all processes GiB",
    "CER %",
    "as kraken %",
    "device busy %",
)
PARTS = {
    AloneStep.OPEN: "decode",
    AloneStep.FIND_NETWORK: "segmentation network",
    AloneStep.FIND: "find lines, but for it",
    AloneStep.READ_NETWORK: "recognition network",
    AloneStep.READ: "cut and decode lines",
}
REST = "all else"


def tables(outcome: Outcome, bars: Sequence[Bar]) -> str:
    """Give everything that people read."""
    parts = [machine_words(outcome), *bar_table(bars)]
    parts += [section(comparison, outcome) for comparison in outcome.comparisons]
    if outcome.not_run:
        parts.append("Not run:")
        parts.append("\n".join(f"- {'; '.join(whats)}: {reason}" for reason, whats in by_reason(outcome.not_run)))
    return "\n\n".join(parts)


def by_reason(not_run: Sequence[NotRun]) -> Iterator[tuple[str, list[str]]]:
    """Give each reason once, with all that was left out for it."""
    for reason in dict.fromkeys(one.reason for one in not_run):
        yield reason, [one.what for one in not_run if one.reason == reason]


def machine_words(outcome: Outcome) -> str:
    """Say where, with what and on what it was measured."""
    return (
        f"{software_words(outcome.made, outcome.machine)}. "
        f"{outcome.pages} pages of {outcome.folder} with {outcome.lines} lines; start-up is taken out: the time of all "
        f"pages less the time of {FEW}. Load before: {outcome.machine.load_before:g}."
    )


def software_words(made: str, machine: Described) -> str:
    """Say when, where and with what it was measured."""
    flags = f" ({', '.join(machine.processor_flags)})" if machine.processor_flags else ""
    card = f"{machine.card}, driver {machine.card_driver}; " if machine.card else ""
    packages = ", ".join(f"{name} {number}" for name, number in machine.packages)
    return (
        f"{made}: {card}{machine.processor}{flags}, {machine.cores} cores, "
        f"{machine.memory_bytes / GIB:.0f} GiB, {machine.system}, Python {machine.python}, {packages}"
    )


def section(comparison: Comparison, outcome: Outcome) -> str:
    """Give a comparison's tables under its name."""
    busy = outcome.device != CPU
    rows = [contender_row(one) for one in comparison.figures]
    rows += [alone_row(f"networks alone, {name}", one, outcome) for name, one in comparison.alone.items()]
    shown = len(COLUMNS) if busy else len(COLUMNS) - 1
    parts = [
        f"**{comparison.setup.name}** ({comparison.pages} pages)",
        markdown(COLUMNS[:shown], [row[:shown] for row in rows]),
    ]
    parts += step_table("CPU seconds a page, step by step, each timed by itself:", dict(step_rows(comparison)))
    for kind in dict.fromkeys(kind for one in comparison.figures for kind in one.step_seconds if kind != BY_HAND):
        told_so = {one.contender: one.step_seconds[kind] for one in comparison.figures if kind in one.step_seconds}
        parts += step_table(f"`{kind}` of a page, means, as the run's own journal tells:", told_so)
    parts += [busy_words(one) for one in comparison.figures if one.others_cpu_fraction > DISTURBED]
    parts += [missing_words(one) for one in comparison.figures if one.pages_without_text]
    return "\n\n".join(parts)


def step_table(title: str, rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Give a table of seconds by contender and step, below its title; nothing where there are none."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    cells = [(who, *(told(row.get(name), ".2f") for name in names)) for who, row in rows.items()]
    return [title, markdown(("contender", *names), cells)] if names else []


def contender_row(one: Figures) -> tuple[str, ...]:
    """Give a contender's row."""
    return (
        one.contender,
        f"{one.pages_per_minute:.1f}",
        f"{one.seconds_per_page:.2f}",
        f"{one.lines_per_second:.1f}",
        f"{one.cpu_seconds_per_page:.2f}",
        f"{one.start_up_seconds:.1f}",
        told(one.first_text_seconds, ".1f"),
        f"{one.largest_process_bytes / GIB:.2f}",
        told(one.together_bytes, ".2f", 1 / GIB),
        told(one.cer_fraction, ".2f", 100),
        told(one.agreement_fraction, ".2f", 100),
        told(one.device_busy_fraction, ".0f", 100),
    )


def alone_row(name: str, alone: Alone, outcome: Outcome) -> tuple[str, ...]:
    """Give the row of the limit: every core, or the card, with nothing to do but forward passes."""
    cores = outcome.machine.cores if outcome.device == CPU else 1
    seconds = alone.network_wall_seconds / cores
    figures = f"{60 / seconds:.1f}", f"{seconds:.2f}", NONE, f"{alone.network_cpu_seconds:.2f}"
    return (name, *figures, *[NONE] * (len(COLUMNS) - 1 - len(figures)))


def step_rows(comparison: Comparison) -> Iterator[tuple[str, dict[str, float]]]:
    """Give where the CPU seconds of a page go: kraken's classes called by hand, and htrkit's stages, timed alone."""
    for one in comparison.figures:
        alone = comparison.alone.get(one.contender)
        if alone is not None:
            yield one.contender, named(mean_steps([page.seconds for page in alone.cpu]), one)
        elif one.contender == API.name and one.step_seconds:
            yield one.contender, named(one.step_seconds[BY_HAND], one)


def named(seconds: Mapping[str, float], one: Figures) -> dict[str, float]:
    """Give steps by their names for people; what is left of the run's CPU seconds is all else."""
    parts = apart(seconds)
    rest = one.cpu_seconds_per_page - sum(parts.values())
    return {**{name: parts[step] for step, name in PARTS.items() if step in parts}, REST: rest}


def bar_table(bars: Sequence[Bar]) -> list[str]:
    """Give a table of bars; nothing where there are none."""
    return [markdown(("what", "figure", "bar", "holds"), [bar_row(bar) for bar in bars])] if bars else []


def bar_row(bar: Bar) -> tuple[str, ...]:
    """Give a bar's row."""
    return bar.name, f"{bar.figure:.2f} {bar.unit}", f"{bar.sense} {bar.bar:g}", "yes" if bar.holds else "**no**"


def busy_words(one: Figures) -> str:
    """Say that others disturbed a contender."""
    return f"While {one.contender} ran, others took {one.others_cpu_fraction:.0%} of the machine."


def missing_words(one: Figures) -> str:
    """Say that a contender left pages out."""
    return f"{one.contender} wrote nothing of {len(one.pages_without_text)} pages; they count as wrong altogether."


def told(value: float | None, form: str, factor: float = 1.0) -> str:
    """Give a figure, or a dash for one that is not known."""
    return NONE if value is None else format(value * factor, form)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table, its figures to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def put_between(page: Path, name: str, text: str) -> None:
    """Replace what stands between the two markers of a name; raises ValueError where they are not there."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        raise ValueError(f"{page}: no {begin} and {end} in it")
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")

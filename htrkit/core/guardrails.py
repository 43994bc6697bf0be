"""The guardrails: what people should know of a set-up, and what cannot end well, found before anything is loaded."""

from collections.abc import Callable, Iterator

from htrkit.config.choices import ExecutorKind, Segmenter
from htrkit.config.settings import Settings
from htrkit.core.guarded import Guard, Guarded
from htrkit.core.memory_guards import batch_memory, memory, precision
from htrkit.core.time_guards import cpu_words, long_run
from htrkit.domain.engine import DeviceKind, EngineRow, Reads
from htrkit.domain.finding import Finding, Severity

MANY_PAGES = 100
"""Below that, nobody would make layouts by hand to be done sooner."""

Rule = Callable[[Guarded], Iterator[Finding]]


def guardrail_findings(guarded: Guarded) -> tuple[Finding, ...]:
    """Give all findings at once, in the order of the rules."""
    rules = RULES if guarded.settings.server is None else RULES_FOR_A_SERVER
    if guarded.settings.executor is not ExecutorKind.LOCAL:
        rules = tuple(rule for rule in rules if rule in RULES_FOR_A_CLUSTER)
    return tuple(finding for rule in rules for finding in rule(guarded))


def clamped(settings: Settings, row: EngineRow) -> Settings:
    """Give the settings with the row's limits, where that is asked for."""
    if not settings.clamp or settings.num_beams <= _most_beams(row):
        return settings
    return settings.model_copy(update={"num_beams": _most_beams(row)})


def least_device(guarded: Guarded) -> Iterator[Finding]:
    """Engines that are meant for a GPU read on the CPU only where that is asked for."""
    row = guarded.row
    if row.least_device is not DeviceKind.CUDA or not guarded.on_cpu:
        return
    message = f"{row.name} is meant for a GPU. On the CPU, {cpu_words(row.cpu_page)}."
    if guarded.settings.allow_slow_cpu:
        mend = "Take a GPU with -d all, or fewer pages with --sample N."
        yield Finding(Guard.SLOW_CPU, Severity.WARNING, message, mend)
        return
    mend = "Read on the CPU all the same with --allow-slow-cpu, or take -e kraken, which is quick enough there."
    yield Finding(Guard.SLOW_CPU, Severity.BLOCKER, message, mend)


def beams(guarded: Guarded) -> Iterator[Finding]:
    """More beams cost more than they bring; where the engine has none, they are no help at all."""
    row, settings = guarded.row, guarded.settings
    most = _most_beams(row)
    if settings.num_beams <= most:
        return
    if row.beams_limit is None:
        limit = f"{row.name} does not search with beams: num_beams = {settings.num_beams} is without effect."
    else:
        above = f"num_beams = {settings.num_beams} is above the limit of {row.name}, {most}"
        limit = f"{above}: each beam costs its own time and memory."
    if settings.clamp:
        yield Finding(Guard.BEAMS, Severity.NOTE, f"{limit} It reads with {most}.")
    else:
        yield Finding(Guard.BEAMS, Severity.WARNING, limit, f"Take --num-beams {most}, or --clamp.")


def batch(guarded: Guarded) -> Iterator[Finding]:
    """A batch size outside the range is slow or does not fit; on the CPU small ones are right."""
    row, size = guarded.row, guarded.settings.batch_size
    if not isinstance(size, int):
        return
    least = 1 if guarded.on_cpu else row.batch.least
    if least <= size <= row.batch.most:
        return
    message = f"batch_size = {size} is outside what makes sense for {row.name}: {least} to {row.batch.most}"
    why = (
        "A larger batch gains nothing and may not fit."
        if size > row.batch.most
        else "The device idles between batches."
    )
    mend = "Take --batch-size auto."
    yield Finding(Guard.BATCH, Severity.WARNING, f"{message} ({row.batch.source.words}).", mend, why)


def lines_in_page(guarded: Guarded) -> Iterator[Finding]:
    """An engine that reads lines in their page needs both, from wherever they come."""
    row, pages = guarded.row, guarded.pages
    if row.reads is not Reads.LINES_IN_PAGE:
        return
    why = (
        "Published as needing PAGE XML; what it needs is baselines, from PAGE, ALTO or Kraken, and the page's picture."
    )
    source = "Take -s auto: lines come from PAGE or ALTO files, and from Kraken where there are none."
    if guarded.settings.segmenter is Segmenter.NONE:
        message = f"{row.name} reads lines in their page, and with `-s none` there are no lines."
        yield Finding(Guard.NO_LINES, Severity.BLOCKER, message, source, why)
    if pages is None:
        return
    if guarded.settings.segmenter is Segmenter.SIDECAR and pages.without_lines:
        message = (
            f"{row.name} reads lines in their page, and {_has(pages.without_lines, pages.pages)} PAGE or ALTO file."
        )
        yield Finding(Guard.NO_LINES, _severity(pages.without_lines, pages.pages), message, source, why)
    if pages.without_picture:
        message = f"{row.name} reads lines in their page, and {_has(pages.without_picture, pages.pages)} picture of it."
        mend = "Put the pictures beside their PAGE or ALTO files."
        yield Finding(Guard.NO_PICTURE, _severity(pages.without_picture, pages.pages), message, mend, why)


def segment_timeout(guarded: Guarded) -> Iterator[Finding]:
    """A limit that ends sound pages costs more than a page that hangs."""
    limit, row = guarded.settings.segment_timeout, guarded.segmenter
    if not isinstance(limit, float) or not guarded.to_segment or not guarded.devices:
        return
    place, needed = ("CPU", row.slow_page_on_cpu_seconds) if guarded.on_cpu else ("GPU", row.slow_page_on_gpu_seconds)
    if limit >= needed:
        return
    message = (
        f"A limit of {limit:g} s for the segmentation of a page will end sound pages too: with a {place} they took up "
        f"to {needed:g} s ({row.measured.words}). {row.limit_seconds:g} s is the limit {row.limit_source.words}."
    )
    yield Finding(Guard.SEGMENT_TIMEOUT, Severity.WARNING, message, "Take --segment-timeout auto.")


def segmenting(guarded: Guarded) -> Iterator[Finding]:
    """Say what would spare time where the lines of many pages must be found on the CPU."""
    if guarded.on_cpu and guarded.to_segment >= MANY_PAGES:
        message = f"The lines of {guarded.to_segment:,} pages must be found. {guarded.segmenter.advice}"
        yield Finding(Guard.SEGMENTING, Severity.NOTE, message)


def parallel(guarded: Guarded) -> Iterator[Finding]:
    """Say what a wish for several GPUs comes to."""
    settings, cards = guarded.settings, guarded.cards
    if not settings.parallel_gpus:
        return
    if settings.device != "all":
        message = f"--parallel-gpus is `-d all`, and `-d {settings.device}` does not count beside it."
        yield Finding(Guard.DEVICES, Severity.WARNING, message, "Leave one of them out.")
    if guarded.devices and len(cards) < 2:
        there = f"one GPU, {cards[0].device}: it" if cards else "no GPU: the CPU"
        yield Finding(Guard.DEVICES, Severity.NOTE, f"--parallel-gpus: there is {there} reads alone.")


def engine(guarded: Guarded) -> Iterator[Finding]:
    """Say what people should know of the engine."""
    for warning in guarded.row.warnings:
        yield Finding(Guard.ENGINE, Severity.NOTE, f"{guarded.row.name}: {warning}")


RULES: tuple[Rule, ...] = (
    parallel,
    least_device,
    memory,
    precision,
    batch,
    batch_memory,
    beams,
    long_run,
    lines_in_page,
    segment_timeout,
    segmenting,
    engine,
)

RULES_FOR_A_SERVER: tuple[Rule, ...] = (lines_in_page,)
"""Whatever the server computes on, it is not this machine's."""

RULES_FOR_A_CLUSTER: tuple[Rule, ...] = (beams, lines_in_page, engine)
"""What depends on no device: each node holds its own against all rules."""


def _most_beams(row: EngineRow) -> int:
    return 1 if row.beams_limit is None else row.beams_limit


def _has(number: int, pages: int) -> str:
    return f"none of the {pages:,} pages has a" if number == pages else f"{number:,} of the {pages:,} pages have no"


def _severity(number: int, pages: int) -> Severity:
    return Severity.BLOCKER if number == pages else Severity.WARNING

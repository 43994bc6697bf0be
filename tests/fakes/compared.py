"""Comparisons with round figures, as the bench beside kraken comes to them, and contenders that read nothing at all."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.beside.contenders import Command, Contender, Family, Job
from bench.beside.figures import Comparison, Figures, NotRun, Outcome
from bench.beside.limits import Alone
from bench.beside.machine import Described
from bench.beside.measuring import Spent, measured
from bench.beside.setting import CPU, MEDIEVAL, Lines, Setup
from bench.beside.steps import AloneStep, PageSteps
from bench.beside.whole import Devices, Scaling, Whole
from bench.scales.rows import Row
from bench.simulated.gains import BY_DEVICES, Gain, Run

SPENT = Spent(
    wall_seconds=10.0,
    cpu_seconds=12.0,
    largest_process_bytes=2**30,
    together_bytes=2**31,
    first_text_seconds=5.0,
    first_text="000",
    other_cpu_seconds=0.0,
)
MACHINE = Described(
    processor="A Processor",
    cores=2,
    processor_flags=("avx2", "amx_bf16"),
    memory_bytes=8 * 2**30,
    system="Linux 6.1 x86_64",
    python="3.11.9",
    packages=(("htrkit", "0.1.0"), ("kraken", "7.1.1")),
    card=None,
    card_driver=None,
    load_before=0.0,
)
FOUND = Setup(MEDIEVAL, Lines.FOUND)
XML = (
    '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
    '<Page imageFilename="{image}" imageWidth="100" imageHeight="50"><TextRegion id="r">'
    '<Coords points="0,0 99,0 99,49 0,49"/><TextLine id="l"><Coords points="5,5 90,5 90,40 5,40"/>'
    '<Baseline points="5,35 90,35"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>'
    "</TextRegion></Page></PcGts>"
)


def figures(contender: str, *, seconds: float = 1.0, cpu: float = 1.0, **others: object) -> Figures:
    """Give figures that nothing is wrong with."""
    one = Figures(
        contender=contender,
        seconds_per_page=seconds,
        pages_per_minute=60 / seconds,
        lines_per_second=40 / seconds,
        cpu_seconds_per_page=cpu,
        start_up_seconds=4.0,
        first_text_seconds=5.0,
        first_text_page="000",
        largest_process_bytes=2**30,
        together_bytes=2**31,
        cer_fraction=0.1,
        agreement_fraction=None,
        pages_without_text=(),
        device_busy_fraction=None,
        others_cpu_fraction=0.0,
        step_seconds={},
        spent_on_few=SPENT,
        spent_on_all=SPENT,
    )
    return replace(one, **others)  # type: ignore[arg-type]


def alone(*, network: float = 1.0, decoding: float = 0.0) -> Alone:
    """Give the networks alone: so many seconds a page, all of it segmentation."""
    seconds = {
        AloneStep.OPEN: decoding,
        AloneStep.FIND: network + 0.25,
        AloneStep.FIND_NETWORK: network,
        AloneStep.READ: 0.125,
    }
    steps = (PageSteps("000", seconds), PageSteps("001", seconds))
    return Alone(steps, steps)


def comparison(*found: Figures, setup: Setup = FOUND, limits: Mapping[str, Alone] | None = None) -> Comparison:
    """Give a comparison of these."""
    return Comparison(setup, 8, found, limits or {})


def outcome(*comparisons: Comparison, device: str = CPU, not_run: tuple[NotRun, ...] = ()) -> Outcome:
    """Give a bench of these."""
    return Outcome(MACHINE, device, "2026-11-25", 8, 346, "demo", comparisons, not_run)


def row(pages: int, cost: float = 1.0, *, series: str = "pages", peak: int = 10**8, early: int = 10**8) -> Row:
    """Give a run of two workers and one device whose CPU seconds are a tenth of those on the clock."""
    return Row(series, f"{pages} pages", pages, 2, 1, cost, cost / 10, peak, early)


def gain(one: float, two: float, *, case: str = BY_DEVICES.name) -> Gain:
    """Give a case that took so many seconds on one device, and on two."""
    return Gain(case, 160, Run(one, 0.95, 0.07), Run(two, 0.9, 0.12))


def scaling(*rows: Row) -> Scaling:
    """Give runs that grow, of another day and machine than `outcome`."""
    return Scaling("2026-11-26", replace(MACHINE, processor="Another Processor"), rows)


def devices(*cases: Gain) -> Devices:
    """Give devices, of another day and machine than `outcome`."""
    return Devices("2026-11-27", replace(MACHINE, processor="A Third Processor"), cases)


def whole(**parts: object) -> Whole:
    """Give a bench of these parts."""
    return Whole(**parts)  # type: ignore[arg-type]


def pages_in(folder: Path, count: int, *, text: str = "arma") -> Path:
    """Fill a folder with so many pages: something that is no picture, and XML with one line of text."""
    folder.mkdir(parents=True)
    for number in range(count):
        image = folder / f"{chr(ord('a') + number)}.jpg"
        image.write_bytes(b"no picture")
        image.with_suffix(".xml").write_text(XML.format(image=image.name, text=text), encoding="utf-8")
    return folder


def steadily(
    commands: Sequence[Sequence[str]], out: Path, *, environment: Mapping[str, str], card: str | None
) -> Spent:
    """Run commands really, and tell of a second a page and four before, however busy the machine is."""
    spent = measured(commands, out, environment=environment, card=card)
    return replace(spent, wall_seconds=4.0 + len(list(out.glob("*.txt"))))


def writing(name: str, text: str) -> Contender:
    """Give a contender that writes the same text for all pages."""
    code = (
        "import pathlib, sys\n"
        "for page in sorted(pathlib.Path(sys.argv[1]).glob('*.jpg')):\n"
        "    pathlib.Path(sys.argv[2], page.stem + '.txt').write_text(sys.argv[3])\n"
    )

    def commands(job: Job) -> list[Command]:
        return [[sys.executable, "-c", code, str(job.pages), str(job.out), text]]

    return Contender(name, Family.KRAKEN, commands)


def failing(name: str) -> Contender:
    """Give a contender whose command says why and fails."""
    code = "import sys; print('there is no such model'); sys.exit(3)"
    return Contender(name, Family.KRAKEN, lambda _: [[sys.executable, "-c", code]])

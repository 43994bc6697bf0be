"""Lets everyone read the same pages, one after the other, and keeps what each took."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.beside.contenders import API, KRAKEN, Contender, Family, Job, had, lacking
from bench.beside.figures import Comparison, NotRun, Read, figures_of
from bench.beside.limits import Alone, Calling, alone
from bench.beside.measuring import Broken, Measuring, Spent, measured
from bench.beside.pages import Pages
from bench.beside.setting import CPU, FEW, Lines, Setup
from bench.beside.steps import BY_HAND, STEPS_FILE, journal_steps, mean_steps, steps_in
from bench.beside.truth import Texts, texts_below, truth_below

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What everyone is given: pages, a folder for what is made, a device, and someone who is told how it goes."""

    pages: Mapping[Lines, Pages]
    work: Path
    device: str
    cores: int
    tell: Tell
    measuring: Measuring = measured

    @property
    def card(self) -> str | None:
        """The card, or None for the CPU."""
        return None if self.device == CPU else self.device


def compared(bench: Bench, setup: Setup, contenders: Sequence[Contender]) -> tuple[Comparison, list[NotRun]]:
    """Let contenders read in turn; one that fails is left out with the reason, and the others go on."""
    truth = truth_below(bench.pages[setup.lines].truth)
    done: list[tuple[Contender, Read]] = []
    limits: dict[str, Alone] = {}
    left_out = []
    for contender in contenders:
        missing = lacking(contender)
        if missing is not None:
            left_out.append(NotRun(f"{contender.name}, {setup.name}", missing))
            continue
        try:
            done.append((contender, read(bench, setup, contender)))
            if contender.family is Family.HTRKIT:
                limits[contender.name] = limit(bench, setup, contender)
        except Broken as error:
            bench.tell(f"{setup.name}: {contender.name} failed: {error}")
            left_out.append(NotRun(f"{contender.name}, {setup.name}", str(error), failed=True))
    krakens = next((one.texts for contender, one in done if contender.name == KRAKEN.name), None)
    figures = [figures_of(one, truth, beside(contender, krakens)) for contender, one in done]
    return Comparison(setup, len(truth.by_page), tuple(figures), limits), left_out


def beside(contender: Contender, krakens: Texts | None) -> Texts | None:
    """Give the texts that a contender's are held against."""
    return None if contender.name == KRAKEN.name else krakens


def read(bench: Bench, setup: Setup, contender: Contender) -> Read:
    """Let a contender read the first page untimed, then a few, then all; raises Broken."""
    place = place_of(bench, setup, contender)
    pages = bench.pages[setup.lines]
    if contender.warmed:
        spent_on(bench, setup, contender, pages.one, place / "one")
    few = spent_on(bench, setup, contender, pages.few, place / "few")
    full = spent_on(bench, setup, contender, pages.all, place / "all")
    bench.tell(f"{setup.name}: {contender.name}: {full.wall_seconds:.1f} s, of it {few.wall_seconds:.1f} s for a few")
    if full.wall_seconds <= few.wall_seconds:
        raise Broken(f"{len(pages.names)} pages took no longer than {FEW}: they are too few, or the machine is busy")
    return Read(contender.name, few, full, texts_below(place / "all"), steps_of(contender, place / "all"))


def place_of(bench: Bench, setup: Setup, contender: Contender) -> Path:
    """Give the folder for what a contender makes of a setup."""
    names = (name.replace(",", "").replace(" ", "-") for name in (setup.name, contender.name))
    return bench.work.joinpath(*names)


def spent_on(bench: Bench, setup: Setup, contender: Contender, pages: Path, out: Path) -> Spent:
    """Run a contender over a folder; raises Broken."""
    out.mkdir(parents=True)
    commands = contender.commands(Job(setup, pages, out, bench.device))
    return bench.measuring(commands, out, environment=environment_of(contender, bench.work), card=bench.card)


def steps_of(contender: Contender, out: Path) -> Mapping[str, Mapping[str, float]]:
    """Give what a contender tells of its own steps."""
    if contender.name == API.name:
        by_hand = steps_in(out / STEPS_FILE)
        return {BY_HAND: mean_steps([page.seconds for page in by_hand])} if by_hand else {}
    return journal_steps(out) if contender.family is Family.HTRKIT else {}


def limit(bench: Bench, setup: Setup, contender: Contender) -> Alone:
    """Time the networks alone as a contender calls them; raises Broken."""
    place = place_of(bench, setup, contender) / "alone"
    environment = environment_of(contender, bench.work)
    calling = Calling(tuple(had(contender.settings)), bench.device, bench.cores, environment)
    found = alone(setup, bench.pages[setup.lines].all, place, calling)
    shutil.rmtree(place)
    bench.tell(f"{setup.name}: the networks of {contender.name} alone: {found.network_wall_seconds:.2f} s a page")
    return found


def environment_of(contender: Contender, work: Path) -> dict[str, str]:
    """Give the environment: kraken's libraries get one thread, and htrkit neither settings nor a cache from outside."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HTRKIT_", "OMP_"))}
    if contender.family is Family.KRAKEN:
        return {**inherited, "OMP_NUM_THREADS": "1"}
    return {**inherited, "XDG_CACHE_HOME": str(work / "cache")}

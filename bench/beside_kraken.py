"""Times the `kraken` command, kraken's own classes and htrkit in turn, on the same pages, model and cores, in one run.

    python bench/beside_kraken.py                 8 pages, minutes
    python bench/beside_kraken.py --full          all pages of the bench set, hours; then runs that grow and two
                                                  simulated devices beside one, 15 minutes; all of it goes into the docs
    python bench/beside_kraken.py --full --parts scaling,devices
                                                  these alone: the comparison that stands in the JSON and the docs stays

Without `--full` the comparison alone is run, unless `--parts` names others, which have no short form. What is not run
stays as the JSON has it, with its own day and machine.
Pages come from `demo` (`--full`: `bench`) below the folder that HTRKIT_SHARED names, from `--folder`, or from the
examples that come with htrkit. On a machine with CUDA, all compute on `cuda:0`; `--device cpu` lets them be compared on
the CPU there. Nothing is installed or fetched.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.beside.bars import bars_of  # noqa: E402 - found below the parent of this file's folder
from bench.beside.comparing import Bench, compared  # noqa: E402
from bench.beside.contenders import CONTENDERS, Contender, is_usual  # noqa: E402
from bench.beside.figures import Comparison, NotRun, Outcome  # noqa: E402
from bench.beside.growth_tables import whole_tables  # noqa: E402
from bench.beside.machine import described  # noqa: E402
from bench.beside.measuring import Measuring, measured  # noqa: E402
from bench.beside.others import Run, beside_others  # noqa: E402
from bench.beside.pages import copied, default_folder, enough, sources  # noqa: E402
from bench.beside.setting import CPU, FEW, FULL, QUICK, Lines, Setup  # noqa: E402
from bench.beside.standing import Unreadable, standing, whole_document  # noqa: E402
from bench.beside.table import put_between  # noqa: E402
from bench.beside.truth import truth_below  # noqa: E402
from bench.beside.whole import Devices, Part, Scaling, Whole  # noqa: E402
from bench.scales.rows import Row  # noqa: E402
from bench.scaling import usual_rows  # noqa: E402
from bench.simulated.gains import Gain, gains  # noqa: E402
from htrkit.devices.cards import visible_cards  # noqa: E402
from htrkit.devices.quotas import usable_cores  # noqa: E402

PAGES = 8
DOCS_PAGE = ROOT / "docs" / "explanation" / "speed.md"
DOCS_FIGURES = ROOT / "docs" / "_figures"


@dataclass(frozen=True, slots=True)
class Measures:
    """What measures each part."""

    commands: Measuring = measured
    """The commands that are compared."""
    rows: Callable[[], Iterable[Row]] = usual_rows
    """Runs that grow."""
    gains: Callable[[], Iterable[Gain]] = gains
    """Two simulated devices."""


MEASURES = Measures()


def main(words: Sequence[str] | None = None, *, measures: Measures = MEASURES) -> int:
    """Measure, print the tables, write the JSON; 0 whatever the figures are, 1 where somebody could not be run."""
    asked = options().parse_args(words)
    if asked.cores:
        # All that is started inherits it.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.cores])
    try:
        whole = standing(json_place(asked))
    except Unreadable as error:
        sys.exit(str(error))
    for renewed in measuring(whole, asked, measures):
        whole = renewed
        written(whole, asked)
    sys.stdout.write(whole_tables(whole) + "\n")
    return int(Part.KRAKEN in parts(asked) and whole.kraken is not None and whole.kraken.failed)


def measuring(whole: Whole, asked: argparse.Namespace, measures: Measures) -> Iterator[Whole]:
    """Measure the parts that are asked for, and give the whole whenever something of it is new.

    A part's figures take the place of those that stood, and no others': a run that is broken off loses nothing.
    """
    if Part.KRAKEN in parts(asked):
        for outcome in beside_krakens(asked, measures.commands):
            whole = replace(whole, kraken=outcome, kraken_bars=bars_of(outcome))
            yield whole
    if Part.SCALING in parts(asked):
        machine = described(CPU)
        whole = replace(whole, scaling=Scaling(today(), machine, followed(measures.rows())))
        yield whole
    if Part.DEVICES in parts(asked):
        machine = described(CPU)
        whole = replace(whole, devices=Devices(today(), machine, followed(measures.gains())))
        yield whole


def beside_krakens(asked: argparse.Namespace, commands: Measuring) -> Iterator[Outcome]:
    """Compare over the pages that are asked for; gives all that is known after each comparison."""
    folder = asked.folder or default_folder(full=asked.full)
    found = sources(folder)
    chosen = found[: asked.pages or (len(found) if asked.full else PAGES)]
    if len(chosen) <= FEW:
        sys.exit(f"{folder}: {len(chosen)} pages with XML beside them are there, and {FEW + 1} are needed")
    with tempfile.TemporaryDirectory(prefix="htrkit-bench-", dir=asked.work) as place:
        pages = {lines: copied(enough(chosen, lines), Path(place) / lines, lines) for lines in Lines}
        bench = Bench(pages, Path(place), device_of(asked), usable_cores(), tell, commands)
        yield from benched(bench, folder.name, asked)


def followed(runs: Iterable[Run]) -> list[Run]:
    """Make runs one after the other, and say when each is done."""
    done = []
    for run in beside_others(runs):
        tell(f"done: {run.case}")
        done.append(run)
    return done


def options() -> argparse.ArgumentParser:
    """Give the command's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all pages of the bench set, both models, into the docs")
    parser.add_argument(
        "--parts",
        type=parts_named,
        metavar=",".join(Part),
        help=f"what is measured (default: {Part.KRAKEN}; with --full, all); the others stay as the JSON has them",
    )
    parser.add_argument("--pages", type=int, help=f"so many pages (default: {PAGES}; with --full, all)")
    parser.add_argument("--folder", type=Path, help="images with ALTO or PAGE files beside them, of your own")
    parser.add_argument("--device", help="cpu or cuda:0 (default: the first card, or the CPU where there is none)")
    parser.add_argument("--cores", type=int, help="only so many cores, for all of them (default: all)")
    names, unusual = [one.name for one in CONTENDERS], [one.name for one in CONTENDERS if not is_usual(one, CPU)]
    parser.add_argument("--only", action="append", choices=names, help="a contender; may be given several times")
    parser.add_argument("--also", action="append", choices=unusual, default=[], help="one more; likewise")
    parser.add_argument("--setup", action="append", choices=[one.name for one in FULL], help="a comparison; likewise")
    parser.add_argument("--json", type=Path, help="where the JSON goes (default: bench-cpu.json, or into the docs)")
    parser.add_argument("--docs", action="store_true", help="write the tables into the docs, as --full does")
    parser.add_argument("--work", type=Path, help="a folder for temporary files")
    return parser


def benched(bench: Bench, folder: str, asked: argparse.Namespace) -> Iterator[Outcome]:
    """Let everyone read; what is known is given after each comparison, so that it is not lost."""
    pages = bench.pages[Lines.FOUND]
    machine, lines = described(bench.device), truth_below(pages.truth).lines
    comparisons: list[Comparison] = []
    not_run = list(unasked(asked))
    for setup in setups(asked):
        comparison, missing = compared(bench, setup, contenders(asked))
        comparisons.append(comparison)
        not_run += missing
        so_far = tuple(comparisons), tuple(not_run)
        yield Outcome(machine, bench.device, today(), len(pages.names), lines, folder, *so_far)


def parts_named(words: str) -> tuple[Part, ...]:
    """Read parts with commas between them; raises ArgumentTypeError."""
    try:
        return tuple(Part(word.strip()) for word in words.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}: {', '.join(Part)}, with commas between them") from error


def parts(asked: argparse.Namespace) -> tuple[Part, ...]:
    """Give the parts that are asked for."""
    chosen: tuple[Part, ...] = asked.parts or (tuple(Part) if asked.full else (Part.KRAKEN,))
    return chosen


def device_of(asked: argparse.Namespace) -> str:
    """Give the device that is asked for, or the first card, or the CPU."""
    return asked.device or ("cuda:0" if visible_cards(os.environ) else CPU)


def setups(asked: argparse.Namespace) -> list[Setup]:
    """Give the comparisons that are asked for."""
    if asked.setup:
        return [one for one in FULL if one.name in asked.setup]
    return list(FULL if asked.full else QUICK)


def contenders(asked: argparse.Namespace) -> list[Contender]:
    """Give those that are asked for."""
    wanted = asked.only or [*(one.name for one in CONTENDERS if is_usual(one, device_of(asked))), *asked.also]
    return [one for one in CONTENDERS if one.name in wanted]


def unasked(asked: argparse.Namespace) -> Iterator[NotRun]:
    """Say what nobody asked for."""
    chosen = {*(one.name for one in contenders(asked)), *(one.name for one in setups(asked))}
    for name in (*(one.name for one in CONTENDERS), *(one.name for one in FULL)):
        if name not in chosen:
            yield NotRun(name, "nobody asked for it")


def written(whole: Whole, asked: argparse.Namespace) -> None:
    """Write what is known so far: the JSON, and the tables where they belong into the docs."""
    place = json_place(asked)
    place.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(whole_document(whole), indent=1, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")
    if into_docs(asked):
        put_between(DOCS_PAGE, kind_of(asked), whole_tables(whole))


def json_place(asked: argparse.Namespace) -> Path:
    """Give where the JSON is, or will be."""
    place: Path = asked.json or (DOCS_FIGURES if into_docs(asked) else Path()) / f"bench-{kind_of(asked)}.json"
    return place


def into_docs(asked: argparse.Namespace) -> bool:
    """Tell whether the tables go into the docs."""
    return bool(asked.docs or asked.full)


def kind_of(asked: argparse.Namespace) -> str:
    """Give the name of the tables' place in the docs."""
    return "cpu" if device_of(asked) == CPU else "gpu"


def today() -> str:
    """Give the day, ISO 8601."""
    return datetime.now(UTC).date().isoformat()


def tell(text: str) -> None:
    """Say how it goes, with the time of day."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {text}\n")


if __name__ == "__main__":
    # Whoever ends us ends the command in hand, too, and all that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

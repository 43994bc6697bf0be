"""Times the `kraken` command, kraken's own classes and htrkit in turn, on the same pages, model and cores, in one run.

    python bench/beside_kraken.py                 8 pages, minutes
    python bench/beside_kraken.py --full          all pages of the bench set, hours; the tables go into the docs

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
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.beside.bars import bars_of  # noqa: E402 - found below the parent of this file's folder
from bench.beside.comparing import Bench, compared  # noqa: E402
from bench.beside.contenders import CONTENDERS, Contender, is_usual  # noqa: E402
from bench.beside.figures import Comparison, NotRun, Outcome, document  # noqa: E402
from bench.beside.machine import described  # noqa: E402
from bench.beside.measuring import Measuring, measured  # noqa: E402
from bench.beside.pages import copied, default_folder, enough, sources  # noqa: E402
from bench.beside.setting import CPU, FEW, FULL, QUICK, Lines, Setup  # noqa: E402
from bench.beside.table import put_between, tables  # noqa: E402
from bench.beside.truth import truth_below  # noqa: E402
from htrkit.devices.cards import visible_cards  # noqa: E402
from htrkit.devices.quotas import usable_cores  # noqa: E402

PAGES = 8
DOCS_PAGE = ROOT / "docs" / "explanation" / "speed.md"
DOCS_FIGURES = ROOT / "docs" / "_figures"


def main(words: Sequence[str] | None = None, *, measuring: Measuring = measured) -> int:
    """Compare, print the tables, write the JSON; 0 whatever the figures are, 1 where somebody could not be run."""
    asked = options().parse_args(words)
    if asked.cores:
        # All that is started inherits it.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: asked.cores])
    folder = asked.folder or default_folder(full=asked.full)
    found = sources(folder)
    chosen = found[: asked.pages or (len(found) if asked.full else PAGES)]
    if len(chosen) <= FEW:
        sys.exit(f"{folder}: {len(chosen)} pages with XML beside them are there, and {FEW + 1} are needed")
    with tempfile.TemporaryDirectory(prefix="htrkit-bench-", dir=asked.work) as place:
        pages = {lines: copied(enough(chosen, lines), Path(place) / lines, lines) for lines in Lines}
        bench = Bench(pages, Path(place), device_of(asked), usable_cores(), tell, measuring)
        outcome = benched(bench, folder.name, asked)
    sys.stdout.write(tables(outcome, bars_of(outcome)) + "\n")
    return int(any(one.failed for one in outcome.not_run))


def options() -> argparse.ArgumentParser:
    """Give the command's options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all pages of the bench set, both models, into the docs")
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


def benched(bench: Bench, folder: str, asked: argparse.Namespace) -> Outcome:
    """Let everyone read; figures are written after each comparison, so that what is done is not lost."""
    pages = bench.pages[Lines.FOUND]
    machine, lines = described(bench.device), truth_below(pages.truth).lines
    comparisons: list[Comparison] = []
    not_run = list(unasked(asked))
    for setup in setups(asked):
        comparison, missing = compared(bench, setup, contenders(asked))
        comparisons.append(comparison)
        not_run += missing
        made = datetime.now(UTC).date().isoformat()
        so_far = tuple(comparisons), tuple(not_run)
        outcome = Outcome(machine, bench.device, made, len(pages.names), lines, folder, *so_far)
        written(outcome, asked)
    return outcome


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


def written(outcome: Outcome, asked: argparse.Namespace) -> None:
    """Write what is known so far: the JSON, and the tables where they belong into the docs."""
    kind = "cpu" if outcome.device == CPU else "gpu"
    into_docs = asked.docs or asked.full
    place = asked.json or (DOCS_FIGURES if into_docs else Path()) / f"bench-{kind}.json"
    bars = bars_of(outcome)
    place.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document(outcome, [bar.document() for bar in bars]), indent=1, ensure_ascii=False)
    place.write_text(text + "\n", encoding="utf-8")
    if into_docs:
        put_between(DOCS_PAGE, kind, tables(outcome, bars))


def tell(text: str) -> None:
    """Say how it goes, with the time of day."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {text}\n")


if __name__ == "__main__":
    # Whoever ends us ends the command in hand, too, and all that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

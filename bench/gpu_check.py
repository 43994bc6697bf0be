"""Checks htrkit on a real GPU, in one command and within ten minutes: one table, a JSON beside it, exit 0 or 1.

    python bench/gpu_check.py [CHECK ...] [--card cuda:0] [--json FILE]

Needs this folder's parent with htrkit/ and examples/ in it, and the packages that htrkit itself needs (torch with CUDA,
kraken, lxml, natsort, numpy, nvidia-ml-py, opencv-python-headless, orjson, pillow, psutil, pydantic, pypdfium2,
rapidfuzz, rich, transformers, typer); nothing is installed or fetched. Without CUDA it says so and ends with 0.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.gpu.budget import Budget, command_for  # noqa: E402 - found below the parent of this file's folder
from bench.gpu.catalog import CHECKS, Check  # noqa: E402
from bench.gpu.outcomes import Figure, Result, document, exit_status, table  # noqa: E402
from bench.gpu.setting import CPU  # noqa: E402
from htrkit.devices.cards import visible_cards  # noqa: E402
from htrkit.domain.device import Card  # noqa: E402

MINUTES = 10.0
PAGES = 60


def main(words: Sequence[str] | None = None) -> int:
    """Make the checks, print the table, write the JSON."""
    asked = options().parse_args(words)
    reason, card = card_for(asked.card)
    if asked.rehearse:
        card = None
    elif card is None:
        say(f"skipped: {reason}")
        return 0
    checks = [check for check in CHECKS if not asked.checks or check.name in asked.checks]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="htrkit-gpu-check-") as folder:
        results = list(made(checks, card, Path(folder), asked))
    seconds = time.monotonic() - start
    say(table(results))
    asked.json.write_text(json.dumps(document(results, machine(card), seconds), indent=1), encoding="utf-8")
    say(f"\n{seconds:.0f} s on {card.name if card else 'the CPU, as a rehearsal'}; written to {asked.json}")
    return exit_status(results)


def options() -> argparse.ArgumentParser:
    """Give the command's options."""
    listed = "\n".join(f"  {check.name:<14} {check.what} (at most {check.limit_seconds:.0f} s)" for check in CHECKS)
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"checks:\n{listed}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help="only these; without any, all")
    parser.add_argument("--card", default="cuda:0", help="the card to check, as `htrkit gpus` names it")
    parser.add_argument("--json", type=Path, default=Path("gpu-check.json"), help="where the JSON goes")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all checks together")
    parser.add_argument("--pages", type=int, default=PAGES, help="of the runs")
    parser.add_argument("--patience", type=float, default=1.0, help="so many times every limit, for a slow machine")
    parser.add_argument("--rehearse", action="store_true", help="let the CPU stand in for the card, where it can")
    return parser


def card_for(wish: str) -> tuple[str, Card | None]:
    """Give the card to check, or why there is none: asked of the driver, and then of torch."""
    cards = visible_cards(os.environ)
    if not cards:
        return "the NVIDIA driver shows no GPU here; `htrkit gpus` says more", None
    card = next((one for one in cards if wish in {one.device, one.uuid}), None)
    if card is None:
        return f"there is no {wish} here, but {', '.join(one.device for one in cards)}", None
    # Seconds, and only where the driver shows a card.
    import torch  # noqa: PLC0415

    if not torch.cuda.is_available():
        return f"torch {torch.__version__} (CUDA {torch.version.cuda}) cannot use the card that the driver shows", None
    return "", card


def made(checks: Sequence[Check], card: Card | None, folder: Path, asked: argparse.Namespace) -> list[Result]:
    """Make the checks, telling of each as it ends."""
    pinned = {"CUDA_VISIBLE_DEVICES": card.uuid, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"} if card else {}
    command = command_for(card.device if card else CPU, asked.pages)
    results = []
    budget = Budget(folder, command, asked.minutes * 60 * asked.patience, pinned, patience=asked.patience)
    for result in budget.results(checks):
        sys.stderr.write(f"{result.check}: {result.outcome}, {result.seconds:.1f} s\n")
        results.append(result)
    return results


def machine(card: Card | None) -> list[Figure]:
    """Say where this was."""
    from importlib.metadata import version  # noqa: PLC0415 - said once

    return [
        Figure("card", card.name if card else "none: the CPU stood in"),
        Figure("python", platform.python_version()),
        *(Figure(name, version(name)) for name in ("torch", "kraken")),
    ]


def say(text: str) -> None:
    """Print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Whoever ends us ends the check in hand, too, and all that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())

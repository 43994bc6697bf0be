"""Times `htrkit run` and the `kraken` command on the same pages, one after the other in one run, and compares the text.

    python bench/beside_kraken.py [--pages 4] [--segment] [--model FILE] [--folder DIR]

Pages come from `demo` below the folder that HTRKIT_SHARED names, or from the bundled examples. With lines given, each
page needs its XML beside it. `--segment` lets both find the lines.
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
STARTERS = HERE / "htrkit" / "models" / "starters"
PICTURES = {".jpg", ".jpeg", ".png", ".tif"}


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a command took, and the text it made of each page."""

    seconds: float
    texts: dict[str, str]


def main() -> int:
    """Copy pages, run both, print one row each."""
    options = argparse.ArgumentParser(description="htrkit beside the kraken command")
    options.add_argument("--pages", type=int, default=4)
    options.add_argument("--segment", action="store_true", help="let both find the lines")
    options.add_argument("--model", type=Path, default=STARTERS / "latin-medieval.safetensors")
    options.add_argument("--folder", type=Path, default=default_folder())
    options.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        pages = taken(asked.folder, Path(made), asked.pages, with_lines=not asked.segment)
        theirs = kraken(pages, asked.model, asked.threads, segment=asked.segment)
        ours = htrkit(pages, asked.model, asked.threads, segment=asked.segment)
    for name, timed in (("kraken", theirs), ("htrkit", ours)):
        say(f"{name:<8}{timed.seconds:>8.1f} s{timed.seconds / len(timed.texts):>8.1f} s a page")
    say(f"{len(ours.texts)} pages, {asked.threads} threads, {asked.model.name}")
    say(f"htrkit takes {ours.seconds / theirs.seconds:.2f} of kraken's time")
    say(f"{agreement(theirs.texts, ours.texts):.5f} of the characters agree")
    return 0


def default_folder() -> Path:
    """Give the shared pages where they are, else the examples."""
    shared = Path(os.environ.get("HTRKIT_SHARED", HERE.parent / "shared")) / "data" / "demo"
    return shared if shared.is_dir() else HERE / "examples" / "pages"


def taken(folder: Path, made: Path, number: int, *, with_lines: bool) -> Path:
    """Copy pages under names of their own, their XML naming the copy, spread over the folders."""
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)
    fit = [path for path in found if not with_lines or path.with_suffix(".xml").exists()]
    chosen = fit[:: max(len(found) // number, 1)]
    for index, path in enumerate(chosen[:number]):
        name = f"{index:03d}{path.suffix}"
        shutil.copy(path, made / name)
        if with_lines:
            xml = path.with_suffix(".xml").read_bytes().replace(path.name.encode(), name.encode())
            (made / f"{index:03d}.xml").write_bytes(xml)
    if not any(made.iterdir()):
        sys.exit(f"{folder}: no pages there{' with XML beside them' if with_lines else ''}")
    return made


def kraken(pages: Path, model: Path, threads: int, *, segment: bool) -> Timed:
    """Run kraken over all pages in one command, batch size 1 as htrkit on the CPU."""
    names = sorted(path for path in pages.iterdir() if path.suffix == (".xml" if not segment else path.suffix))
    inputs = [word for path in names for word in ("-i", str(path), str(path.with_suffix(".kraken")))]
    form = [] if segment else ["-f", "xml"]
    steps = ["segment", "-bl", "ocr"] if segment else ["ocr"]
    command = ["kraken", "--threads", str(threads), *form, *inputs, *steps, "-m", str(model), "-B", "1"]
    seconds = timed([*command, "--num-line-workers", "0"])
    return Timed(seconds, {path.stem: path.with_suffix(".kraken").read_text() for path in names})


def htrkit(pages: Path, model: Path, threads: int, *, segment: bool) -> Timed:
    """Run htrkit over the same folder."""
    out = pages / "out"
    lines = "kraken" if segment else "sidecar"
    words = ["run", str(pages), "-o", str(out), "-m", str(model), "-s", lines, "-f", "txt", "--progress", "none"]
    command = [sys.executable, "-m", "htrkit", *words, "-d", "cpu", "-B", "1", "--threads", str(threads)]
    seconds = timed(command)
    return Timed(seconds, {path.stem: path.read_text() for path in sorted((out / "txt").rglob("*.txt"))})


def timed(command: list[str]) -> float:
    """Give the command's seconds; its words are kept for where it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start


def agreement(theirs: dict[str, str], ours: dict[str, str]) -> float:
    """Give the share of characters that agree, page by page, after NFC and without empty lines."""
    same = most = 0
    for name, text in theirs.items():
        one, other = (plain(texts) for texts in (text, ours.get(name, "")))
        blocks = difflib.SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
        same, most = same + sum(block.size for block in blocks), most + max(len(one), len(other))
    return same / max(most, 1)


def plain(text: str) -> str:
    """Fold what says nothing about reading."""
    lines = (line.strip() for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())

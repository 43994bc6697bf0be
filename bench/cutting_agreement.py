"""Holds htrkit's own line cutting against Kraken's: the same pixels, the same text, and what each costs.

    python bench/cutting_agreement.py MODEL FOLDER [--traced FOLDER] [--every N] [--legacy]

Pages of FOLDER and its subfolders are images with a PAGE or ALTO file of the same name beside them. Every line is cut
and scaled in both ways, read by the same Kraken network, one line at a time, decoded, and its characters are placed.
`--traced` names a folder of pickles that hold `path` (of an image) and `layout` (a `htrkit.domain.page.Layout`), for
lines that a segmenter traced. Prints CPU milliseconds a line of each step, how far the pixels are apart, how many
characters agree, and the character error rate of both ways where the lines have a transcript. `--legacy` cuts as Kraken
did before version 5. Set OMP_NUM_THREADS=1.
"""

import argparse
import pickle
import sys
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from kraken.lib.dataset import ImageInputTransforms
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from htrkit.domain.geometry import Size
from htrkit.domain.page import Layout, Line, ModelFacts
from htrkit.domain.stages import LoadOrder
from htrkit.engines import kraken_places, line_places
from htrkit.engines.ctc import greedy_runs
from htrkit.engines.ctc_codec import CtcCodec
from htrkit.engines.kraken_cutting import baseline_shape, cut_out
from htrkit.engines.line_cutting import Cut, LineCutter, cutting_outline
from htrkit.engines.line_scaling import LineInput, scaled
from htrkit.files.kraken_models import load_network
from htrkit.layouts.sidecar import read_sidecar

IMAGES = (".jpg", ".jpeg", ".png", ".tif", ".tiff")
PADDING = 16


@dataclass(slots=True)
class Tally:
    """What was found over all lines; seconds are of CPU time, errors are edits."""

    lines: int = 0
    refused: int = 0
    refused_by_one: list[str] = field(default_factory=list)
    shapes_apart: int = 0
    apart: list[float] = field(default_factory=list)
    """Mean absolute difference of the pixels of each line, 0 to 255."""
    characters: int = 0
    edits: int = 0
    """Between what was read in both ways."""
    same_lines: int = 0
    truth: int = 0
    errors: dict[str, int] = field(default_factory=lambda: {"kraken": 0, "htrkit": 0})
    seconds: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, who: str, step: str, seconds: float) -> None:
        """Count what a step cost."""
        self.seconds[who, step] = self.seconds.get((who, step), 0.0) + seconds


class Clock:
    """CPU seconds since it was last asked."""

    def __init__(self) -> None:
        self._then = time.process_time()

    def lap(self) -> float:
        """Give them, and begin anew."""
        then, self._then = self._then, time.process_time()
        return self._then - then


class Reading:
    """One model, with what both ways need of it."""

    def __init__(self, path: Path, *, legacy: bool) -> None:
        self.legacy = legacy
        self.network: Any = load_network(LoadOrder(str(path), ModelFacts(path.name, "")), task="recognition")
        batch, channels, height, width = self.network.input
        boxes = self.network.seg_type == "bbox"
        self.transforms = ImageInputTransforms(batch, height, width, channels, (PADDING, 0), boxes, dtype=torch.float32)
        self.input = LineInput(channels, height, width, padding=PADDING, centred=boxes)
        self.codec = CtcCodec.of(self.network.codec.c2l)

    @torch.inference_mode()
    def labels(self, pixels: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Give the best label of every frame and its probability."""
        logits, _ = self.network.nn(torch.from_numpy(pixels)[None], torch.tensor([pixels.shape[2]]))
        confidences, labels = logits.softmax(1).squeeze(2).max(1)
        return labels[0].int().numpy(), confidences[0].float().numpy()


def read_by_kraken(reading: Reading, picture: Image.Image, line: Line, layout: Layout, tally: Tally) -> Any:  # noqa: ANN401
    """Give the cut and the text, or why there is none."""
    clock = Clock()
    shape = baseline_shape(line, layout)
    cut = cut_out(picture, shape, legacy=reading.legacy)
    tally.add("kraken", "cut", clock.lap())
    if isinstance(cut, str):
        return cut
    pixels = reading.transforms(cut).numpy()
    tally.add("kraken", "scale", clock.lap())
    labels, confidences = reading.labels(pixels)
    clock.lap()
    runs = greedy_runs(labels, confidences)
    decoded = reading.network.codec.decode([(run.label, run.first, run.last, run.confidence) for run in runs])
    tally.add("kraken", "decode", clock.lap())
    frames = kraken_places.Frames(pixels.shape[2], len(labels), cut.width, cut.height)
    read = kraken_places.read_line(line, shape, decoded, frames, direction=line.direction or layout.direction)
    tally.add("kraken", "places", clock.lap())
    return np.asarray(cut), read.text


def read_by_htrkit(reading: Reading, cutter: LineCutter, line: Line, layout: Layout, tally: Tally) -> Any:  # noqa: ANN401
    """Give the cut and the text, or why there is none."""
    clock = Clock()
    outline = cutting_outline(line, layout)
    cut = (cutter.cut_legacy if reading.legacy else cutter.cut)(line.baseline, outline)
    tally.add("htrkit", "cut", clock.lap())
    if isinstance(cut, str):
        return cut
    pixels = scaled(cut, reading.input)
    tally.add("htrkit", "scale", clock.lap())
    if isinstance(pixels, str):
        return pixels
    labels, confidences = reading.labels(pixels)
    clock.lap()
    decoded = reading.codec.decode(greedy_runs(labels, confidences))
    tally.add("htrkit", "decode", clock.lap())
    frames = line_places.Frames(pixels.shape[2], len(labels), cut.shape[1])
    direction = line.direction or layout.direction
    read = line_places.read_line(line, decoded, frames, line_places.on_baseline, outline=outline, direction=direction)
    tally.add("htrkit", "places", clock.lap())
    return cut, read.text


def folded(text: str) -> str:
    """Give the text as it is compared: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def compare(tally: Tally, line: Line, theirs: Any, ours: Any) -> None:  # noqa: ANN401 - a cut and a text, or a reason
    """Count one line."""
    tally.lines += 1
    if isinstance(theirs, str) or isinstance(ours, str):
        tally.refused += 1
        if isinstance(theirs, str) != isinstance(ours, str):
            tally.refused_by_one.append(f"{line.id}: {theirs if isinstance(theirs, str) else ours}")
        return
    compare_pixels(tally, theirs[0], ours[0])
    texts = {"kraken": folded(theirs[1]), "htrkit": folded(ours[1])}
    tally.characters += len(texts["kraken"])
    tally.edits += Levenshtein.distance(*texts.values())
    tally.same_lines += texts["kraken"] == texts["htrkit"]
    truth = folded(line.given_text or "")
    if truth:
        tally.truth += len(truth)
        for who, text in texts.items():
            tally.errors[who] += Levenshtein.distance(text, truth)


def compare_pixels(tally: Tally, theirs: Cut, ours: Cut) -> None:
    """Count how far two cuts are apart; Kraken's may have colours where ours is grey already."""
    if theirs.ndim > ours.ndim:
        theirs = np.asarray(Image.fromarray(theirs).convert("L"))
    if theirs.shape == ours.shape:
        tally.apart.append(float(np.abs(theirs.astype(int) - ours).mean()))
    else:
        tally.shapes_apart += 1


def pages_with_truth(folder: Path) -> Iterator[tuple[Path, Layout | None]]:
    """Give the images that have a layout beside them; it is read later, when the image's size is known."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in IMAGES and path.with_suffix(".xml").exists():
            yield path, None


def traced_pages(folder: Path) -> Iterator[tuple[Path, Layout | None]]:
    """Give the pages that a segmenter traced."""
    for path in sorted(folder.glob("*.pkl")):
        kept = pickle.loads(path.read_bytes())  # noqa: S301 - the caller's own files
        yield Path(kept["path"]), kept["layout"]


def measured(reading: Reading, pages: Iterator[tuple[Path, Layout | None]], every: int) -> tuple[Tally, int]:
    """Read every so-many-th line of all pages in both ways."""
    tally, place, number = Tally(), 0, 0
    for path, known in pages:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        xml = path.with_suffix(".xml")
        layout = known or read_sidecar(xml.read_bytes(), name=xml.name, image=Size(*picture.size))
        clock = Clock()
        cutter = LineCutter(picture, "RGB" if reading.input.mode == "RGB" else "L")
        tally.add("htrkit", "cut", clock.lap())
        number += 1
        for line in layout.lines:
            place += 1
            if line.unread is None and place % every == 0:
                theirs = read_by_kraken(reading, picture, line, layout, tally)
                compare(tally, line, theirs, read_by_htrkit(reading, cutter, line, layout, tally))
    return tally, number


def told(tally: Tally, pages: int) -> str:
    """Give the figures in words."""
    read = max(tally.lines - tally.refused, 1)
    apart, alone = tally.apart or [0.0], tally.refused_by_one
    rows = [
        f"{tally.lines} lines of {pages} pages; could not be cut: {tally.refused}, one way only: {len(alone)}",
        f"cuts that differ in size: {tally.shapes_apart}",
        f"mean absolute difference of the others (of 255): {np.mean(apart):.4f}, at most {np.max(apart):.4f}",
        f"characters that agree: {100 * (1 - tally.edits / max(tally.characters, 1)):.3f} % of {tally.characters}",
        f"lines that agree: {100 * tally.same_lines / read:.2f} %",
    ]
    if tally.truth:
        rates = (f"{who} {100 * errors / tally.truth:.3f} %" for who, errors in tally.errors.items())
        rows.append(f"CER against {tally.truth} characters: {', '.join(rates)}")
    for who in tally.errors:
        steps = {step: 1000 * seconds / tally.lines for (one, step), seconds in tally.seconds.items() if one == who}
        each = ", ".join(f"{step} {milliseconds:.2f}" for step, milliseconds in steps.items())
        rows.append(f"{who}: {sum(steps.values()):.2f} ms of CPU a line ({each})")
    return "\n".join([*rows, *alone[:10]]) + "\n"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description="Line cutting of htrkit against Kraken's.")
    options.add_argument("model", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument("--traced", type=Path)
    options.add_argument("--every", type=int, default=1, help="read only every so-many-th line")
    options.add_argument("--legacy", action="store_true")
    asked = options.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    reading = Reading(asked.model, legacy=asked.legacy)
    sources = {"given": pages_with_truth(asked.folder)}
    if asked.traced:
        sources["traced"] = traced_pages(asked.traced)
    for name, pages in sources.items():
        sys.stdout.write(f"\n{asked.model.name}, lines {name}\n{told(*measured(reading, pages, asked.every))}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

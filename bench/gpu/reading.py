"""A card and the CPU read the same text from the same pages, and find the same lines on them."""

from collections.abc import Iterator, Sequence

from shapely import LineString

from bench.gpu.checkpoints import Checkpoint, built_engines, checkpoint_of
from bench.gpu.outcomes import Figure, Findings, Skip
from bench.gpu.pages import open_pages
from bench.gpu.setting import CPU, Setting
from bench.gpu.torch_card import full_precision
from htrkit.domain.engine import EngineRow, Reads
from htrkit.domain.failure import Step
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage, Stage
from htrkit.engines.loader import load_stage
from htrkit.files.hashing import file_sha256
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.run.inference import LocalInference
from htrkit.run.model_choice import krakens_own_segmentation

CONFIDENCE_TOLERANCE = 0.01
"""The most that a line's confidence may differ between the CPU and a card, which rounds convolutions to TF32."""
BASELINE_TOLERANCE_PIXELS = 5.0
"""The most that a point of a baseline may lie from the other's; a pixel of the heat map is 3 to 8 of a page."""
READ_PAGES = 3
SEGMENTED_PAGES = 1
BATCH_ON_CPU = 1


def texts_are_equal(setting: Setting) -> Findings:
    """Hold each engine's text on the device against its text on the CPU."""
    figures, wrong = [], []
    for row in built_engines():
        checkpoint = checkpoint_of(row, setting.folder)
        if checkpoint is None:
            figures.append(Figure(str(row.name), "no small checkpoint: not checked"))
            continue
        pages = open_pages(READ_PAGES, lines=row.reads is not Reads.PAGES)
        there = read(pages, stage_of(row, checkpoint, setting.device), batch=row.batch.default)
        here = read(pages, stage_of(row, checkpoint, CPU), batch=BATCH_ON_CPU)
        found = texts_compared(str(row.name), here, there)
        figures += found.figures
        wrong += found.wrong
        if found.wrong and setting.on_a_card:
            full_precision()
            there = read(pages, stage_of(row, checkpoint, setting.device), batch=row.batch.default)
            figures += texts_compared(f"{row.name} without TF32", here, there).figures
    return Findings(tuple(figures), tuple(wrong))


def lines_are_equal(setting: Setting) -> Findings:
    """Hold the lines that Kraken finds on the device against those that it finds on the CPU."""
    path = krakens_own_segmentation()
    facts = ModelFacts(path.name, file_sha256(path))
    pages = open_pages(SEGMENTED_PAGES, lines=False)
    here, there = (
        _through(Step.SEGMENT, KrakenBaselines(LoadOrder(str(path), facts, device)), pages, batch=1)
        for device in (CPU, setting.device)
    )
    return lines_compared(here, there)


def stage_of(row: EngineRow, checkpoint: Checkpoint, device: str) -> Stage:
    """Load an engine."""
    return load_stage(row, LoadOrder(str(checkpoint.path), checkpoint.facts, device))


def read(pages: Sequence[OpenPage], stage: Stage, *, batch: int) -> list[Layout]:
    """Read pages, a page at a time."""
    return _through(Step.RECOGNISE, stage, pages, batch=batch)


def texts_compared(engine: str, here: Sequence[Layout], there: Sequence[Layout]) -> Findings:
    """Compare what was read of the same lines on the CPU and on the device."""
    pairs = [
        (one, other)
        for ours, theirs in zip(here, there, strict=True)
        for one, other in zip(ours.lines, theirs.lines, strict=True)
    ]
    if not any(one.text for one, _ in pairs):
        raise Skip(f"{engine} reads nothing on the CPU")
    unlike = [one.id for one, other in pairs if one.text != other.text]
    apart = max(abs((one.confidence or 0) - (other.confidence or 0)) for one, other in pairs)
    figures = (
        Figure(f"{engine}: lines", len(pairs)),
        Figure(f"{engine}: lines with the same text", len(pairs) - len(unlike)),
        Figure(f"{engine}: confidences differ by at most", apart, f"(tolerance {CONFIDENCE_TOLERANCE})"),
    )
    wrong = []
    if unlike:
        wrong.append(f"{engine}: the text of {len(unlike)} lines differs ({', '.join(unlike[:3])})")
    if apart > CONFIDENCE_TOLERANCE:
        wrong.append(f"{engine}: confidences differ by {apart:.4f}")
    return Findings(figures, tuple(wrong))


def lines_compared(here: Sequence[Layout], there: Sequence[Layout]) -> Findings:
    """Compare the lines that were found on the same pages."""
    counts = [(len(one.lines), len(other.lines)) for one, other in zip(here, there, strict=True)]
    figures = [Figure("lines on the CPU and the device", ", ".join(f"{one} and {other}" for one, other in counts))]
    if any(one != other for one, other in counts):
        return Findings(tuple(figures), ("another number of lines was found",))
    apart = max(_distances(here, there), default=0.0)
    figures.append(Figure("baselines apart by at most", apart, f"pixels (tolerance {BASELINE_TOLERANCE_PIXELS:g})"))
    wrong = (f"baselines lie {apart:.1f} pixels apart",) if apart > BASELINE_TOLERANCE_PIXELS else ()
    return Findings(tuple(figures), wrong)


def _distances(here: Sequence[Layout], there: Sequence[Layout]) -> Iterator[float]:
    for ours, theirs in zip(here, there, strict=True):
        for one, other in zip(ours.lines, theirs.lines, strict=True):
            yield float(LineString(one.baseline).hausdorff_distance(LineString(other.baseline)))


def _through(step: Step, stage: Stage, pages: Sequence[OpenPage], *, batch: int) -> list[Layout]:
    inference, layouts = LocalInference(batch), []
    for page in pages:
        prepared = stage.prepare(page)
        layouts.append(stage.finish(prepared, inference.results(step, stage, prepared.items)))
    return layouts

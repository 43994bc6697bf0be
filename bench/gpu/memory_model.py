"""What networks take of a card is held against what the engine table says that they take."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.gpu.checkpoints import built_engines, checkpoint_of
from bench.gpu.outcomes import Figure, Findings, Skip
from bench.gpu.pages import open_pages
from bench.gpu.reading import stage_of
from bench.gpu.setting import Setting
from htrkit.devices.driver import driver_session
from htrkit.devices.nvml import found_devices, measured
from htrkit.domain.device import DriverState
from htrkit.domain.engine import MemoryModel, Reads
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import Item, LoadOrder, Stage
from htrkit.engines.figures import SEGMENTER
from htrkit.files.hashing import file_sha256
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.run.device_memory import DeviceMemory
from htrkit.run.model_choice import krakens_own_segmentation

MOST_SHARE, LEAST_SHARE = 1.1, 0.25
"""Of the model's bytes: more, and batches would not fit; less, and a card would stand half empty."""
GB = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What a batch took."""

    items: int
    cost: float
    """Of each."""
    bytes_of_batch: int


def memory_is_as_modelled(setting: Setting) -> Findings:
    """Measure every engine that has a checkpoint, and the segmentation."""
    if not setting.on_a_card:
        raise Skip("needs CUDA")
    before = used_bytes()
    # Only where there is a card; it takes its context now.
    from htrkit.run.torch_memory import TorchMemory  # noqa: PLC0415

    memory = TorchMemory()
    found = [_segmentation(setting, memory)]
    for row in built_engines():
        checkpoint = checkpoint_of(row, setting.folder)
        if checkpoint is None:
            continue
        pages = open_pages(3, lines=row.reads is not Reads.PAGES)
        stage = stage_of(row, checkpoint, setting.device)
        items = [item for page in pages for item in stage.prepare(page).items]
        costliest = max(items, key=lambda item: item.cost)
        taken = batch_memory(stage, [costliest] * row.batch.default, memory)
        found.append(held_against(str(row.name), taken, row.memory[0]))
    found.append(libraries(before, used_bytes, memory))
    return Findings(
        tuple(figure for one in found for figure in one.figures), tuple(words for one in found for words in one.wrong)
    )


def batch_memory(stage: Stage, items: Sequence[Item], memory: DeviceMemory) -> Measured:
    """Give the most that a batch takes beside the model; a first one makes what stays."""
    stage.infer(items[:1])
    memory.begin()
    held = memory.held_bytes()
    stage.infer(items)
    return Measured(len(items), max(item.cost for item in items), memory.peak_bytes() - held)


def held_against(name: str, taken: Measured, model: MemoryModel) -> Findings:
    """Compare a batch with the model of it."""
    expected = model.of_item(taken.cost) * taken.items
    share = taken.bytes_of_batch / expected
    words = f"{taken.bytes_of_batch / GB:.3f} GB, {share:.0%} of the model's {expected / GB:.3f} GB"
    figures = (Figure(f"{name}: {taken.items} of cost {taken.cost:,.5g}", words),)
    if share > MOST_SHARE:
        return Findings(figures, (f"{name} takes {share:.2f} times what the memory model says",))
    if share < LEAST_SHARE:
        return Findings(figures, (f"{name} takes {share:.2f} of what the memory model says: batches stay too small",))
    return Findings(figures)


def libraries(before: int, now: Callable[[], int], memory: DeviceMemory) -> Findings:
    """Compare what the context and the libraries take with what the table says: all that no tensor lies in."""
    memory.empty_cache()
    taken = now() - before - memory.held_bytes()
    most = SEGMENTER.memory.besides_bytes
    figures = (Figure("context and libraries", f"{taken / GB:.3f} GB; the model says {most / GB:.3f} GB"),)
    return Findings(figures, ("context and libraries take more than the table says",) if taken > most else ())


def used_bytes() -> int:
    """Give what the driver says is used of the only card that this process sees."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    with driver_session() as state:
        if state is not DriverState.READY:
            raise Skip("the driver does not answer")
        for found in found_devices():
            device = measured(found)
            if device.uuid == visible and device.memory is not None:
                return device.memory.used_bytes
    raise Skip("the driver does not tell the card's memory")


def _segmentation(setting: Setting, memory: DeviceMemory) -> Findings:
    path = krakens_own_segmentation()
    stage = KrakenBaselines(LoadOrder(str(path), ModelFacts(path.name, file_sha256(path)), setting.device))
    (page,) = open_pages(1, lines=False)
    return held_against("segmentation", batch_memory(stage, stage.prepare(page).items, memory), SEGMENTER.memory)

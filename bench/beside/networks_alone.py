"""`python -m bench.beside.networks_alone ORDER`: takes pages through htrkit's own stages, timing each part by itself.

Says `done` when the networks are loaded, begins when a line comes, says `done` again when the figures are written, and
goes on without timing until its input ends, so that others are not left the machine to themselves.
"""

import itertools
import json
import os
import select
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.beside.limits import DONE, GO, Order
from bench.beside.setting import Lines
from bench.beside.steps import AloneStep, PageSteps
from htrkit.config.layers import Layer
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, Reading
from htrkit.domain.source import PageSource
from htrkit.domain.stages import Item, OpenPage, Raw, Stage
from htrkit.files.pictures import open_picture
from htrkit.run.bench import Bench
from htrkit.run.given_layout import sidecar_layout
from htrkit.run.inference import LocalInference
from htrkit.run.preflight import Request, made_ready
from htrkit.run.workshop import batch_size, stages_of


@dataclass(slots=True)
class Clock:
    """Seconds of the page in hand, on the wall and of CPU."""

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, step: AloneStep) -> Iterator[None]:
        """Time a part."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall[step] = self.wall.get(step, 0.0) + time.perf_counter() - wall
        self.cpu[step] = self.cpu.get(step, 0.0) + time.process_time() - cpu


@dataclass(frozen=True, slots=True)
class TimedInference:
    """Runs the networks as a run does, and times nothing but them."""

    inner: LocalInference
    clock: Clock
    part: AloneStep

    def results(self, step: Step, stage: Stage, items: Sequence[Item]) -> Sequence[Raw]:
        """One Raw an item, in the order of the items."""
        with self.clock.of(self.part):
            return self.inner.results(step, stage, items)


class Reader:
    """Takes pages through both stages."""

    def __init__(self, order: Order) -> None:
        bench = bench_of(order)
        self._settings = bench.settings
        self._lines = Lines(order.lines)
        self._batch = batch_size(bench, order.device)
        self._stages = {step: load() for step, load in stages_of(bench, order.device).items() if self._runs(step)}

    def _runs(self, step: Step) -> bool:
        return step is Step.RECOGNISE or self._lines is Lines.FOUND

    def read(self, picture: Path) -> Clock:
        """Read a page; give what each part took."""
        clock = Clock()
        xml = (str(picture.with_suffix(".xml")),) if self._lines is Lines.GIVEN else ()
        source = PageSource(PageKey(picture.stem), str(picture), sidecars=xml)
        with clock.of(AloneStep.OPEN):
            image = open_picture(source, dpi=self._settings.dpi, max_megapixels=self._settings.max_megapixels).image
        page = OpenPage(source.key, image)
        with clock.of(AloneStep.FIND):
            layout = sidecar_layout(source, page.size) if xml else self._through(Step.SEGMENT, page, clock)
        with clock.of(AloneStep.READ):
            self._through(Step.RECOGNISE, replace(page, layout=layout), clock)
        return clock

    def _through(self, step: Step, page: OpenPage, clock: Clock) -> Layout:
        stage = self._stages[step]
        part = AloneStep.READ_NETWORK if step is Step.RECOGNISE else AloneStep.FIND_NETWORK
        inference = TimedInference(LocalInference(self._batch), clock, part)
        prepared = stage.prepare(page)
        return stage.finish(prepared, inference.results(step, stage, prepared.items))


def bench_of(order: Order) -> Bench:
    """Give what a page is read with, as a run would with the order's settings and one core; raises HtrkitError."""
    values: Mapping[str, object] = {**dict(order.settings), "model": order.model, "threads": 1, "device": order.device}
    typed = (Layer("command line", values),)
    ready = made_ready(Request(order.warming, None, None, typed, os.environ, Path.home()))
    reading = Reading(str(ready.row.name), "")
    return Bench(ready.resolved.settings, ready.row, ready.model, ready.segmentation, reading, Path())


def main() -> None:
    """Load, wait, time, and keep the machine busy until told to end."""
    order = order_from(sys.argv[1])
    # Whatever libraries print must not be taken for our own word.
    ours = os.dup(1)
    os.dup2(2, 1)
    reader = Reader(order)
    pages = [Path(page) for page in order.pages]
    for warming in order.warming:
        reader.read(Path(warming))
    os.write(ours, DONE)
    if os.read(0, len(GO)) != GO:
        return
    clocks = [reader.read(page) for page in pages]
    Path(order.place).write_text(json.dumps(document(pages, clocks)), encoding="utf-8")
    os.write(ours, DONE)
    for page in itertools.cycle(pages):
        if select.select([0], [], [], 0)[0]:
            return
        reader.read(page)


def order_from(word: str) -> Order:
    """Read an order from its JSON."""
    told = json.loads(word)
    settings = tuple((name, value) for name, value in told.pop("settings"))
    pages, warming = (tuple(told.pop(name)) for name in ("pages", "warming"))
    return Order(**told, settings=settings, pages=pages, warming=warming)


def document(pages: Sequence[Path], clocks: Sequence[Clock]) -> dict[str, object]:
    """Give what the pages took for JSON."""
    pairs = list(zip(pages, clocks, strict=True))
    return {
        "wall": [PageSteps(page.stem, clock.wall).document() for page, clock in pairs],
        "cpu": [PageSteps(page.stem, clock.cpu).document() for page, clock in pairs],
    }


if __name__ == "__main__":
    main()

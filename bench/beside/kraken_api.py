"""`python -m bench.beside.kraken_api PAGES OUT MODEL LINES DEVICE`: kraken's own classes, called page by page.

Writes a text for each page, and on the CPU `steps.json` with the CPU seconds of each step of each page.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kraken.configs import RecognitionInferenceConfig, SegmentationInferenceConfig
from kraken.containers import Segmentation
from kraken.ketos.util import to_ptl_device
from kraken.lib.util import open_image
from kraken.lib.xml import XMLPage
from kraken.tasks import RecognitionTaskModel, SegmentationTaskModel
from PIL import Image

from bench.beside.pages import pictures
from bench.beside.setting import CPU, Lines
from bench.beside.steps import STEPS_FILE, AloneStep, PageSteps


@dataclass(slots=True)
class Clock:
    """Adds up the CPU seconds of the page in hand; a network's are told apart from those of the step it runs in."""

    seconds: dict[str, float] = field(default_factory=dict)
    _entered: float = 0.0

    @contextmanager
    def of(self, step: AloneStep) -> Iterator[None]:
        """Time a step."""
        start = time.process_time()
        yield
        self._add(step, time.process_time() - start)

    def listen_to(self, network: Any, step: AloneStep) -> None:  # noqa: ANN401 - kraken's models share no typed base
        """Time a network's forward passes by themselves."""
        network.register_forward_pre_hook(lambda *_: self._enter())
        network.register_forward_hook(lambda *_: self._add(step, time.process_time() - self._entered))

    def _enter(self) -> None:
        self._entered = time.process_time()

    def _add(self, step: AloneStep, seconds: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds


class Reader:
    """Loads both models once."""

    def __init__(self, model: str, lines: Lines, device: str) -> None:
        accelerator, devices = to_ptl_device(device)
        self._segmenting = SegmentationInferenceConfig(accelerator=accelerator, device=devices, num_threads=1)
        self._recognising = RecognitionInferenceConfig(
            accelerator=accelerator, device=devices, num_threads=1, num_line_workers=0
        )
        self._segmenter = SegmentationTaskModel.load_model() if lines is Lines.FOUND else None
        self._recogniser = RecognitionTaskModel.load_model(model)
        self.clock = Clock()
        # Where a card computes, the CPU's clock says nothing of the networks.
        if device == CPU:
            self.clock.listen_to(self._recogniser.net.nn, AloneStep.READ_NETWORK)
            for one in self._segmenter.seg_models if self._segmenter is not None else ():
                self.clock.listen_to(one.nn, AloneStep.FIND_NETWORK)

    def read(self, picture: Path) -> str:
        """Give a page's text, a line for each line."""
        with self.clock.of(AloneStep.OPEN):
            image = open_image(picture)
            image.load()
        with self.clock.of(AloneStep.FIND):
            layout = self._layout(image, picture)
        with self.clock.of(AloneStep.READ):
            records = list(self._recogniser.predict(image, layout, self._recognising))
        return "\n".join(record.prediction for record in records)

    def _layout(self, image: Image.Image, picture: Path) -> Segmentation:
        if self._segmenter is None:
            return XMLPage(picture.with_suffix(".xml")).to_container()
        return self._segmenter.predict(image, self._segmenting)


def main() -> None:
    """Read every page of the folder."""
    pages, out, model, lines, device = sys.argv[1:]
    reader = Reader(model, Lines(lines), device)
    steps = []
    for picture in pictures(Path(pages)):
        reader.clock.seconds = {}
        (Path(out) / f"{picture.stem}.txt").write_text(reader.read(picture), encoding="utf-8")
        steps.append(PageSteps(picture.stem, reader.clock.seconds))
    if device == CPU:
        (Path(out) / STEPS_FILE).write_text(json.dumps([step.document() for step in steps]), encoding="utf-8")


if __name__ == "__main__":
    main()

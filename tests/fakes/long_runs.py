"""The report of a run of very many pages with everything that a report can show, and the longest words for it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from PIL import Image

from htrkit.core.report import Report, report_of
from htrkit.core.report_pictures import (
    MOST_LINES,
    DoubtfulLine,
    Picture,
    Pictures,
    Thumbnail,
    pages_to_doubt,
    pages_to_picture,
)
from htrkit.domain.events import (
    BatchResized,
    Event,
    MachineSampled,
    PageRetried,
    Record,
    RunEnded,
    RunStarted,
    WorkerLost,
)
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Note
from htrkit.domain.sample import DeviceSample, ProcessSample
from htrkit.run.report_pictures_cut import LINE_PIXELS, QUALITY, THUMBNAIL_PIXELS
from tests.fakes.journals import at, done, facts, failed

GIGABYTE = 10**9
DEVICES = tuple(f"cuda:{number}" for number in range(16))


def long_report(pages: int) -> Report:
    """Give the report of a run in which every tenth page failed, was flagged, or was tried again."""
    keys = [f"box{number // 500:03d}/a rather long name of a scan {number:05d}" for number in range(pages)]
    stamped = (Record(at(min(3599, number // 20)), event) for number, event in enumerate(_events(keys)))
    report = report_of("OUT", facts(*keys), stamped)
    noise = Random(0)
    shots = {
        page.key: Thumbnail(_noise(noise, THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
        for page in pages_to_picture(report.failed)
    }
    lines = tuple(
        DoubtfulLine(page.key, LineId("l1"), "et in saecula " * 20, 0.3, _noise(noise, *LINE_PIXELS))
        for page in pages_to_doubt(report.done)[:MOST_LINES]
    )
    return replace(report, pictures=Pictures(shots, lines, "Pictures of 3 more pages were given up."))


def _events(keys: list[str]) -> Iterator[Event]:
    yield RunStarted("r1", len(keys), "f")
    classes = tuple(FailureClass)
    for number, key in enumerate(keys):
        server = DEVICES[number % len(DEVICES)]
        yield _sampled(number)
        yield BatchResized(server, Step.RECOGNISE, number % 48 + 1, (number + 1) % 48 + 1)
        match number % 10:
            case 0:
                yield failed(key, classes[number // 10 % len(classes)], message="it is what it is, " * 100)
            case 1:
                note = Note("repetition", "comes back 14 times. " * 20, line=LineId("l1"), flag=True)
                yield done(key, confidence=number / len(keys), worker=f"w{number % 64}", device=server).flagged(note)
            case 2:
                yield PageRetried(PageKey(key), FailureClass.UNREADABLE, Step.OPEN, "Input/output error " * 20)
                yield WorkerLost(f"w{number % 64}", "SIGSEGV " * 20, PageKey(key))
            case _:
                yield done(key, confidence=0.9, worker=f"w{number % 64}", device=server)
    yield RunEnded(len(keys), 0, 0, 0, 0, "finished", 4)


def _sampled(number: int) -> MachineSampled:
    devices = tuple(DeviceSample(device, 46 * GIGABYTE, (10 + number % 30) * GIGABYTE) for device in DEVICES)
    processes = tuple(ProcessSample(f"w{worker}", worker, 2 * GIGABYTE, GIGABYTE) for worker in range(64))
    return MachineSampled(755 * GIGABYTE, (300 + number % 200) * GIGABYTE, 0, devices, processes)


def _noise(noise: Random, width: int, height: int) -> Picture:
    """Give a picture that no other of its size is larger than, as a file."""
    file = io.BytesIO()
    Image.frombytes("RGB", (width, height), noise.randbytes(3 * width * height)).save(file, "JPEG", quality=QUALITY)
    return Picture(file.getvalue(), width, height)

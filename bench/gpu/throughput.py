"""A run takes no longer than what bounds it: the networks alone on the device, or the work around them on the CPU."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.gpu.checkpoints import checkpoint_of
from bench.gpu.killing import said_last
from bench.gpu.outcomes import Figure, Findings
from bench.gpu.pages import copy_pages, open_page, pictures
from bench.gpu.reading import stage_of
from bench.gpu.runs import events_of, run_of, seconds_between
from bench.gpu.setting import Setting
from bench.gpu.torch_card import finish
from htrkit.devices.quotas import usable_cores
from htrkit.domain.stages import Item, Stage
from htrkit.engines.catalog import KRAKEN

MOST_TIMES_BOUND = 2.0
"""A run that takes longer idles for no reason."""


@dataclass(frozen=True, slots=True)
class Alone:
    """Seconds that a number of pages take without a run around them."""

    pages: int
    networks: float
    """Of all forward passes, batches full and sorted by width."""
    around: float
    """Of one core: pictures opened, lines cut out, text decoded."""


def run_is_as_fast_as_its_bound(setting: Setting) -> Findings:
    """Time a run from its server's start to its end, and hold it against its parts."""
    folder = copy_pages(setting.folder / "pages", setting.pages)
    out = setting.folder / "timed"
    with run_of(folder, out, setting, ["-e", str(KRAKEN.name)]) as going:
        code, events = going.ended(), going.events()
    done = events_of(events, "PageDone")
    if code or len(done) != setting.pages:
        return Findings(wrong=(f"the run ended with {code}: {said_last(out.with_suffix('.said'))}",))
    seconds = seconds_between(events_of(events, "ServerStarted")[0], events_of(events, "RunEnded")[0])
    return bounded(seconds, setting.pages, alone(setting), cores=usable_cores())


def alone(setting: Setting) -> Alone:
    """Take every example page through by hand, timing the networks apart."""
    checkpoint = checkpoint_of(KRAKEN, setting.folder)
    assert checkpoint is not None  # noqa: S101 - Kraken has one
    stage = stage_of(KRAKEN, checkpoint, setting.device)
    start = time.process_time()
    found = pictures()
    prepared = [stage.prepare(open_page(picture, lines=True)) for picture in found]
    around = time.process_time() - start
    items = [item for one in prepared for item in one.items]
    batch = KRAKEN.batch.default if setting.on_a_card else KRAKEN.batch.default_on_cpu
    networks = forward_seconds(stage, items, batch=batch, finished=lambda: finish(setting.device))
    start = time.process_time()
    for one in prepared:
        stage.finish(one, stage.infer(one.items[:1]) * len(one.items))
    around += time.process_time() - start
    return Alone(len(found), networks, around)


def forward_seconds(
    stage: Stage,
    items: Sequence[Item],
    *,
    batch: int,
    finished: Callable[[], None],
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    """Give the seconds of all forward passes; a first one, which sets the libraries up, does not count."""
    ordered = sorted(items, key=lambda item: -item.cost)
    stage.infer(ordered[:batch])
    finished()
    start = clock()
    for first in range(0, len(ordered), batch):
        stage.infer(ordered[first : first + batch])
    finished()
    return clock() - start


def bounded(seconds: float, pages: int, apart: Alone, *, cores: int) -> Findings:
    """Hold a run's seconds against the larger of its two bounds."""
    networks = apart.networks * pages / apart.pages
    around = apart.around * pages / apart.pages / cores
    bound = max(networks, around)
    figures = (
        Figure("run", seconds, f"s for {pages} pages"),
        Figure("networks alone", networks, f"s, {networks / seconds:.0%} of the run"),
        Figure("work around them", around, f"s on {cores} cores"),
        Figure("run over its bound", seconds / bound, f"times (at most {MOST_TIMES_BOUND:g})"),
    )
    wrong = (f"the run takes {seconds / bound:.1f} times its bound",) if seconds > bound * MOST_TIMES_BOUND else ()
    return Findings(figures, wrong)

"""A page worker from the words that it was sent: engine, models, settings."""

from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.core.lookup import engine_named
from htrkit.engines.catalog import ENGINES
from htrkit.run.bench import Bench
from htrkit.run.messages import SetUp
from htrkit.run.model_file import ModelFile
from htrkit.run.page_worker import PageWorker
from htrkit.run.step_times import Entered
from htrkit.run.workshop import device_named, worker_of


def worker_from(order: SetUp, *, entered: Entered) -> PageWorker:
    """Load what the order names; raises HtrkitError."""
    settings = Settings.model_validate({**order.settings, "threads": order.threads})
    bench = Bench(
        settings,
        engine_named(order.engine, ENGINES),
        ModelFile(Path(order.model[0]), order.model[1]),
        ModelFile(Path(order.segmentation[0]), order.segmentation[1]),
        order.reading,
        Path(order.out),
    )
    return worker_of(bench, entered=entered)


def device_of(order: SetUp) -> str:
    """Give the device that the worker computes on."""
    return device_named(str(order.settings["device"]))

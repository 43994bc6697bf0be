"""A page worker from the words that it was sent: engine, models, settings."""

from pathlib import Path

from htrkit.config.settings import Settings
from htrkit.domain.stages import Inference
from htrkit.engines.outside import engine_called
from htrkit.run.bench import Bench
from htrkit.run.messages import SetUp
from htrkit.run.model_file import ModelFile
from htrkit.run.page_worker import PageWorker
from htrkit.run.step_times import Entered
from htrkit.run.workshop import device_named, worker_of


def worker_from(order: SetUp, *, entered: Entered, inference: Inference | None = None) -> PageWorker:
    """Load what the order names; raises HtrkitError."""
    return worker_of(bench_from(order), entered=entered, inference=inference)


def bench_from(order: SetUp) -> Bench:
    """Give what a process is set up with."""
    settings = Settings.model_validate({**order.settings, "threads": order.threads})
    return Bench(
        settings,
        engine_called(order.engine),
        ModelFile(Path(order.model[0]), order.model[1]),
        ModelFile(Path(order.segmentation[0]), order.segmentation[1]),
        order.reading,
        Path(order.out),
        order.below,
    )


def device_of(order: SetUp) -> str:
    """Give the device that the worker computes on, or its server's."""
    if order.settings.get("server") is not None:
        return str(order.settings["server"])
    return "" if order.served else device_named(str(order.settings["device"]))

"""`python -m htrkit.run.page_process FD PARENT`: a page worker in a process of its own."""

import traceback
from collections.abc import Callable
from typing import Protocol

from htrkit.domain.errors import PageProblem, RunStopped, RunTrouble
from htrkit.domain.events import PageDone
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.source import PageSource
from htrkit.run import child
from htrkit.run.channel import Channel
from htrkit.run.housekeeping import Housekeeping
from htrkit.run.messages import (
    DropPage,
    GiveBack,
    HasDropped,
    InStep,
    IsDone,
    IsRefused,
    IsTroubled,
    NewLink,
    SetUp,
    TakePage,
    TooMuchSaid,
    clipped,
    clipped_stack,
    page_of,
)
from htrkit.run.mortality import memory_bytes
from htrkit.run.served_inference import PageDropped, ServedInference

PASSING = frozenset({FailureClass.OOM})
"""Failures that another try, with less going on beside it, may not meet."""


class Worker(Protocol):
    """Takes a page through all its steps."""

    def work(self, source: PageSource) -> PageDone:
        """Raises PageProblem for the page, RunTrouble for the run."""


Load = Callable[[SetUp, Callable[[Step], None], ServedInference | None], tuple[Worker, str]]
"""Gives the worker and the device that it computes on; raises HtrkitError. With an inference, networks run there."""


def main() -> None:
    """Be the page worker that the other end of the channel describes."""
    be_a_worker(_loaded)


def be_a_worker(load: Load) -> None:
    """Set up, take pages until the channel closes, and end the process."""
    _be_a_worker(load)
    child.leave()


def _be_a_worker(load: Load) -> None:
    begun = child.set_up()
    if begun is None:
        return
    channel, order = begun
    tidying = Housekeeping(order.tidy_every)
    inference = ServedInference(channel, tidying.soon) if order.served else None
    worker = child.loaded(channel, lambda: load(order, lambda step: channel.say(InStep(step)), inference))
    if worker is None:
        return
    while (message := channel.next()) is not None:
        match message:
            case TakePage():
                _answer(channel, worker, page_of(message.source))
                tidying.one_more()
            case DropPage():
                channel.say(HasDropped())
            case NewLink() if inference is not None:
                inference.hear(message)
            case GiveBack():
                tidying.at_once()
            case _:
                return


def _loaded(order: SetUp, entered: Callable[[Step], None], inference: ServedInference | None) -> tuple[Worker, str]:
    # Heavy imports and models: seconds, counted as the start.
    from htrkit.run.worker_setup import device_of, worker_from  # noqa: PLC0415

    return worker_from(order, entered=entered, inference=inference), device_of(order)


def _answer(channel: Channel, worker: Worker, source: PageSource) -> None:
    try:
        channel.say(_ended(worker, source))
    except TooMuchSaid as error:
        message = f"{source.key}: its receipt is {error}. Please report this with its image."
        channel.say(IsRefused(FailureClass.BUG, Step.WRITE, message, "", passing=False))


def _ended(worker: Worker, source: PageSource) -> IsDone | IsRefused | IsTroubled | HasDropped:
    try:
        return IsDone(worker.work(source), memory_bytes())
    except PageDropped:
        return HasDropped()
    except RunTrouble as error:
        return IsTroubled(error.what, error.path)
    except RunStopped as error:
        return IsTroubled(f"{error.what} {error.mend}".strip(), passes=False)
    except PageProblem as problem:
        passing = problem.passing or problem.failure in PASSING
        said = clipped(str(problem)), clipped_stack(problem.stack)
        return IsRefused(problem.failure, problem.step, *said, passing=passing)
    except Exception as error:  # noqa: BLE001 - what nobody expected fails its page, and the process goes on
        message = f"{source.key}: {clipped(f'{type(error).__name__}: {error}')}. Please report this with its image."
        stack = clipped_stack(traceback.format_exc())
        return IsRefused(FailureClass.BUG, Step.WRITE, message, stack, passing=False)


if __name__ == "__main__":
    main()

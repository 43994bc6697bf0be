"""A page worker's process that has nothing to do: what `frame_overhead.py` puts in place of the real one."""

from collections.abc import Callable

from htrkit.domain.events import PageDone, WrittenFile
from htrkit.domain.failure import Step
from htrkit.domain.source import PageSource
from htrkit.run.messages import SetUp
from htrkit.run.page_process import be_a_worker

FORMATS = ("txt", "page", "json")


class Idle:
    """A page worker that has nothing to do, and says what one with outputs would say."""

    def __init__(self, entered: Callable[[Step], None]) -> None:
        self._entered = entered

    def work(self, source: PageSource) -> PageDone:
        """Go through the steps of a page."""
        for step in (Step.OPEN, Step.LAYOUT, Step.SEGMENT, Step.RECOGNISE, Step.RENDER, Step.WRITE):
            self._entered(step)
        files = tuple(WrittenFile(f"{name}/{source.key}.{name}", 12_345, "0123456789abcdef" * 4) for name in FORMATS)
        return PageDone(source.key, 30, 1200, 0.9876, 4.2, {step.value: 0.7 for step in Step}, files)


def load(order: SetUp, entered: Callable[[Step], None], inference: object = None) -> tuple[Idle, str]:  # noqa: ARG001
    """Load nothing."""
    return Idle(entered), "cpu"


if __name__ == "__main__":
    be_a_worker(load)

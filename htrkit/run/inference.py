"""The networks run in this process: items are sorted by cost and answered batch by batch."""

from collections.abc import Sequence

from htrkit.domain.failure import Step
from htrkit.domain.stages import Item, Raw, Stage


class LocalInference:
    """Answers items with the stage's own network, `batch_size` at a time, the widest first."""

    def __init__(self, batch_size: int) -> None:
        self._batch_size = batch_size

    def results(self, step: Step, stage: Stage, items: Sequence[Item]) -> Sequence[Raw]:  # noqa: ARG002
        """One Raw an item, in the order of the items."""
        order = sorted(range(len(items)), key=lambda index: -items[index].cost)
        answers: dict[int, Raw] = {}
        for start in range(0, len(order), self._batch_size):
            batch = order[start : start + self._batch_size]
            answers.update(zip(batch, stage.infer([items[index] for index in batch]), strict=True))
        return [answers[index] for index in range(len(items))]

"""As much of Ray as is used: what it answers is written down before."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


class RayError(Exception):
    """Stands for all of Ray's."""


@dataclass
class FakeRay:
    """As much of Ray as is used; calls are answered with what stands in `answers`, in their order."""

    living: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    connections: list[Any] = field(default_factory=list)
    """What each `init` comes to: None, or an error."""
    inits: list[dict[str, Any]] = field(default_factory=list)
    killed: int = 0
    options_given: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[bytes] = field(default_factory=list)
    exceptions: Any = field(default_factory=lambda: SimpleNamespace(RayError=RayError))
    closed: bool = False

    def init(self, **words: Any) -> None:
        self.inits.append(words)
        error = self.connections.pop(0) if self.connections else None
        if error is not None:
            raise error

    def nodes(self) -> list[dict[str, Any]]:
        return self.living

    def remote(self, kind: type) -> Any:
        return self

    def options(self, **given: Any) -> Any:
        self.options_given.append(given)
        actor = SimpleNamespace(talk=SimpleNamespace(remote=self._talk))
        return SimpleNamespace(remote=lambda: actor)

    def _talk(self, content: bytes, patience: float) -> int:
        self.spoken.append(content)
        return len(self.spoken)

    def wait(self, calls: list[int], num_returns: int, timeout: float) -> tuple[list[int], list[int]]:
        if self.answers and self.answers[0] is None:
            raise RayError("the head is gone")
        return (calls, []) if self.answers else ([], calls)

    def get(self, call: int) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def kill(self, actor: Any) -> None:
        self.killed += 1

    def shutdown(self) -> None:
        self.closed = True

"""States that several agents may be in at once are told once: when the first enters, and when the last has left."""

from dataclasses import dataclass, field

from htrkit.domain.events import Event, MemoryEnough, MemoryShort, RunContinued, RunPaused


@dataclass(slots=True)
class Together:
    """Who is paused, and whose memory is short."""

    _paused: set[str] = field(default_factory=set)
    _short: set[str] = field(default_factory=set)

    def hear(self, agent: str, event: RunPaused | RunContinued | MemoryShort | MemoryEnough) -> bool:
        """Tell whether the run as a whole changes with the event."""
        match event:
            case RunPaused():
                return _entered(self._paused, agent)
            case MemoryShort():
                return _entered(self._short, agent)
            case RunContinued():
                return _left(self._paused, agent)
            case MemoryEnough():
                return _left(self._short, agent)

    def forget(self, agent: str) -> tuple[Event, ...]:
        """Give what changes since an agent is gone."""
        paused, short = _left(self._paused, agent), _left(self._short, agent)
        return (*((RunContinued(0.0),) if paused else ()), *((MemoryEnough(0.0),) if short else ()))


def _entered(those: set[str], agent: str) -> bool:
    first = not those
    those.add(agent)
    return first


def _left(those: set[str], agent: str) -> bool:
    was_last = those == {agent}
    those.discard(agent)
    return was_last

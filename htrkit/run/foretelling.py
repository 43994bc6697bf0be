"""How long a run will take still, for its screens: the pages' files are looked at while the run goes on already."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from htrkit.core.eta import Eta
from htrkit.core.interval import Interval
from htrkit.core.page_costs import PageCost, PageFeatures
from htrkit.domain.names import PageKey


@dataclass(frozen=True, slots=True)
class _End:
    """A page's end that was heard before the pages were known."""

    key: PageKey
    seconds: float | None
    """None for a page that was not done."""
    at: float


@dataclass(frozen=True, slots=True)
class _Begun:
    """A page that was taken in hand before the pages were known."""

    key: PageKey
    at: float


@dataclass(slots=True)
class Foretelling:
    """Says nothing until `features` has been over all pages that are left, which a thread of its own does.

    Any thread may ask it and tell it.
    """

    features: Callable[[], Mapping[PageKey, PageFeatures]]
    earlier: Sequence[PageCost] = ()
    workers: int = 1
    _eta: Eta | None = None
    _waiting: list[_Begun | _End] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, key: PageKey, at: float) -> None:
        """Take in that a page is in hand."""
        self._take(_Begun(key, at))

    def hear(self, key: PageKey, seconds: float, at: float) -> None:
        """Take in that a page is done after so many seconds of its worker."""
        self._take(_End(key, seconds, at))

    def hear_end(self, key: PageKey, at: float) -> None:
        """Take in that a page has ended otherwise."""
        self._take(_End(key, None, at))

    def left(self, at: float) -> Interval | None:
        """Give the seconds that are left; None while too little is known."""
        with self._lock:
            self._begin()
            if self._eta is None:
                return None
            self._eta.workers = self.workers
            return self._eta.left(at)

    def _begin(self) -> None:
        if self._thread is None:
            # A share that hangs must not keep the run from ending.
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()

    def _look(self) -> None:
        features = self.features()
        with self._lock:
            self._eta = Eta(features, self.workers, self.earlier)
            for end in self._waiting:
                _tell(self._eta, end)
            self._waiting.clear()

    def _take(self, end: _Begun | _End) -> None:
        with self._lock:
            self._begin()
            if self._eta is None:
                self._waiting.append(end)
            else:
                _tell(self._eta, end)


def _tell(eta: Eta, heard: _Begun | _End) -> None:
    match heard:
        case _Begun():
            eta.begin(heard.key, heard.at)
        case _End(seconds=None):
            eta.hear_end(heard.key, heard.at)
        case _End(seconds=float() | int() as seconds):
            eta.hear(heard.key, seconds, heard.at)

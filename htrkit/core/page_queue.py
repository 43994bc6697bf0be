"""Which page comes next, and what each page has been through: attempts, strikes, passing troubles."""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence

from htrkit.domain.names import PageKey


class PageQueue:
    """The pages of a run that are in nobody's hand, and the count of those that have ended.

    Struck pages wait behind all others, since each is tried alone and would idle the other workers.
    """

    def __init__(
        self, pages: Sequence[PageKey], *, strikes: Mapping[PageKey, int], attempts: Mapping[PageKey, int]
    ) -> None:
        self.done = 0
        self.failed = 0
        self.flagged = 0
        """Of those done."""
        self._total = len(pages)
        self._strikes = Counter({key: strikes[key] for key in pages if strikes.get(key)})
        self._attempts = Counter({key: attempts[key] for key in pages if attempts.get(key)})
        self._refusals = Counter[PageKey]()
        self._fresh = deque(key for key in pages if not self._strikes[key])
        self._struck = deque(key for key in pages if self._strikes[key])

    def add(self, pages: Sequence[PageKey], *, strikes: Mapping[PageKey, int], attempts: Mapping[PageKey, int]) -> None:
        """Take in more pages, behind those that wait; one that was here before begins with what is said of it now."""
        self._total += len(pages)
        for key in pages:
            self._strikes[key], self._attempts[key] = strikes.get(key, 0), attempts.get(key, 0)
            self._line_of(key).append(key)

    @property
    def ended(self) -> int:
        """Pages that are done or failed."""
        return self.done + self.failed

    @property
    def left(self) -> int:
        """Pages that have not ended, those in hand included."""
        return self._total - self.ended

    def workers_wanting(self, *, free: int, alive: int) -> int:
        """Give how many more workers the waiting pages could use; `free` of those alive hold no page."""
        # Struck pages are tried one at a time, and by whoever is there.
        return max(len(self._fresh) - free, bool(self._struck) - alive, 0)

    def attempts(self, key: PageKey) -> int:
        """Give how often a page was taken in hand."""
        return self._attempts[key]

    def take(self, in_hand: Collection[PageKey], put_down: int = 0) -> PageKey | None:
        """Take the next page into a hand, beside those in hand already; None where none may be taken now.

        `put_down` pages are just being put down: a struck page is not taken beside them, it might be one of them.
        """
        if any(self._strikes[key] for key in in_hand):
            return None
        if self._fresh:
            key = self._fresh.popleft()
        elif self._struck and not in_hand and not put_down:
            key = self._struck.popleft()
        else:
            return None
        self._attempts[key] += 1
        return key

    def give_back(self, key: PageKey) -> None:
        """Put a page back as if it had never been taken."""
        self._attempts[key] -= 1
        self._line_of(key).appendleft(key)

    def put_last(self, key: PageKey) -> None:
        """Put a page at the end."""
        self._line_of(key).append(key)

    def strike(self, key: PageKey) -> int:
        """Count a worker's death with the page in hand; give the deaths so far."""
        self._strikes[key] += 1
        return self._strikes[key]

    def refuse(self, key: PageKey) -> int:
        """Count a passing trouble; give the troubles so far."""
        self._refusals[key] += 1
        return self._refusals[key]

    def _line_of(self, key: PageKey) -> deque[PageKey]:
        return self._struck if self._strikes[key] else self._fresh

"""What a page's trouble comes to: another try at the end of the queue, or being set aside."""

from htrkit.core.crew import Hand
from htrkit.core.page_queue import PageQueue
from htrkit.core.rules import Rules
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Died, Refused, Retry, SetAside, Strike
from htrkit.domain.serving import ServerDied


def after_death(
    hand: Hand, died: Died | ServerDied, pages: PageQueue, rules: Rules, *, killed_for: str
) -> Strike | SetAside:
    """Count the death of the worker that held a page, or of the server that had nothing but this page on its device.

    `killed_for` is empty where it died by itself.
    """
    strikes = pages.strike(hand.key)
    step, cause = hand.step or Step.OPEN, killed_for or died.cause
    if strikes < rules.deaths:
        pages.put_last(hand.key)
        return Strike(hand.key, step, cause, strikes, died.stack)
    failure = FailureClass.TIMEOUT if killed_for else FailureClass.DIED
    message = f"{_who(died)} died {_times(strikes)} with this page in hand, the last time of: {cause}."
    return SetAside(hand.key, failure, step, message, pages.attempts(hand.key), died.stack)


def after_refusal(key: PageKey, refused: Refused, pages: PageQueue, rules: Rules) -> Retry | SetAside:
    """Judge a page that its worker could not read."""
    if refused.passing and pages.refuse(key) <= rules.retries:
        pages.put_last(key)
        return Retry(key, refused.failure, refused.step, refused.message)
    return SetAside(key, refused.failure, refused.step, refused.message, pages.attempts(key), refused.stack)


def _who(died: Died | ServerDied) -> str:
    return "A worker" if isinstance(died, Died) else "A device server"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")

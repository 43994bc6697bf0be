"""A forecast for screens: nothing before the pages are looked at, and nothing that was heard meanwhile is lost."""

import threading
from collections.abc import Mapping

from htrkit.core.page_costs import PageFeatures
from htrkit.domain.names import PageKey
from htrkit.run.foretelling import Foretelling

PATIENCE_SECONDS = 30.0
PAGES = [PageKey(f"p{number}") for number in range(20)]


def page() -> PageFeatures:
    return PageFeatures(megapixels=8.0, lines=40, megabytes=2.0, to_segment=False)


def looked(foretelling: Foretelling) -> None:
    """Wait until the pages have been looked at."""
    assert foretelling._thread is not None
    foretelling._thread.join(PATIENCE_SECONDS)


def test_what_was_heard_before_the_pages_were_known_counts() -> None:
    may_look = threading.Event()

    def features() -> Mapping[PageKey, PageFeatures]:
        may_look.wait(PATIENCE_SECONDS)
        return {key: page() for key in PAGES}

    foretelling = Foretelling(features)
    for number, key in enumerate(PAGES[:8]):
        foretelling.hear(key, 10.0, 10.0 * number)
    foretelling.hear_end(PAGES[8], 80.0)
    assert foretelling.left(80.0) is None
    may_look.set()
    looked(foretelling)

    left = foretelling.left(80.0)
    assert left is not None
    assert 90 < left.expected < 130
    assert left.low <= left.expected <= left.high


def test_more_workers_take_less_time() -> None:
    foretelling = Foretelling(lambda: {key: page() for key in PAGES})
    for key in PAGES[:8]:
        foretelling.hear(key, 10.0, 0.0)
    looked(foretelling)
    alone = foretelling.left(0.0)
    foretelling.workers = 4
    together = foretelling.left(0.0)

    assert alone is not None
    assert together is not None
    assert together.expected < alone.expected / 2

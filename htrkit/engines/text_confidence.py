"""How sure a model is of each line of a page that it wrote token by token."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

import numpy as np

from htrkit.engines.page_text import PageText


@dataclass(frozen=True, slots=True)
class Token:
    """What a token adds to the text, in UTF-8 and perhaps a part of a sign only, and the probability it had."""

    content: bytes
    probability: float


def with_confidences(text: PageText, tokens: Sequence[Token]) -> PageText:
    """Give every line the mean probability of the tokens that it was written with.

    A line that does not stand in what was written as it is (cleaned inside) has that of all the text.
    """
    tokens = [token for token in tokens if token.content]
    if not tokens:
        return text
    written = b"".join(token.content for token in tokens)
    ends = list(accumulate(len(token.content) for token in tokens))
    of_all = _mean(tokens)
    lines, place, at = [], 0, 0
    for line in text.lines:
        content = line.text.encode("utf-8", "surrogateescape")
        found = written.find(content, place)
        if found < 0:
            lines.append(replace(line, confidence=of_all))
            continue
        place = found + len(content)
        while ends[at] <= found:
            at += 1
        last = at
        while ends[last] < place:
            last += 1
        lines.append(replace(line, confidence=_mean(tokens[at : last + 1])))
        at = last
    return replace(text, lines=tuple(lines))


def _mean(tokens: Sequence[Token]) -> float:
    return round(sum(token.probability for token in tokens) / len(tokens), 4)


def mean_confidence(probabilities: Sequence[float] | Any) -> float | None:  # noqa: ANN401 - arrays of any kind
    """Give a text's confidence, the mean over its tokens, 0 to 1; None where nothing was written."""
    values = np.asarray(probabilities, dtype=np.float64)
    return round(float(values.mean()), 4) if values.size else None

"""The engines that an inference server can compute, each with what its model is told and how its writing is read."""

import re
from dataclasses import replace

from htrkit.domain.stages import LoadOrder, Stage
from htrkit.engines.churro_document import from_churro
from htrkit.engines.page_text import PageText
from htrkit.engines.prompts import CHURRO, QWEN3_VL, SERVER
from htrkit.engines.served_pages import Dialect, ServedPages
from htrkit.engines.wrappers import from_markdown

LONGEST_SIDE = 2048
"""Pixels of a picture for a model of which nothing else is known: strokes of a page can still be told apart."""
LONGEST_SIDES = {"olmocr": 1288, "lightonocr": 1540, "churro": 2500}
"""What models were trained with, by what their names hold."""
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(?:[A-Za-z_][\w-]*:[^\n]*\n)+---[ \t]*(?:\n|\Z)")
"""What olmOCR writes before the text: the page's language, whether it is a table."""


def served(order: LoadOrder) -> Stage:
    """Give the stage of any model that a server knows, told what `--prompt` says."""
    name = order.model.name.casefold()
    side = next((side for part, side in LONGEST_SIDES.items() if part in name), LONGEST_SIDE)
    return ServedPages(order, Dialect(SERVER, from_any, longest_side=side))


def served_churro(order: LoadOrder) -> Stage:
    """Give Churro's stage: its XML is read, and kept."""
    return ServedPages(order, Dialect(CHURRO, from_churro, longest_side=LONGEST_SIDES["churro"]))


def served_qwen3_vl(order: LoadOrder) -> Stage:
    """Give Qwen3-VL's stage."""
    return ServedPages(order, Dialect(QWEN3_VL, from_markdown, longest_side=LONGEST_SIDE))


def from_any(written: str, confidence: float | None = None) -> PageText:
    """Give the lines of what some model wrote; what it says of the page before the text is kept as structure."""
    text = _FRONT_MATTER.sub("", written)
    found = from_markdown(text, confidence)
    return found if text == written else replace(found, structure=written)

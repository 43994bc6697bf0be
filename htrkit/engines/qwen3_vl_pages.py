"""Qwen3-VL as a stage: a general vision-language model that is asked for a faithful transcription."""

from htrkit.domain.stages import LoadOrder
from htrkit.engines.prompts import QWEN3_VL
from htrkit.engines.vlm_pages import Family, VlmPages
from htrkit.engines.vlm_pictures import Bounds
from htrkit.engines.wrappers import from_markdown

LEAST_PIXELS = 256 * 256
PAGE_PIXELS = 1_536 * 1_536
"""2,304 visual tokens of 32 x 32 pixels; the library's own bound is seven times that, more than most cards hold."""
LINE_PIXELS = 1_024 * 1_024
FAMILY = Family(
    types=frozenset({"qwen3_vl", "qwen3_vl_moe"}),
    prompting=QWEN3_VL,
    page_bounds=Bounds(None, LEAST_PIXELS, PAGE_PIXELS),
    line_bounds=Bounds(None, LEAST_PIXELS, LINE_PIXELS),
    read=from_markdown,
)


class Qwen3VlPages(VlmPages):
    """A model of the Qwen3-VL family, or a fine-tune of one."""

    def __init__(self, order: LoadOrder) -> None:
        """Load the model; raises PreflightRefused."""
        super().__init__(order, FAMILY)

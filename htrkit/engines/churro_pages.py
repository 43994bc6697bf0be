"""Churro as a stage: a model of the Qwen2.5-VL family that writes historical pages as XML."""

from htrkit.domain.stages import LoadOrder
from htrkit.engines.churro_document import from_churro
from htrkit.engines.prompts import CHURRO
from htrkit.engines.vlm_pages import Family, VlmPages
from htrkit.engines.vlm_pictures import Bounds

LONGEST_SIDE = 2_500
"""What Churro's own program fits every page into."""
BOUNDS = Bounds(LONGEST_SIDE, least_pixels=56 * 56, most_pixels=LONGEST_SIDE * LONGEST_SIDE)
FAMILY = Family(
    types=frozenset({"qwen2_5_vl"}), prompting=CHURRO, page_bounds=BOUNDS, line_bounds=BOUNDS, read=from_churro
)


class ChurroPages(VlmPages):
    """Churro, or another fine-tune of Qwen2.5-VL that is asked as Churro is."""

    def __init__(self, order: LoadOrder) -> None:
        """Load the model; raises PreflightRefused."""
        super().__init__(order, FAMILY)

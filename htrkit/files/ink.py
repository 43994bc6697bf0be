"""How much of a picture is ink: what tells a blank page from one whose lines were missed."""

import cv2
import numpy as np
from PIL import Image

WIDTH = 600
"""Pixels that the picture is shrunk to: strokes still show, the grain of the paper does not."""
MARGIN = 0.04
"""Share of each side that is left out: there scanners leave borders, shadows and the edge of the page."""
CONTRAST = 36
"""Grey levels that ink is darker than the paper around it."""
PAPER_WINDOW = 41
"""Pixels over which the paper's tone is taken."""
WRITTEN = 0.0008
"""Share of ink on a page with one word on it; written pages have 0.02 and more."""


def has_ink(picture: Image.Image) -> bool:
    """Say whether there is writing, or anything like it, on the picture."""
    return ink_share(picture) >= WRITTEN


def ink_share(picture: Image.Image) -> float:
    """Give the share of pixels, 0 to 1, that are clearly darker than what is around them."""
    width, height = picture.size
    small = picture.convert("L").resize(
        (min(WIDTH, width), max(1, height * min(WIDTH, width) // width)), Image.Resampling.BOX
    )
    grey = np.asarray(small)
    rows, columns = (round(side * MARGIN) for side in grey.shape)
    grey = np.ascontiguousarray(grey[rows : grey.shape[0] - rows, columns : grey.shape[1] - columns])
    if not grey.size:
        return 0.0
    paper = cv2.medianBlur(grey, PAPER_WINDOW)
    return float(np.mean(paper.astype(np.int16) - grey > CONTRAST))

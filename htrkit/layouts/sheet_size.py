"""A document against its picture: the same size, the same shape, or the document of another picture."""

from htrkit.core.points import SAME, Scale
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import Size
from htrkit.domain.page import Note
from htrkit.layouts.drawing import Sheet

IN_PROPORTION = 0.01
"""How far the two scales may differ, as a share."""
PIXELS = "pixel"


def fitted(sheet: Sheet, image: Size, *, name: str) -> tuple[Scale, tuple[Note, ...]]:
    """Give the scale from the document to the picture, and what should be said; raises PageProblem, class size."""
    if sheet.width is None or sheet.height is None:
        if sheet.unit != PIXELS:
            raise _refused(name, f"it measures in {sheet.unit} and does not say how large its page is")
        message = f"{name} does not say how large its picture is; its points were taken for this picture's pixels."
        return SAME, (Note("sidecar-without-size", message),)
    if (sheet.width, sheet.height) == (image.width, image.height):
        return SAME, ()
    scale = Scale(image.width / sheet.width, image.height / sheet.height)
    sizes = f"{sheet.width:g} x {sheet.height:g} {_plural(sheet.unit)}"
    if _is_square(scale.x, scale.y):
        message = f"{name} is for a picture of {sizes}; its points were scaled to {image.width} x {image.height}."
        return scale, (Note("sidecar-scaled", message),)
    turned = _is_square(image.width / sheet.height, image.height / sheet.width)
    raise _refused(name, f"it is for a picture of {sizes}, and this one has {_size(image)}", turned=turned)


def _is_square(across: float, down: float) -> bool:
    return abs(across / down - 1) <= IN_PROPORTION


def _size(image: Size) -> str:
    return f"{image.width} x {image.height} pixels"


def _plural(unit: str) -> str:
    return "pixels" if unit == PIXELS else unit


def _refused(name: str, cause: str, *, turned: bool = False) -> PageProblem:
    mend = (
        "It was made for the picture before its EXIF orientation turned it: turn the XML, or store the picture upright"
        if turned
        else "Put the XML of this very picture beside it"
    )
    return PageProblem(
        f"{name}: {cause}.",
        mend=f"{mend}, or let Kraken find the lines with `-s kraken`.",
        failure=FailureClass.SIZE,
        step=Step.LAYOUT,
    )

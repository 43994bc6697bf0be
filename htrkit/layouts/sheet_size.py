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
            raise _refused(name, f"measures in {sheet.unit} and does not say how large its page is")
        note = Note(
            "sidecar-without-size", f"{name} does not say how large its picture is; its points were taken as pixels."
        )
        return SAME, (note,)
    if (sheet.width, sheet.height) == (image.width, image.height):
        return SAME, ()
    scale = Scale(image.width / sheet.width, image.height / sheet.height)
    sizes = f"{sheet.width:g} x {sheet.height:g} {sheet.unit}, and the picture has {image.width} x {image.height}"
    if abs(scale.x / scale.y - 1) > IN_PROPORTION:
        raise _refused(name, f"is for {sizes}", turned=(sheet.width, sheet.height) == (image.height, image.width))
    return scale, (Note("sidecar-scaled", f"{name} is for {sizes}: its points were scaled."),)


def _refused(name: str, cause: str, *, turned: bool = False) -> PageProblem:
    mend = "The picture was turned since: make the XML again for it" if turned else "Give the XML of this picture"
    return PageProblem(
        f"{name}: {cause}.",
        mend=f"{mend}, or let Kraken find the lines with `-s kraken`.",
        failure=FailureClass.SIZE,
        step=Step.LAYOUT,
    )

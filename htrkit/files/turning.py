"""Which way up a picture is: what cameras and scanners write into EXIF, TIFF and XMP, read once."""

from dataclasses import dataclass

from PIL import ExifTags, Image

from htrkit.domain.page import Orientation


@dataclass(frozen=True, slots=True)
class Turn:
    """What sets a picture upright: mirrored left to right where it says so, and then turned clockwise."""

    turned: Orientation = Orientation.UPRIGHT
    mirrored: bool = False
    method: Image.Transpose | None = None
    """The same in one step of Pillow's."""

    @property
    def swaps_sides(self) -> bool:
        """Whether width becomes height."""
        return self.turned in {Orientation.QUARTER, Orientation.THREE_QUARTERS}


UPRIGHT = Turn()
TURNS = {
    2: Turn(Orientation.UPRIGHT, mirrored=True, method=Image.Transpose.FLIP_LEFT_RIGHT),
    3: Turn(Orientation.HALF, method=Image.Transpose.ROTATE_180),
    4: Turn(Orientation.HALF, mirrored=True, method=Image.Transpose.FLIP_TOP_BOTTOM),
    5: Turn(Orientation.THREE_QUARTERS, mirrored=True, method=Image.Transpose.TRANSPOSE),
    6: Turn(Orientation.QUARTER, method=Image.Transpose.ROTATE_270),
    7: Turn(Orientation.QUARTER, mirrored=True, method=Image.Transpose.TRANSVERSE),
    8: Turn(Orientation.THREE_QUARTERS, method=Image.Transpose.ROTATE_90),
}
"""By the value of tag 274, Orientation (EXIF 2.32, TIFF 6.0); Pillow's names turn counter-clockwise."""


def turn_of(image: Image.Image) -> Turn:
    """Give what the picture's Orientation asks for: nothing where its value means nothing or EXIF is beyond reading."""
    try:
        # The general reader, since the one for PNG would decode the pixels first.
        value = Image.Image.getexif(image).get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001  Pillow's EXIF reader raises nearly anything, and no page is lost for its EXIF.
        return UPRIGHT
    return TURNS.get(value, UPRIGHT) if isinstance(value, int) else UPRIGHT

"""Every way that a picture file may hold its colours, brought to the two that engines are given: L and RGB."""

from PIL import Image, ImageCms

from htrkit.files.deep_grey import Samples, from_16_bit, from_32_bit, from_float
from htrkit.files.no_picture import NoPicture, unsupported

PAPER = (255, 255, 255)
DEEP = {
    "I;16": from_16_bit,
    "I;16L": from_16_bit,
    "I;16B": from_16_bit,
    "I;16N": from_16_bit,
    "I": from_32_bit,
    "F": from_float,
}
"""Pillow's modes of more than 8 bits a value."""
FLAT = {
    "1": "L",
    "L": "L",
    "LA": "L",
    "La": "L",
    "RGB": "RGB",
    "RGBA": "RGB",
    "RGBa": "RGB",
    "RGBX": "RGB",
    "PA": "RGB",
    "CMYK": "RGB",
    "YCbCr": "RGB",
}
"""Modes that Pillow converts rightly, once what is transparent lies on white."""
PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def in_grey_or_rgb(image: Image.Image, samples: Samples) -> Image.Image:
    """Give the picture in mode L (grey and bilevel) or RGB (colour), on white where it is transparent.

    A picture that is so already shares its pixels with the one that is given.

    `samples` is what the file tells of grey values of more than 8 bits. Raises NoPicture for a mode that has no way
    there. Beside LAB no colours are managed: CMYK and RGB are taken as they are, whatever profile they carry.
    """
    if image.mode in DEEP:
        return DEEP[image.mode](image, samples)
    if image.mode in FLAT:
        return _flat(image, FLAT[image.mode])
    if image.mode == "P":
        return _flat(image, "L" if _is_grey(image) else "RGB")
    if image.mode == "LAB":
        return _from_lab(image)
    raise unsupported(f"holds its colours in a way that is not read here ({image.mode})")


def _flat(image: Image.Image, mode: str) -> Image.Image:
    if image.mode in PREMULTIPLIED:
        image = image.convert(PREMULTIPLIED[image.mode])
    if not image.has_transparency_data:
        # A plain picture over the very pixels that were decoded: a copy takes a sixth of the time of decoding.
        return image._new(image.im) if image.mode == mode else image.convert(mode)  # noqa: SLF001 - no public way
    rgba = image.convert("RGBA")
    opacity = rgba.getchannel("A")
    if opacity.getextrema() == (0, 0):
        # A channel that hides everything was never meant: a page is not lost for it.
        return rgba.convert("RGB").convert(mode)
    paper = Image.new("RGB", image.size, PAPER)
    paper.paste(rgba, mask=opacity)
    return paper.convert(mode)


def _is_grey(image: Image.Image) -> bool:
    """Whether all colours of the palette are grey; most bilevel scans that come as PNG or GIF have such a palette."""
    palette = image.getpalette("RGB") or []
    return palette[0::3] == palette[1::3] == palette[2::3]


def _from_lab(image: Image.Image) -> Image.Image:
    try:
        transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        converted = ImageCms.applyTransform(image, transform)
    except (ImageCms.PyCMSError, ImportError) as error:
        raise _no_lab(error) from error
    if converted is None:
        raise _no_lab(None)
    return converted


def _no_lab(error: Exception | None) -> NoPicture:
    return unsupported(f"holds CIELAB colours, which this Pillow cannot convert ({error})")

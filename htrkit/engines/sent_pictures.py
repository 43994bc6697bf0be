"""Pictures as they are sent to a server: JPEG, no larger than its model sees, no narrower than it takes."""

from io import BytesIO

from PIL import Image

QUALITY = 90
"""Of JPEG: strokes keep their edges, and a page has some hundred kilobytes."""
LEAST_SIDE = 32
"""Pixels: vision-language models of the Qwen family refuse less than 28."""
MOST_STRETCH = 100
"""Of the long side over the short one: such models refuse 200."""


def sent_picture(picture: Image.Image, *, longest_side: int) -> Image.Image:
    """Give the picture in RGB, at most so long a side, with white beside it where it is too thin to be taken."""
    width, height = picture.size
    share = min(longest_side / max(width, height), 1.0)
    size = max(round(width * share), 1), max(round(height * share), 1)
    small = picture.convert("RGB")
    if size != picture.size:
        small = small.resize(size, Image.Resampling.LANCZOS)
    least = max(LEAST_SIDE, -(-max(size) // MOST_STRETCH))
    room = max(size[0], least), max(size[1], least)
    if room == size:
        return small
    wide = Image.new("RGB", room, (255, 255, 255))
    wide.paste(small, ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
    return wide


def jpeg_of(picture: Image.Image) -> bytes:
    """Give the picture as JPEG."""
    content = BytesIO()
    picture.save(content, "JPEG", quality=QUALITY)
    return content.getvalue()


def is_of_one_colour(picture: Image.Image) -> bool:
    """Tell whether nothing can be written there: a model that is shown nothing invents something."""
    bounds = picture.getextrema()
    bands = bounds if isinstance(bounds[0], tuple) else (bounds,)
    return all(low == high for low, high in bands)

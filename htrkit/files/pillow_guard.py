"""Pillow held to one way of working, and its many errors taken for what they mean."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile
from PIL.TiffImagePlugin import OPEN_INFO

from htrkit.files.no_picture import NoPicture, broken
from htrkit.files.tiff_facts import MORE_TIFF_MODES

_ONE_AT_A_TIME = threading.RLock()
"""Two threads that each put Pillow's settings back would leave them as the other had them."""


@contextmanager
def pillow_as_it_must_be() -> Iterator[None]:
    """Pillow's settings are the process's, and other libraries change them; here they hold for one picture.

    The limit on pixels is ours, so Pillow's is off. Truncated pictures are refused. Its warnings would go to a
    screen that is not Pillow's; what matters of them comes as an error. A kind of TIFF is added that it would read as
    well as its twin of the other byte order.
    """
    with _ONE_AT_A_TIME, _settings():
        yield


@contextmanager
def _settings() -> Iterator[None]:
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    added = {key: modes for key, modes in MORE_TIFF_MODES.items() if key not in OPEN_INFO}
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = None, False
    OPEN_INFO.update(added)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before
        for key in added:
            del OPEN_INFO[key]


@contextmanager
def library_errors() -> Iterator[None]:
    """Take whatever Pillow's readers raise over bad bytes for what it is: a broken picture.

    They raise nearly everything: OSError, SyntaxError, ValueError, struct.error, zlib.error, IndexError and more.
    """
    try:
        yield
    except (NoPicture, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise broken(f"cannot be decoded ({_in_one_line(error)})") from error


def _in_one_line(error: Exception) -> str:
    said = " ".join(str(error).split()).rstrip(".")
    # Pillow's own sentence for this holds the address of an object in memory.
    return type(error).__name__ if not said or "identify image file" in said else said

"""The one decoder for picture files: header first, limits next, pixels last, and set upright once."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.TiffImagePlugin import OPEN_INFO, TiffImageFile

from htrkit.files.colours import in_grey_or_rgb
from htrkit.files.deep_grey import Samples
from htrkit.files.headers import check_jpeg_end, check_png_data, webp_size
from htrkit.files.no_picture import NoPicture, broken, changed, check_pixels
from htrkit.files.signatures import PictureFormat
from htrkit.files.tiff_facts import MORE_TIFF_MODES, check_tiles, go_to_frame, tiff_samples, tiff_trouble
from htrkit.files.turning import UPRIGHT, Turn, turn_of


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture in mode L or RGB, upright, and how it was set so."""

    image: Image.Image
    turn: Turn = UPRIGHT


def decode(file: BufferedReader, kind: PictureFormat, *, frame: int, max_megapixels: float) -> Decoded:
    """Decode the file's frame, from 0; raises NoPicture, OSError where the disk fails, MemoryError."""
    if frame and kind is not PictureFormat.TIFF:
        raise changed(asked=frame, held=1)
    with _pillow_as_it_must_be():
        with _library_errors():
            _check_header(file, kind, max_megapixels=max_megapixels)
            image = _opened(file, kind, frame)
        with image:
            check_pixels(*image.size, max_megapixels=max_megapixels)
            with _library_errors():
                samples, turn = _load(image, max_megapixels=max_megapixels)
            return Decoded(_upright(in_grey_or_rgb(image, samples), image, turn), turn)


def upright_size(file: BufferedReader, kind: PictureFormat, *, frame: int, max_megapixels: float) -> tuple[int, int]:
    """Give width and height as `decode` would, from the header alone; raises NoPicture, OSError."""
    if frame and kind is not PictureFormat.TIFF:
        raise changed(asked=frame, held=1)
    with _pillow_as_it_must_be():
        with _library_errors():
            _check_header(file, kind, max_megapixels=max_megapixels)
            image = _opened(file, kind, frame)
        with image, _library_errors():
            check_pixels(*image.size, max_megapixels=max_megapixels)
            width, height = image.size
            # Pillow gives a TIFF's size as it will be when it is turned.
            swapped = turn_of(image).swaps_sides and not isinstance(image, TiffImageFile)
            return (height, width) if swapped else (width, height)


@contextmanager
def _pillow_as_it_must_be() -> Iterator[None]:
    """Pillow's settings are the process's, and other libraries change them; here they hold for one picture.

    The limit on pixels is ours, so Pillow's is off. Truncated pictures are refused. Its warnings would go to a
    screen that is not Pillow's; what matters of them comes as an error. A kind of TIFF is added that it would read as
    well as its twin of the other byte order.
    """
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
def _library_errors() -> Iterator[None]:
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


def _check_header(file: BufferedReader, kind: PictureFormat, *, max_megapixels: float) -> None:
    """Ask what Pillow asks too late or not at all."""
    if kind is PictureFormat.WEBP:
        check_pixels(*webp_size(file), max_megapixels=max_megapixels)
    elif kind is PictureFormat.JPEG:
        check_jpeg_end(file)
    elif kind is PictureFormat.PNG:
        check_png_data(file)


def _opened(file: BufferedReader, kind: PictureFormat, frame: int) -> ImageFile.ImageFile:
    """Read the header; no other of Pillow's formats is tried, for there are such as start programs (EPS)."""
    file.seek(0)
    try:
        image = Image.open(file, formats=[kind.value])
        if isinstance(image, TiffImageFile):
            go_to_frame(image, file, frame)
    except (UnidentifiedImageError, SyntaxError) as error:
        if kind is PictureFormat.TIFF:
            raise tiff_trouble(file, frame) from error
        raise
    return image


def _load(image: ImageFile.ImageFile, *, max_megapixels: float) -> tuple[Samples, Turn]:
    """Decode the pixels. A TIFF is asked its turn before, for Pillow turns it and forgets; a PNG may tell it last."""
    if isinstance(image, TiffImageFile):
        check_tiles(image, max_megapixels=max_megapixels)
        samples, turn = tiff_samples(image), turn_of(image)
        image.load()
        return samples, turn
    image.load()
    clear = image.info.get("transparency")
    return Samples(clear=clear if isinstance(clear, int) else None), turn_of(image)


def _upright(flat: Image.Image, source: ImageFile.ImageFile, turn: Turn) -> Image.Image:
    """Turn what Pillow has not turned yet, and leave behind what the file says of itself (profiles, EXIF, XMP)."""
    if turn.method is not None and not isinstance(source, TiffImageFile):
        flat = flat.transpose(turn.method)
    flat.info = {}
    return flat

"""The one decoder for picture files: header first, limits next, pixels last, and set upright once."""

from dataclasses import dataclass
from io import BufferedReader

from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from htrkit.files.colours import in_grey_or_rgb
from htrkit.files.deep_grey import Samples
from htrkit.files.headers import check_jpeg_end, check_png_data, png_exif, webp_size
from htrkit.files.no_picture import changed, check_pixels
from htrkit.files.pillow_guard import library_errors, pillow_as_it_must_be
from htrkit.files.signatures import PictureFormat
from htrkit.files.tiff_facts import check_tiles, go_to_frame, sides_are_swapped, tiff_samples, tiff_trouble
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
    with pillow_as_it_must_be():
        with library_errors():
            image = _opened(file, kind, frame, max_megapixels=max_megapixels)
        with image:
            with library_errors():
                _check_whole(file, kind)
            with library_errors():
                samples, turn = _load(image, max_megapixels=max_megapixels)
            return Decoded(_upright(in_grey_or_rgb(image, samples), image, turn), turn)


def upright_size(file: BufferedReader, kind: PictureFormat, *, frame: int, max_megapixels: float) -> tuple[int, int]:
    """Give width and height as `decode` would, from the header alone; raises NoPicture, OSError."""
    if frame and kind is not PictureFormat.TIFF:
        raise changed(asked=frame, held=1)
    with pillow_as_it_must_be():
        with library_errors():
            image = _opened(file, kind, frame, max_megapixels=max_megapixels)
        with image:
            width, height = image.size
            turned_already = isinstance(image, TiffImageFile) and sides_are_swapped(image)
            return (height, width) if turn_of(image).swaps_sides is not turned_already else (width, height)


def _opened(file: BufferedReader, kind: PictureFormat, frame: int, *, max_megapixels: float) -> ImageFile.ImageFile:
    """Read the header; no other of Pillow's formats is tried, for there are such as start programs (EPS)."""
    if kind is PictureFormat.WEBP:
        check_pixels(*webp_size(file), max_megapixels=max_megapixels)
    file.seek(0)
    try:
        image = Image.open(file, formats=[kind.value])
        if isinstance(image, TiffImageFile):
            go_to_frame(image, file, frame)
    except (UnidentifiedImageError, SyntaxError) as error:
        if kind is PictureFormat.TIFF:
            raise tiff_trouble(file, frame) from error
        raise
    check_pixels(*image.size, max_megapixels=max_megapixels)
    if kind is PictureFormat.PNG:
        _tell_exif(image, file)
    return image


def _tell_exif(image: ImageFile.ImageFile, file: BufferedReader) -> None:
    """A PNG may tell its EXIF behind its pixels, where Pillow finds it only by decoding them."""
    place = file.tell()
    if "exif" not in image.info and (said := png_exif(file)):
        image.info["exif"] = said
    file.seek(place)


def _check_whole(file: BufferedReader, kind: PictureFormat) -> None:
    """Look for damage that Pillow passes over; the file stays where it was."""
    place = file.tell()
    if kind is PictureFormat.JPEG:
        check_jpeg_end(file)
    elif kind is PictureFormat.PNG:
        check_png_data(file)
    file.seek(place)


def _load(image: ImageFile.ImageFile, *, max_megapixels: float) -> tuple[Samples, Turn]:
    """Decode the pixels. A TIFF is asked its turn before, for Pillow turns it and forgets."""
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

"""A look at a picture's head tells what opening it will: the same size, the same refusals."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass
from htrkit.domain.geometry import Size
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.pictures import look_at_picture, open_picture
from tests.fakes.lying import lzw_tiff, png_late, raw_tiff, xmp_jpeg, xmp_tiff
from tests.fakes.pdfs import PdfPage, pdf
from tests.fakes.pictures import chunk, png

LIMITS = {"dpi": 72, "max_megapixels": 1.0}


def source(path: Path, frame: int | None = None) -> PageSource:
    return PageSource(PageKey(path.stem), str(path), frame=frame)


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_the_size_is_that_of_the_upright_picture(tmp_path: Path, suffix: str, orientation: int) -> None:
    path = tmp_path / f"1.{suffix}"
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (30, 20), "white").save(path, exif=exif)

    assert look_at_picture(source(path), **LIMITS) == open_picture(source(path), **LIMITS).facts.size


def test_the_size_of_a_frame_and_of_a_pdf_page(tmp_path: Path) -> None:
    frames = [Image.new("L", (30, 20)), Image.new("L", (40, 50))]
    frames[0].save(tmp_path / "1.tif", save_all=True, append_images=frames[1:])
    (tmp_path / "1.pdf").write_bytes(pdf([PdfPage(), PdfPage()]))

    for one in (source(tmp_path / "1.tif", 1), source(tmp_path / "1.pdf", 1)):
        assert look_at_picture(one, **LIMITS) == open_picture(one, **LIMITS).facts.size


@pytest.mark.parametrize(
    ("name", "content", "failure"),
    [
        ("1.jpg", b"", FailureClass.EMPTY),
        ("1.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", FailureClass.UNSUPPORTED),
        ("1.png", b"\x89PNG\r\n\x1a\n", FailureClass.BROKEN),
        ("1.pdf", b"%PDF-1.4\nnothing", FailureClass.BROKEN),
    ],
)
def test_what_cannot_be_opened_is_refused_in_the_same_way(
    tmp_path: Path, name: str, content: bytes, failure: FailureClass
) -> None:
    (tmp_path / name).write_bytes(content)

    for look in (look_at_picture, open_picture):
        with pytest.raises(PageProblem) as caught:
            look(source(tmp_path / name), **LIMITS)
        assert caught.value.failure is failure


def test_too_many_pixels_and_frames_that_are_not_there_are_refused(tmp_path: Path) -> None:
    Image.new("1", (2000, 2000)).save(tmp_path / "1.png")

    with pytest.raises(PageProblem) as large:
        look_at_picture(source(tmp_path / "1.png"), **LIMITS)
    with pytest.raises(PageProblem) as gone:
        look_at_picture(source(tmp_path / "1.png", 3), **LIMITS)

    assert large.value.failure is FailureClass.TOO_LARGE
    assert gone.value.failure is FailureClass.UNREADABLE


def test_a_look_costs_no_decoding(tmp_path: Path) -> None:
    path = tmp_path / "1.bmp"
    Image.effect_noise((300, 300), 90).save(path)
    path.write_bytes(path.read_bytes()[:30_000])

    assert look_at_picture(source(path), **LIMITS).width == 300
    with pytest.raises(PageProblem):
        open_picture(source(path), **LIMITS)


@pytest.mark.parametrize("maker", [png_late, xmp_tiff, xmp_jpeg, raw_tiff, lzw_tiff])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_right_wherever_the_turn_is_told(
    tmp_path: Path, maker: Callable[[int], bytes], orientation: int
) -> None:
    (tmp_path / "1").write_bytes(maker(orientation))

    assert look_at_picture(source(tmp_path / "1"), **LIMITS) == Size(48, 32)


@pytest.mark.parametrize("name", ["PNG", "JPEG"])
def test_a_look_at_a_long_file_reads_its_head_alone(tmp_path: Path, name: str) -> None:
    path = tmp_path / "1"
    Image.effect_noise((900, 900), 90).save(path, name)
    path.write_bytes(path.read_bytes()[:100_000])

    assert look_at_picture(source(path), **LIMITS) == Size(900, 900)
    with pytest.raises(PageProblem):
        open_picture(source(path), **LIMITS)


def test_a_look_at_a_png_that_tells_its_turn_in_xmp_decodes_nothing(tmp_path: Path) -> None:
    said = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b'<x tiff:Orientation="6"/>')
    (tmp_path / "1").write_bytes(png(b"no pixels", width=30, height=20, bits=8, before=said))

    assert look_at_picture(source(tmp_path / "1"), **LIMITS) == Size(20, 30)

"""Files that are no pictures, are damaged, or were made to do harm: each fails its page in the right class."""

import errno
import os
import random
import socket
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import OPEN_INFO

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.files.no_picture import NoPicture
from htrkit.files.pictures import open_picture
from htrkit.files.regular import opened_regular
from htrkit.files.tiff_facts import MORE_TIFF_MODES
from tests.fakes.pdfs import pdf
from tests.fakes.pictures import (
    LONG,
    SHORT,
    TURNED,
    Frame,
    Tag,
    chunk,
    encoded,
    exif,
    opened,
    pixels,
    png,
    source,
    tiff,
)

NOISE = Image.fromarray(np.random.default_rng(7).integers(0, 255, (60, 80, 3), np.uint8))
FORMATS: dict[str, bytes] = {
    "jpeg": encoded(NOISE, "JPEG"),
    "progressive jpeg": encoded(NOISE, "JPEG", progressive=True),
    "png": encoded(NOISE, "PNG"),
    "tiff": encoded(NOISE, "TIFF"),
    "lzw": encoded(NOISE, "TIFF", compression="tiff_lzw"),
    "deflate": encoded(NOISE, "TIFF", compression="tiff_adobe_deflate"),
    "jpeg in tiff": encoded(NOISE, "TIFF", compression="jpeg"),
    "group4": encoded(NOISE.convert("1"), "TIFF", compression="group4"),
    "webp": encoded(NOISE, "WEBP"),
    "bmp": encoded(NOISE, "BMP"),
    "jpeg 2000": encoded(NOISE, "JPEG2000"),
    "gif": encoded(NOISE.convert("L"), "GIF"),
}


def failed(content: bytes, folder: Path, **wishes: Any) -> PageProblem:
    with pytest.raises(PageProblem) as caught:
        opened(content, folder, **wishes)
    assert caught.value.step is Step.OPEN
    assert caught.value.mend
    return caught.value


def failed_path(path: Path | str) -> PageProblem:
    with pytest.raises(PageProblem) as caught:
        open_picture(source(path), dpi=300, max_megapixels=200)
    return caught.value


@pytest.mark.parametrize("content", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_picture_that_ends_early_is_broken(content: bytes, share: float, tmp_path: Path) -> None:
    assert failed(content[: max(16, int(len(content) * share))], tmp_path).failure is FailureClass.BROKEN


@pytest.mark.parametrize("name", ["jpeg", "progressive jpeg", "png", "lzw", "gif", "jpeg 2000"])
def test_a_copy_whose_rest_is_zeros_is_broken(name: str, tmp_path: Path) -> None:
    """A WebP may decode to its end from zeros: it has no checksum, and its decoder sees nothing wrong."""
    content = FORMATS[name]
    kept = len(content) * 2 // 3
    assert failed(content[:kept] + bytes(len(content) - kept), tmp_path).failure is FailureClass.BROKEN


def test_the_end_of_a_cameras_thumbnail_is_not_the_pictures(tmp_path: Path) -> None:
    whole = encoded(NOISE, "JPEG", exif=b"Exif\0\0" + exif(1) + encoded(TURNED, "JPEG"))
    assert opened(whole, tmp_path).image.size == NOISE.size
    torn = whole[: len(whole) // 2]
    assert b"\xff\xd9" in torn
    assert "ends early" in failed(torn + bytes(len(whole) - len(torn)), tmp_path).what


def test_a_jpeg_with_something_behind_it_is_whole(tmp_path: Path) -> None:
    assert opened(FORMATS["jpeg"] + b"a camera's own notes \xff\xda", tmp_path).image.size == NOISE.size


@pytest.mark.parametrize("name", ["png", "lzw"])
@pytest.mark.parametrize("seed", range(10))
def test_garbage_in_the_middle_is_broken(name: str, seed: int, tmp_path: Path) -> None:
    content, chance = bytearray(FORMATS[name]), random.Random(seed)
    start = chance.randrange(len(content) // 3, len(content) // 2)
    content[start : start + 100] = chance.randbytes(100)
    assert failed(bytes(content), tmp_path).failure is FailureClass.BROKEN


def test_one_wrong_bit_in_a_pngs_pixels_is_broken(tmp_path: Path) -> None:
    """Stored without compression it decodes well enough; only the checksum, which Pillow skips, tells."""
    rows = b"\0" + bytes(64)
    whole = png(rows, width=64, height=1, bits=8)
    stored = zlib.compress(rows, 0)
    whole = whole.replace(chunk(b"IDAT", zlib.compress(rows)), chunk(b"IDAT", stored))
    assert opened(whole, tmp_path).image.size == (64, 1)
    assert "checksum" in failed(whole.replace(stored, stored[:40] + b"\1" + stored[41:]), tmp_path).what


@pytest.mark.parametrize("content", FORMATS.values(), ids=FORMATS)
def test_whatever_is_done_to_a_file_it_opens_or_fails_its_page(content: bytes, tmp_path: Path) -> None:
    chance = random.Random(len(content))
    for _ in range(40):
        changed = bytearray(content)
        for _ in range(chance.choice((1, 3, 30))):
            changed[chance.randrange(chance.choice((64, 512, len(content)))) % len(content)] = chance.randrange(256)
        try:
            assert opened(bytes(changed), tmp_path, max_megapixels=5).image.mode in ("L", "RGB")
        except PageProblem as problem:
            assert problem.failure in (
                FailureClass.BROKEN,
                FailureClass.UNSUPPORTED,
                FailureClass.TOO_LARGE,
                FailureClass.OOM,
            )


@pytest.mark.parametrize(
    ("content", "failure", "words"),
    [
        (b"Dear diary,\nnothing to see.\n", FailureClass.UNSUPPORTED, "a text file"),
        ("Liebes Tagebuch, schöne Grüße\n".encode(), FailureClass.UNSUPPORTED, "a text file"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x"/>', FailureClass.UNSUPPORTED, "an SVG drawing"),
        (b"\xef\xbb\xbf<!DOCTYPE html><title>404</title>", FailureClass.UNSUPPORTED, "a web page"),
        (b"<HTML><body>404", FailureClass.UNSUPPORTED, "a web page"),
        (b'<?xml version="1.0"?><PcGts/>', FailureClass.UNSUPPORTED, "an XML document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", FailureClass.UNSUPPORTED, "Git LFS pointer"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run", FailureClass.UNSUPPORTED, "a PostScript document"),
        (b"\0\0\0\x20ftypavif\0\0\0\0", FailureClass.UNSUPPORTED, "an AVIF picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", FailureClass.UNSUPPORTED, "a HEIC photograph"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", FailureClass.UNSUPPORTED, "a HEIC photograph"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", FailureClass.UNSUPPORTED, "a film"),
        (b"8BPS\0\1\0\0", FailureClass.UNSUPPORTED, "a Photoshop document"),
        (b"AT&TFORM\0\0\0\0DJVU", FailureClass.UNSUPPORTED, "a DjVu document"),
        (b"\xff\x0a\0\0", FailureClass.UNSUPPORTED, "a JPEG XL picture"),
        (b"P5\n1 1\n255\n\0", FailureClass.UNSUPPORTED, "a Netpbm picture"),
        (b"PK\x03\x04\0\0", FailureClass.UNSUPPORTED, "a ZIP archive"),
        (b"\x1f\x8b\x08\0", FailureClass.UNSUPPORTED, "a compressed archive"),
        (bytes(5000), FailureClass.BROKEN, "nothing but zero bytes"),
        (b"\x07\x91\x00\xfe" * 50, FailureClass.BROKEN, "of no format"),
        (b"\xff\xd8\xff", FailureClass.BROKEN, "cannot be decoded"),
        (b"BM", FailureClass.BROKEN, "cannot be decoded"),
        (b"BMW is a maker of cars", FailureClass.BROKEN, "cannot be decoded"),
        (b"GIF89a", FailureClass.BROKEN, "cannot be decoded"),
        (b"\x89PNG\r\n\x1a\n", FailureClass.BROKEN, "cannot be decoded"),
        (b"RIFF\0\0\0\0WEBPVP8 ", FailureClass.BROKEN, "cannot be decoded"),
        (b"RIFF\0\0\0\0WEBPnone", FailureClass.BROKEN, "cannot be decoded"),
        (b"II*\0", FailureClass.BROKEN, "a damaged TIFF"),
        (b"MM\0*\0\0\0\x08", FailureClass.BROKEN, "a damaged TIFF"),
        (b"II*\0\x08\0\0\0\0\0\0\0\0\0", FailureClass.BROKEN, "a damaged TIFF"),
        (b"", FailureClass.EMPTY, "an empty file"),
    ],
)
def test_what_is_no_picture_fails_by_what_it_looks_like(
    content: bytes, failure: FailureClass, words: str, tmp_path: Path
) -> None:
    found = failed(content, tmp_path)
    assert found.failure is failure
    assert words in found.what
    assert found.what.startswith(str(tmp_path / "scan"))
    assert " 0x" not in found.what


def test_the_mend_for_a_git_lfs_pointer_is_the_command(tmp_path: Path) -> None:
    assert "`git lfs pull`" in failed(b"version https://git-lfs.github.com/spec/v1\n", tmp_path).mend


def test_a_file_of_two_faces_is_read_as_what_it_was_taken_for(tmp_path: Path) -> None:
    """Pillow by itself would take this for a Netpbm picture with a comment, and others for what starts programs."""
    assert failed(b"P6\n#1234WEBP\n1 1\n255\nabc", tmp_path).failure is FailureClass.BROKEN


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    for name, content in (("a.tif", FORMATS["jpeg"]), ("b.pdf", FORMATS["png"]), ("c.jpg", pdf())):
        (tmp_path / name).write_bytes(content)
        assert open_picture(source(tmp_path / name), dpi=72, max_megapixels=1).image.mode == "RGB"


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Path]:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the names of sockets must be short
        try:
            server.bind("s.jpg")
        finally:
            os.chdir(here)
        yield tmp_path / "s.jpg"


def test_a_pipe_named_like_a_picture_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.jpg")
    found = failed_path(tmp_path / "x.jpg")
    assert (found.failure, "is a pipe" in found.what) == (FailureClass.UNREADABLE, True)


def test_a_socket_is_unreadable(listening: Path) -> None:
    assert failed_path(listening).failure is FailureClass.UNREADABLE


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/dev/zero", "is a device"),
        ("/dev", "is a folder"),
        ("missing.jpg", "No such file"),
        ("nul\0.jpg", "no file has such a name"),
        ("long" * 100, "File name too long"),
        ("missing/../x.jpg", "No such file"),
    ],
)
def test_what_is_no_file_is_unreadable(name: str, words: str, tmp_path: Path) -> None:
    found = failed_path(name if name.startswith("/") else f"{tmp_path}/{name}")
    assert (found.failure, words in found.what) == (FailureClass.UNREADABLE, True)


def test_links_are_followed_to_where_they_lead(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(FORMATS["png"])
    for name, target in (("good", "scan.png"), ("dangling", "nowhere"), ("loop", "loop")):
        (tmp_path / name).symlink_to(target)
    assert open_picture(source(tmp_path / "good"), dpi=300, max_megapixels=1).facts.name == "good"
    assert failed_path(tmp_path / "dangling").failure is FailureClass.UNREADABLE
    assert failed_path(tmp_path / "loop").failure is FailureClass.UNREADABLE


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(FORMATS["png"])
    (tmp_path / "scan.png").chmod(0)
    assert failed_path(tmp_path / "scan.png").failure is FailureClass.UNREADABLE


def test_a_disk_that_fails_while_reading_is_unreadable_not_broken(tmp_path: Path) -> None:
    (tmp_path / "scan.png").write_bytes(FORMATS["png"])
    with pytest.raises(NoPicture, match="Input/output error") as caught, opened_regular(str(tmp_path / "scan.png")):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert caught.value.failure is FailureClass.UNREADABLE


def huge_png(width: int, height: int) -> bytes:
    return png(b"", width=width, height=height, bits=1)


def huge_webp(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + sides


def huge_lossless_webp(width: int, height: int) -> bytes:
    return b"RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0\x2f" + struct.pack("<L", width - 1 | height - 1 << 14) + b"\0\0\0\0\0"


def huge_lossy_webp(width: int, height: int) -> bytes:
    return b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)


def huge_tiff(width: int, height: int) -> bytes:
    return tiff([Frame(width=width, height=height)])


def huge_jpeg(width: int, height: int) -> bytes:
    return encoded(NOISE, "JPEG").replace(struct.pack(">HH", 60, 80), struct.pack(">HH", height, width), 1)


def huge_gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + FORMATS["gif"][10:]


@pytest.mark.parametrize(
    "maker", [huge_png, huge_webp, huge_lossless_webp, huge_lossy_webp, huge_tiff, huge_jpeg, huge_gif]
)
def test_a_picture_over_the_limit_is_refused_before_it_is_decoded(maker: Any, tmp_path: Path) -> None:
    """None of these holds pixels, so that decoding any would say `broken`."""
    found = failed(maker(16_000, 12_000), tmp_path, max_megapixels=191.9)
    assert found.failure is FailureClass.TOO_LARGE
    assert "192.0 megapixels (16000 by 12000 pixels), more than the 191.9 allowed" in found.what
    assert "--max-megapixels" in found.mend


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    assert opened(FORMATS["png"], tmp_path, max_megapixels=0.0048).image.size == (80, 60)
    assert failed(FORMATS["png"], tmp_path, max_megapixels=0.00479).failure is FailureClass.TOO_LARGE


def test_a_small_picture_in_a_huge_tile_is_refused(tmp_path: Path) -> None:
    tiles = (Tag(322, LONG, (60_000,)), Tag(323, LONG, (60_000,)), Tag(324, LONG, (8,)), Tag(325, LONG, (1,)))
    found = failed(tiff([Frame(tags=tiles)]), tmp_path)
    assert found.failure is FailureClass.TOO_LARGE


def test_a_huge_first_frame_does_not_keep_the_second_from_being_read(tmp_path: Path) -> None:
    content = tiff([Frame(width=60_000, height=60_000), Frame(b"\x07")])
    assert pixels(opened(content, tmp_path, frame=1).image) == [[7]]


def test_a_picture_that_no_memory_holds_is_of_the_class_memory(tmp_path: Path) -> None:
    content = tiff([Frame(width=1 << 30, bits=(8, 8, 8), photometric=2)])
    assert failed(content, tmp_path, max_megapixels=1e9).failure is FailureClass.OOM


@pytest.fixture
def other_settings() -> Iterator[tuple[int | None, bool]]:
    """What other libraries may have made of Pillow's settings; kraken does raise the first."""
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = 10, True
    yield 10, True
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def test_pillows_settings_neither_matter_nor_change(other_settings: tuple[int | None, bool], tmp_path: Path) -> None:
    assert opened(FORMATS["png"], tmp_path).image.size == NOISE.size
    for name in ("png", "tiff", "bmp"):
        assert failed(FORMATS[name][:-2000], tmp_path).failure is FailureClass.BROKEN
    assert other_settings == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES)
    assert MORE_TIFF_MODES.keys().isdisjoint(OPEN_INFO)


def test_no_descriptor_stays_open_whatever_happens(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for content in (FORMATS["png"], FORMATS["lzw"], FORMATS["webp"], pdf()):
        opened(content, tmp_path)
        failed(content[:-300], tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("frame", [1, 7, 1 << 40])
@pytest.mark.parametrize("content", [tiff([Frame()]), FORMATS["gif"], FORMATS["jpeg"]])
def test_a_frame_that_is_not_there_any_more_is_unreadable(content: bytes, frame: int, tmp_path: Path) -> None:
    found = failed(content, tmp_path, frame=frame)
    assert found.failure is FailureClass.UNREADABLE
    assert f"scan, page {frame + 1}: has no page {frame + 1}, only 1: it changed" in found.what


def test_a_frame_behind_the_files_end_is_broken_and_those_before_are_read(tmp_path: Path) -> None:
    content = tiff([Frame(b"\x01"), Frame(b"\x02")], last=1 << 20)
    assert pixels(opened(content, tmp_path, frame=1).image) == [[2]]
    lost = failed(content, tmp_path, frame=2)
    assert (lost.failure, "ends before this frame" in lost.what) == (FailureClass.BROKEN, True)


def test_a_tiff_whose_frames_go_round_in_a_circle_is_read(tmp_path: Path) -> None:
    content = tiff([Frame(b"\x01"), Frame(b"\x02")], last=8)
    assert pixels(opened(content, tmp_path, frame=1).image) == [[2]]
    assert failed(content, tmp_path, frame=2).failure is FailureClass.UNREADABLE


def test_a_tiff_with_values_beyond_its_end_is_damaged_not_unsupported(tmp_path: Path) -> None:
    content = tiff([Frame(b"\x01\x02\x03", bits=(8, 8, 8), photometric=2)])
    assert "a damaged TIFF" in failed(content[:-8], tmp_path).what


def test_a_frame_of_a_kind_that_is_not_read_is_unsupported(tmp_path: Path) -> None:
    content = tiff([Frame(), Frame(bits=(24,), data=bytes(3))])
    assert failed(content, tmp_path, frame=1).failure is FailureClass.UNSUPPORTED


def test_a_group4_strip_that_is_cut_short_is_broken(tmp_path: Path) -> None:
    with Image.open(_written(tmp_path, FORMATS["group4"])) as image:
        strip = image.tag_v2[273][0], image.tag_v2[279][0]  # type: ignore[attr-defined]
    data = FORMATS["group4"][strip[0] : sum(strip)]
    frame = Frame(data, 80, 60, (1,), 0, compression=4, tags=(Tag(266, SHORT, (1,)),))
    assert opened(tiff([frame]), tmp_path).image.size == (80, 60)
    assert failed(tiff([frame])[: -len(data) // 2], tmp_path).failure is FailureClass.BROKEN


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "written"
    path.write_bytes(content)
    return path

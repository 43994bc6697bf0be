"""What is cited of an opened picture, and how pictures are written."""

import gc
import os
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from htrkit.domain.geometry import Size
from htrkit.domain.names import PageKey
from htrkit.domain.page import ImageFacts, Orientation
from htrkit.domain.source import PageSource
from htrkit.files.pictures import open_picture, save_picture
from tests.fakes.pictures import TURNED, Frame, encoded, exif, opened, pixels, source, tiff


def test_the_facts_are_those_of_the_file_and_of_the_upright_picture(tmp_path: Path) -> None:
    content = encoded(TURNED, "JPEG", exif=b"Exif\0\0" + exif(6))
    path = tmp_path / "fol. 12v.jpg"
    path.write_bytes(content)
    assert open_picture(source(path), dpi=300, max_megapixels=200).facts == ImageFacts(
        name="fol. 12v.jpg",
        path=str(path),
        sha256=sha256(content).hexdigest(),
        size=Size(32, 48),
        turned=Orientation.QUARTER,
    )


def test_the_name_that_the_plan_gives_is_cited(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encoded(TURNED, "PNG"))
    planned = PageSource(PageKey("a"), str(tmp_path / "a.png"), image_name="a.p0001.png")
    assert open_picture(planned, dpi=300, max_megapixels=200).facts.name == "a.p0001.png"


def test_a_name_of_broken_bytes_is_read_and_shown_encoded(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/p\xe9re \x1b[31m.png"
    Path(os.fsdecode(raw)).write_bytes(encoded(TURNED, "PNG"))
    facts = open_picture(source(os.fsdecode(raw)), dpi=300, max_megapixels=200).facts
    assert facts.name == "p%E9re %1B[31m.png"
    assert facts.path.isprintable()


def test_every_frame_has_the_hash_of_its_file(tmp_path: Path) -> None:
    content = tiff([Frame(b"\1"), Frame(b"\2")])
    found = [opened(content, tmp_path, frame=index).facts for index in (0, 1)]
    assert {facts.sha256 for facts in found} == {sha256(content).hexdigest()}
    assert [facts.frame for facts in found] == [0, 1]


def test_the_picture_outlives_its_file(tmp_path: Path) -> None:
    for name in ("JPEG", "PNG", "TIFF", "GIF", "WEBP"):
        found = opened(encoded(TURNED, name), tmp_path).image
        (tmp_path / "scan").unlink()
        gc.collect()
        assert type(found) is Image.Image
        assert found.info == {}
        assert found.load() is not None
        assert found.copy().size == TURNED.size


def test_the_same_file_gives_the_same_picture(tmp_path: Path) -> None:
    content = encoded(TURNED, "JPEG")
    assert opened(content, tmp_path).image.tobytes() == opened(content, tmp_path).image.tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_saved_picture_is_a_png_of_the_same_pixels(mode: str) -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)).convert(mode)
    with Image.open(BytesIO(save_picture(picture))) as again:
        assert (again.format, again.mode, pixels(again)) == ("PNG", mode, pixels(picture))


def test_a_saved_picture_holds_nothing_but_pixels() -> None:
    bare, told = TURNED.copy(), TURNED.copy()
    told.info = {"icc_profile": b"profile", "transparency": 0, "dpi": (300, 300), "exif": exif(6)}
    assert save_picture(bare) == save_picture(told)
    assert told.info["transparency"] == 0


def test_a_saved_picture_opens_as_what_it_was(tmp_path: Path) -> None:
    first = opened(encoded(TURNED, "JPEG", exif=b"Exif\0\0" + exif(8)), tmp_path).image
    again = opened(save_picture(first), tmp_path)
    assert (again.image.mode, again.image.tobytes()) == (first.mode, first.tobytes())
    assert again.facts.turned is Orientation.UPRIGHT

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image, ImageOps

from htrkit.outputs.schemas import Schema, loaded

EXAMPLES = Path(__file__).parents[2] / "examples"
IMAGES = sorted(path for path in (EXAMPLES / "pages").iterdir() if path.suffix in {".jpg", ".png"})
PAGE = "{http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15}"
every_page = pytest.mark.parametrize("image", IMAGES, ids=lambda image: image.stem)


def truth_of(image: Path) -> etree._Element:
    return etree.parse(EXAMPLES / "truth" / f"{image.stem}.xml").getroot()


def points_of(element: etree._Element) -> list[tuple[int, int]]:
    pairs = (pair.split(",") for pair in element.get("points", "").split())
    return [(int(x), int(y)) for x, y in pairs]


def upright(image: Path) -> Image.Image:
    with Image.open(image) as opened:
        return ImageOps.exif_transpose(opened).convert("L")


def test_there_are_enough_pages_of_both_formats() -> None:
    assert len(IMAGES) >= 9
    assert {image.suffix for image in IMAGES} == {".jpg", ".png"}


def test_every_page_has_its_truth_and_every_truth_its_page() -> None:
    assert [image.stem for image in IMAGES] == sorted(path.stem for path in (EXAMPLES / "truth").glob("*.xml"))


def test_the_pages_lie_alone_so_that_a_run_has_to_find_the_lines_itself() -> None:
    assert sorted((EXAMPLES / "pages").rglob("*")) == IMAGES


def test_the_examples_stay_small() -> None:
    kept = [path for path in EXAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in kept) < 6_000_000
    assert max(image.stat().st_size for image in IMAGES) < 400_000


def test_one_page_is_stored_sideways_and_says_so() -> None:
    turned = []
    for image in IMAGES:
        with Image.open(image) as opened:
            turned.append(opened.getexif().get(0x0112, 1))
    assert sorted(turned) == [1] * (len(IMAGES) - 1) + [6]


@every_page
def test_the_truth_is_page_xml(image: Path) -> None:
    loaded(Schema.PAGE_2019).assertValid(truth_of(image))


@every_page
def test_the_truth_names_its_image_and_its_upright_size(image: Path) -> None:
    page = truth_of(image).find(f"{PAGE}Page")
    assert page is not None
    assert page.get("imageFilename") == image.name
    assert (int(page.get("imageWidth", 0)), int(page.get("imageHeight", 0))) == upright(image).size


@every_page
def test_ids_are_unique_and_the_reading_order_names_every_region_once(image: Path) -> None:
    truth = truth_of(image)
    ids = [element.get("id") for element in truth.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    order = sorted(truth.iter(f"{PAGE}RegionRefIndexed"), key=lambda ref: int(ref.get("index", -1)))
    assert [ref.get("regionRef") for ref in order] == [region.get("id") for region in truth.iter(f"{PAGE}TextRegion")]


@every_page
def test_every_point_lies_on_the_page(image: Path) -> None:
    width, height = upright(image).size
    for element in truth_of(image).iter():
        assert all(0 <= x < width and 0 <= y < height for x, y in points_of(element))


@every_page
def test_every_line_has_a_polygon_around_a_baseline_that_runs_to_the_right(image: Path) -> None:
    for line in truth_of(image).iter(f"{PAGE}TextLine"):
        polygon, baseline = points_of(line.find(f"{PAGE}Coords")), points_of(line.find(f"{PAGE}Baseline"))
        assert len(polygon) >= 4
        assert len(baseline) >= 2
        xs, ys = zip(*polygon, strict=True)
        assert all(min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys) for x, y in baseline)
        assert [x for x, _ in baseline] == sorted(x for x, _ in baseline)


@every_page
def test_every_line_has_a_text_in_composed_letters_without_stray_space(image: Path) -> None:
    for line in truth_of(image).iter(f"{PAGE}TextLine"):
        text = line.findtext(f"{PAGE}TextEquiv/{PAGE}Unicode") or ""
        assert text
        assert text == " ".join(unicodedata.normalize("NFC", text).split())


@every_page
def test_there_is_ink_just_above_the_baseline_of_every_word(image: Path) -> None:
    grey = upright(image)
    paper = np.median(np.asarray(grey))
    for line in truth_of(image).iter(f"{PAGE}TextLine"):
        for (x, y), (right, _) in pairs(points_of(line.find(f"{PAGE}Baseline"))):
            word = grey.crop((x - 2, y - 12, right + 2, y + 2))
            assert word.getextrema()[0] < paper - 45, f"no ink at {x},{y}"


def pairs(baseline: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Words: a baseline has a point at each one's start and end."""
    return list(zip(baseline[::2], baseline[1::2], strict=False))

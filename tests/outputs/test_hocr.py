"""hOCR as its own checker and its readers want it."""

import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.domain.page import Direction
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.hocr import Hocr
from tests.fakes.pages import RECORDS, box, lettered, line, page, region
from tests.fakes.readers import parsed


def spans(content: bytes, kind: str) -> list:
    return parsed(content).findall(f".//{{*}}span[@class='{kind}']")


@pytest.mark.slow
def test_hocr_spec_finds_nothing_wrong(tmp_path: Path) -> None:
    for number, record in enumerate(RECORDS.values()):
        (tmp_path / f"{number}.html").write_bytes(Hocr().render(record, RenderOptions()))
    files = sorted(str(path) for path in tmp_path.iterdir())

    done = subprocess.run(
        [Path(sys.executable).parent / "hocr-spec", *files], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_names_its_image_and_its_size() -> None:
    (sheet,) = parsed(Hocr().render(page(line()), RenderOptions())).findall(".//{*}div[@class='ocr_page']")

    assert sheet.get("title") == 'image "0311.jpg"; bbox 0 0 1000 800; ppageno 0'


def test_lines_have_boxes_and_baselines_from_their_bottom_left_corner() -> None:
    (found,) = spans(Hocr().render(page(line("l1")), RenderOptions()), "ocr_line")

    assert found.get("title") == "bbox 100 100 900 150; baseline 0 -10"


def test_words_have_boxes_and_confidences_in_percent() -> None:
    words = spans(Hocr().render(page(lettered("l1", "in principio")), RenderOptions()), "ocrx_word")

    assert [word.text for word in words] == ["in", "principio"]
    assert all("x_wconf" in word.get("title") and word.get("title").startswith("bbox ") for word in words)


def test_direction_and_language_are_said() -> None:
    record = page(line("l1", "בראשית", direction=Direction.RTL, language="Hebrew"))
    (found,) = spans(Hocr().render(record, RenderOptions()), "ocr_line")

    assert (found.get("dir"), found.get("lang")) == ("rtl", "he")


def test_a_line_that_goes_straight_down_has_no_slope_to_tell() -> None:
    down = line("l1", at=box(100, 100, 150, 700))
    down = type(down)(down.id, down.boundary, ((120, 100), (120, 700)), down.region, text="a")
    (found,) = spans(Hocr().render(page(down), RenderOptions()), "ocr_line")

    assert "baseline" not in found.get("title")


def test_regions_hold_their_lines() -> None:
    record = page(line("l1"), line("l2", region="r2"), regions=(region("r1"), region("r2")))
    areas = parsed(Hocr().render(record, RenderOptions())).findall(".//{*}div[@class='ocr_carea']")

    assert [len(area) for area in areas] == [1, 1]

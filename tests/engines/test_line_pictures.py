"""Pictures of lines for engines that read those, by htrkit's own cutting and by kraken's."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from htrkit.domain.computing import Geometry
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line
from htrkit.domain.stages import OpenPage
from htrkit.engines.line_pictures import Mode, line_pictures

BASELINE = ((20, 60), (120, 64), (280, 58))
BOUNDARY = ((20, 30), (280, 28), (280, 70), (120, 76), (20, 72))
LINE = Line(LineId("l1"), BOUNDARY, BASELINE)


def page(*lines: Line, kind: LayoutKind = LayoutKind.PAGE_XML) -> OpenPage:
    picture = Image.new("RGB", (300, 100), "white")
    drawing = ImageDraw.Draw(picture)
    for x in range(24, 270, 9):
        drawing.line((x, 36, x + 5, 60), fill=(90, 40, 10), width=2)
    drawing.rectangle((0, 80, 300, 100), fill="black")
    return OpenPage(PageKey("a"), picture, Layout(LayoutOrigin(kind, "a.xml"), lines=lines))


def pictures(page: OpenPage, mode: Mode, geometry: Geometry) -> list[Image.Image | str]:
    assert page.layout is not None
    return [cut for _, cut in line_pictures(page, page.layout, mode=mode, geometry=geometry)]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_both_ways_of_cutting_give_nearly_the_same_picture(mode: Mode) -> None:
    (own,) = pictures(page(LINE), mode, Geometry.HTRKIT)
    (krakens,) = pictures(page(LINE), mode, Geometry.KRAKEN)
    assert isinstance(own, Image.Image)
    assert isinstance(krakens, Image.Image)
    assert (own.mode, own.size) == (krakens.mode, krakens.size)
    apart = np.abs(np.asarray(own, dtype=int) - np.asarray(krakens, dtype=int))
    assert apart.mean() < 1


@pytest.mark.parametrize("geometry", Geometry)
def test_what_lies_outside_of_the_boundary_is_white(geometry: Geometry) -> None:
    (cut,) = pictures(page(LINE), "L", geometry)
    assert isinstance(cut, Image.Image)
    assert (np.asarray(cut) < 20).mean() < 0.01, "the black bar below the line is not seen"
    assert np.asarray(cut).min() < 120


@pytest.mark.parametrize("geometry", Geometry)
def test_a_line_that_cannot_be_cut_says_why_and_an_unreadable_one_keeps_its_reason(geometry: Geometry) -> None:
    degenerate = replace(LINE, baseline=((20, 60), (20, 60)))
    unreadable = replace(LINE, unread="torn off")
    first, second = pictures(page(degenerate, unreadable), "L", geometry)
    assert isinstance(first, str)
    assert second == "torn off"


@pytest.mark.parametrize("geometry", Geometry)
def test_a_picture_that_is_one_line_comes_whole(geometry: Geometry) -> None:
    opened = page(LINE, kind=LayoutKind.WHOLE)
    (cut,) = pictures(opened, "RGB", geometry)
    assert isinstance(cut, Image.Image)
    assert cut.size == (300, 100)

"""A look at a sidecar fails where reading it would, and says the same of its size; only the lines are left alone."""

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.geometry import Size
from htrkit.layouts.sidecar import look_at_sidecar, read_sidecar

PAGE = (
    '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page imageFilename="1.jpg" '
    'imageWidth="40" imageHeight="60"><TextRegion id="r"><Coords points="0,0 39,0 39,59 0,59"/>{lines}'
    "</TextRegion></Page></PcGts>"
)
LINE = '<TextLine id="l"><Coords points="1,1 30,1 30,20 1,20"/><Baseline points="1,15 30,15"/></TextLine>'
WHOLE = PAGE.format(lines=LINE).encode()


@pytest.mark.parametrize(
    ("content", "image"),
    [(WHOLE, Size(40, 60)), (WHOLE, Size(80, 120)), (PAGE.format(lines="").encode(), Size(40, 60))],
)
def test_a_look_knows_of_lines_and_size_what_reading_knows(content: bytes, image: Size) -> None:
    read = read_sidecar(content, name="1.xml", image=image)
    assert look_at_sidecar(content, name="1.xml", image=image) == (bool(read.lines), read.notes)


@pytest.mark.parametrize("content", [WHOLE[:-9], b"<html/>", b"", PAGE.replace("40", "400").encode()])
def test_a_look_fails_where_reading_would(content: bytes) -> None:
    with pytest.raises(PageProblem) as looked:
        look_at_sidecar(content, name="1.xml", image=Size(40, 60))
    with pytest.raises(PageProblem) as read:
        read_sidecar(content, name="1.xml", image=Size(40, 60))
    assert (looked.value.what, looked.value.failure) == (read.value.what, read.value.failure)

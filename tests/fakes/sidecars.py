"""PAGE and ALTO documents made by hand, and readers of them that say little."""

import pytest

from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import Step
from htrkit.domain.geometry import Size
from htrkit.domain.page import Layout
from htrkit.layouts.sidecar import read_sidecar

SIZE = Size(1000, 800)
PAGE_NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/{}"
ALTO_NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
COORDS = '<Coords points="100,100 900,100 900,150 100,150"/>'
BASELINE = '<Baseline points="100,140 900,140"/>'
REGION = '<Coords points="90,90 910,90 910,700 90,700"/>'
ALTO_LINE = (
    '<TextLine ID="l1" BASELINE="100 140 900 140" HPOS="100" VPOS="100" WIDTH="800" HEIGHT="50">'
    '<Shape><Polygon POINTS="100 100 900 100 900 150 100 150"/></Shape><String CONTENT="in"/><SP/>'
    '<String CONTENT="principio"/></TextLine>'
)
ALTO_BLOCK = f'<TextBlock ID="b1">{ALTO_LINE}</TextBlock>'


def page(
    body: str,
    *,
    namespace: str = PAGE_NAMESPACE.format("2019-07-15"),
    size: str = 'imageWidth="1000" imageHeight="800"',
    more: str = "",
) -> str:
    name = f' xmlns="{namespace}"' if namespace else ""
    return f'<PcGts{name}><Page imageFilename="1.jpg" {size} {more}>{body}</Page></PcGts>'


def line(name: str = "l1", inner: str = COORDS + BASELINE, more: str = "") -> str:
    return f'<TextLine id="{name}" {more}>{inner}</TextLine>'


def region(name: str, *lines: str, more: str = "") -> str:
    return f'<TextRegion id="{name}" {more}>{REGION}{"".join(lines)}</TextRegion>'


def alto(
    body: str = ALTO_BLOCK,
    *,
    namespace: str = ALTO_NAMESPACE,
    size: str = 'WIDTH="1000" HEIGHT="800"',
    unit: str = "pixel",
    head: str = "",
) -> str:
    name = f' xmlns="{namespace}"' if namespace else ""
    measured = f"<MeasurementUnit>{unit}</MeasurementUnit>" if unit else ""
    described = f"<Description>{measured}</Description>{head}"
    return f"<alto{name}>{described}<Layout><Page {size}><PrintSpace>{body}</PrintSpace></Page></Layout></alto>"


def alto_line(name: str, inner: str = "", *, top: int = 100, more: str = "") -> str:
    """Give a line that has nothing but its box."""
    return f'<TextLine ID="{name}" HPOS="100" VPOS="{top}" WIDTH="800" HEIGHT="40" {more}>{inner}</TextLine>'


def read(document: str | bytes, size: Size = SIZE) -> Layout:
    content = document if isinstance(document, bytes) else document.encode()
    return read_sidecar(content, name="1.xml", image=size)


def refused(document: str | bytes, size: Size = SIZE) -> PageProblem:
    """Give the problem of a document that fails its page, which always names the file and a way out."""
    with pytest.raises(PageProblem) as caught:
        read(document, size)
    assert caught.value.what.startswith("1.xml: ")
    assert caught.value.step is Step.LAYOUT
    assert "-s kraken" in caught.value.mend
    return caught.value


def ids(layout: Layout) -> list[str]:
    return [one.id for one in layout.lines]


def codes(layout: Layout) -> list[str]:
    return [note.code for note in layout.notes]

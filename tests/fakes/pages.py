"""Page records made by hand: one for every kind of trouble, and a strategy for those nobody thought of."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from htrkit.domain.geometry import Points, Size, bounding_box
from htrkit.domain.names import LineId, PageKey, RegionId
from htrkit.domain.page import (
    Character,
    Direction,
    ImageFacts,
    Layout,
    LayoutKind,
    LayoutOrigin,
    Line,
    ModelFacts,
    Note,
    PageRecord,
    Reading,
    Region,
    RegionKind,
)

SIZE = Size(1000, 800)
READING = Reading(
    engine="kraken",
    engine_version="7.1.1",
    model=ModelFacts("latin-modern", "a" * 64),
    settings=(("batch_size", "auto"),),
    htrkit_version="0.1.0",
    run_started="2026-11-25T07:00:00+00:00",
)


def box(left: int, top: int, right: int, bottom: int) -> Points:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def line(
    name: str = "l1",
    text: str = "in principio erat",
    *,
    at: Points = box(100, 100, 900, 150),
    region: str | None = "r1",
    direction: Direction | None = None,
    kind: str | None = None,
    language: str | None = None,
    confidence: float | None = 0.9,
) -> Line:
    """Give a line without characters."""
    around = bounding_box(at)
    return Line(
        id=LineId(name),
        boundary=at,
        baseline=((around.left, around.bottom - 10), (around.right, around.bottom - 10)),
        region=RegionId(region) if region else None,
        direction=direction,
        kind=kind,
        language=language,
        text=text,
        confidence=confidence,
    )


def lettered(
    name: str = "l1", text: str = "in principio erat", *, at: Points = box(100, 100, 900, 150), **more: Any
) -> Line:
    """Give a line whose characters stand side by side; from the right for `rtl`, from the top for `ttb`."""
    plain = line(name, text, at=at, **more)
    around = bounding_box(at)
    steps = max(len(text), 1)
    characters = []
    for place, sign in enumerate(text):
        if plain.direction is Direction.TTB:
            low, high = (around.top + around.height * part // steps for part in (place, place + 1))
            quad = ((around.left, low), (around.right, low), (around.right, high), (around.left, high))
        else:
            slot = steps - 1 - place if plain.direction is Direction.RTL else place
            low, high = (around.left + around.width * part // steps for part in (slot, slot + 1))
            quad = ((low, around.top), (low, around.bottom), (high, around.bottom), (high, around.top))
        characters.append(Character(sign, 0.5 + place / steps / 2, quad))
    return replace(plain, characters=tuple(characters))


def region(
    name: str = "r1",
    *,
    at: Points = box(90, 90, 910, 700),
    kind: RegionKind = RegionKind.TEXT,
    label: str | None = None,
    parent: str | None = None,
) -> Region:
    return Region(RegionId(name), at, kind, label, RegionId(parent) if parent else None)


def page(
    *lines: Line,
    regions: tuple[Region, ...] = (region(),),
    origin: LayoutKind = LayoutKind.KRAKEN,
    source_xml: str | None = None,
    direction: Direction | None = None,
    language: str | None = None,
    image: str = "box 12/0311.jpg",
    size: Size = SIZE,
    notes: tuple[Note, ...] = (),
    key: str = "box12/0311",
) -> PageRecord:
    layout = Layout(
        LayoutOrigin(origin, "blla"),
        regions=regions,
        lines=lines,
        direction=direction,
        language=language,
        source_xml=source_xml,
    )
    picture = ImageFacts(name=image.rsplit("/", 1)[-1], path=image, sha256="b" * 64, size=size)
    return PageRecord(PageKey(key), picture, layout, READING, notes)


def renamed(given: Line, name: str) -> Line:
    return replace(given, id=LineId(name))


def with_lines(record: PageRecord, *lines: Line) -> PageRecord:
    return replace(record, layout=replace(record.layout, lines=lines))


def with_source(record: PageRecord, document: str) -> PageRecord:
    return replace(record, layout=replace(record.layout, source_xml=document))


def scaled(record: PageRecord, times: int) -> PageRecord:
    """Give the record as if its picture were so many times larger than the document says."""

    def larger(points: Points) -> Points:
        return tuple((x * times, y * times) for x, y in points)

    regions = tuple(replace(part, boundary=larger(part.boundary)) for part in record.layout.regions)
    lines = tuple(
        replace(part, boundary=larger(part.boundary), baseline=larger(part.baseline)) for part in record.lines
    )
    size = Size(record.image.size.width * times, record.image.size.height * times)
    layout = replace(record.layout, regions=regions, lines=lines)
    return replace(record, image=replace(record.image, size=size), layout=layout)


def _rows(count: int) -> list[Points]:
    return [box(100, 100 + 50 * row, 900, 140 + 50 * row) for row in range(count)]


_ROWS = _rows(12)
HOSTILE = [
    "a\x00b\x1b[31mc",
    "lone \ud800 surrogate",
    "]]> & <b> \"'",
    "two\nlines\u2028three",
    "\ufffe\uffff",
    " \t ",
    "e\u0301\u0327",
]

RECORDS: dict[str, PageRecord] = {
    "plain": page(lettered("l1"), lettered("l2", "et deus erat", at=_ROWS[1])),
    "right to left": page(lettered("l1", "בראשית ברא", direction=Direction.RTL), direction=Direction.RTL),
    "top to bottom": page(lettered("l1", "天地 玄黃", at=box(800, 100, 850, 700), direction=Direction.TTB)),
    "mixed directions": page(
        lettered("l1", direction=Direction.LTR),
        lettered("l2", "ابجد", at=_ROWS[1], direction=Direction.RTL),
        direction=Direction.LTR,
    ),
    "empty": page(regions=()),
    "regions without lines": page(regions=tuple(region(f"r{kind}", kind=kind) for kind in RegionKind)),
    "lines in every kind of region": page(
        *(line(f"l{kind}", region=f"r{kind}") for kind in RegionKind),
        regions=tuple(region(f"r{kind}", kind=kind, label="signature") for kind in RegionKind),
    ),
    "unread lines": page(
        Line(LineId("l1"), _ROWS[0], (), RegionId("r1"), unread="it is of one colour"), lettered("l2", at=_ROWS[1])
    ),
    "hostile text": page(*(lettered(f"l{row}", text, at=_ROWS[row]) for row, text in enumerate(HOSTILE))),
    "hostile names": page(
        lettered("0 a;b}", kind="a{b};c\x07", language="klingon"),
        regions=(region("0 a;b}", label="Zone:{x};#1\x00"),),
        image='dir/a "b"; c\x01 & é.jpg',
    ),
    "a region and a line of one name": page(lettered("x"), line("r1", at=_ROWS[1]), line("l1_w1", at=_ROWS[2])),
    "lines without region": page(
        line("l1", region=None), line("l2", at=_ROWS[1]), line("l3", at=_ROWS[2], region=None)
    ),
    "lines that know a region that is not there": page(line("l1", region="gone")),
    "interleaved regions": page(
        line("l1"),
        line("l2", at=_ROWS[1], region="r2"),
        line("l3", at=_ROWS[2]),
        regions=(region("r2"), region("r1")),
    ),
    "nested regions": page(
        line("l1", region="cell"),
        line("l2", region="inner", at=_ROWS[2]),
        regions=(
            region("cell", parent="table", at=box(80, 80, 910, 160)),
            region("table", kind=RegionKind.TABLE, at=box(200, 200, 300, 300)),
            region("inner", parent="outer", at=_ROWS[2]),
            region("outer", kind=RegionKind.UNKNOWN),
        ),
    ),
    "regions in a circle": page(
        line("l1"), regions=(region("r1", parent="r2"), region("r2", parent="r1"), region("r3", parent="r3"))
    ),
    "points outside the page": page(
        line("l1", at=((-50, -50), (5000, -50), (5000, 90), (-50, 90))),
        regions=(region(at=((-9, -9), (2000, 3), (4, 9))),),
    ),
    "shapes without area": page(
        Line(LineId("l1"), ((5, 5),), ((999, 799),), RegionId("r1"), text="a"),
        Line(LineId("l2"), (), ((1, 1), (1, 1)), RegionId("r1"), text="b"),
        Line(LineId("l3"), (), (), RegionId("r1"), text="c"),
        regions=(region(at=()),),
    ),
    "a page of one pixel": page(line(), size=Size(1, 1)),
    "a very long line": page(lettered("l1", "lorem ipsum " * 400)),
    "labels that PAGE knows": page(
        line(kind="heading", language="fra"), regions=(region(label="marginalia"),), language="Latin"
    ),
    "notes": page(line(), notes=(Note("loop", "repetition ×14", LineId("l1"), flag=True),)),
    "confidences that are none": page(
        line(confidence=float("nan")), line("l2", at=_ROWS[1], confidence=7.5), line("l3", at=_ROWS[2], confidence=None)
    ),
}

_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
_NAMES = st.one_of(st.sampled_from(["a", "a_w1", "page_1", "reading_order", "BT1", "1", "é b", "r:1"]), _TEXT)
_POINTS = st.lists(st.tuples(st.integers(-50, 400), st.integers(-50, 400)), max_size=6).map(tuple)
_CONFIDENCE = st.one_of(st.none(), st.floats(allow_nan=True, width=32))


@st.composite
def _lines(draw: st.DrawFn, regions: list[RegionId]) -> Line:
    text = draw(_TEXT)
    parts = draw(st.sampled_from(["none", "letters", "pairs", "another text"]))
    step = 2 if parts == "pairs" else 1
    spelled = {"none": "", "another text": text + "?"}.get(parts, text)
    characters = tuple(
        Character(spelled[place : place + step], draw(st.floats(0, 1)), draw(_POINTS))
        for place in range(0, len(spelled), step)
    )
    return Line(
        id=LineId(draw(_NAMES)),
        boundary=draw(_POINTS),
        baseline=draw(_POINTS),
        region=draw(st.one_of(st.none(), st.sampled_from([*regions, RegionId("gone")]))),
        kind=draw(st.one_of(st.none(), _TEXT)),
        direction=draw(st.one_of(st.none(), st.sampled_from(Direction))),
        language=draw(st.one_of(st.none(), st.sampled_from(["fr", "Latin", "x y"]), _TEXT)),
        given_text=draw(st.one_of(st.none(), _TEXT)),
        text=text,
        confidence=draw(_CONFIDENCE),
        characters=characters,
        unread=draw(st.one_of(st.none(), _TEXT)),
    )


@st.composite
def page_records(draw: st.DrawFn) -> PageRecord:
    """Give any page at all whose regions have ids of their own, and its lines too."""
    names = draw(st.lists(_NAMES.map(RegionId), max_size=4, unique=True))
    parents = st.one_of(st.none(), st.sampled_from([*names, RegionId("gone")]))
    regions = tuple(
        Region(name, draw(_POINTS), draw(st.sampled_from(RegionKind)), draw(st.one_of(st.none(), _TEXT)), draw(parents))
        for name in names
    )
    lines = draw(st.lists(_lines(names), max_size=5, unique_by=lambda made: made.id))
    layout = Layout(
        LayoutOrigin(draw(st.sampled_from(LayoutKind)), draw(_TEXT)),
        regions=regions,
        lines=tuple(lines),
        direction=draw(st.one_of(st.none(), st.sampled_from(Direction))),
        language=draw(st.one_of(st.none(), _TEXT)),
        notes=tuple(Note(code, draw(_TEXT)) for code in draw(st.lists(_TEXT, max_size=2))),
    )
    size = Size(draw(st.integers(1, 300)), draw(st.integers(1, 300)))
    image = ImageFacts(draw(_TEXT), draw(_TEXT), "c" * 64, size, frame=draw(st.one_of(st.none(), st.integers(0, 9))))
    reading = Reading(draw(_TEXT), draw(_TEXT), run_started=draw(st.sampled_from([READING.run_started, "", "never"])))
    return PageRecord(PageKey(draw(_TEXT)), image, layout, reading)

"""What a page is to hold and to look like: the TOML files in `sheets/`, read into values."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

Colour3 = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Kind(StrEnum):
    """What a region is: PAGE XML's text types."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    MARGINALIA = "marginalia"
    PAGE_NUMBER = "page-number"


class Align(StrEnum):
    """Where a line stands between its region's margins."""

    LEFT = "left"
    CENTER = "center"


class Scan(StrEnum):
    """What the scanner kept of the page, and so the file's format."""

    COLOUR = "colour"
    GREY = "grey"
    GREY16 = "grey16"
    BILEVEL = "bilevel"

    @property
    def suffix(self) -> str:
        """`.jpg` for photographs, `.png` for few tones."""
        return ".png" if self in {Scan.GREY16, Scan.BILEVEL} else ".jpg"


@dataclass(frozen=True, slots=True)
class Hand:
    """How a text is written; lengths in pixels of the finished page."""

    face: str
    x_height: float
    stretch: float
    """Width of the letters, as a multiple of the face's own."""
    pitch: float
    """From one baseline to the next."""


@dataclass(frozen=True, slots=True)
class Block:
    """A region to be: where its lines go, and their text."""

    kind: Kind
    text: str
    left: float
    width: float
    hand: Hand
    top: float | None = None
    """The first baseline; None: below the block before."""
    space: float = 0.0
    """Room above a block without `top`, in line distances."""
    indent: float = 0.0
    """Of a paragraph's first line."""
    align: Align = Align.LEFT
    flow: bool = False
    """True: the text's lines are paragraphs, broken where the width ends; False: each is a line."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on."""

    tone: Colour3
    stains: int = 0
    grain: float = 1.0
    folds: tuple[float, ...] = ()
    """Heights of the creases, as parts of the page's."""
    ruled: float = 0.0
    """Distance of the printed rules; 0: none."""
    bleed: float = 0.0
    """How much of the other side's writing shows through, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be made."""

    name: str
    seed: int
    language: str
    """In PAGE XML's words: `French`."""
    source: str
    """Who wrote the text, and when."""
    size: tuple[int, int]
    """Width and height, upright."""
    paper: Paper
    ink: Colour3
    blocks: tuple[Block, ...]
    scan: Scan = Scan.COLOUR
    turn: float = 0.0
    """Degrees clockwise by which the sheet lay askew."""
    camera_turned: bool = False
    """The file holds the page a quarter turn to the left, and an EXIF orientation that says so."""

    @property
    def image_name(self) -> str:
        """The image's file name."""
        return self.name + self.scan.suffix


def read_sheet(path: Path) -> Sheet:
    """Read one page's TOML; raises KeyError, TypeError or ValueError for what is no sheet."""
    facts: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    hand = Hand(facts["face"], facts["x_height"], facts["stretch"], facts["pitch"])
    paper = {"folds": (), **facts["paper"]}
    return Sheet(
        name=path.stem,
        seed=facts["seed"],
        language=facts["language"],
        source=facts["source"],
        size=(facts["size"][0], facts["size"][1]),
        paper=Paper(**{**paper, "tone": tuple(paper["tone"]), "folds": tuple(paper["folds"])}),
        ink=(facts["ink"][0], facts["ink"][1], facts["ink"][2]),
        blocks=tuple(_block(region, hand) for region in facts["region"]),
        scan=Scan(facts.get("colour", "colour")),
        turn=facts.get("turn", 0.0),
        camera_turned=facts.get("camera_turned", False),
    )


def _block(region: dict[str, Any], hand: Hand) -> Block:
    own = Hand(
        hand.face,
        region.get("x_height", hand.x_height),
        region.get("stretch", hand.stretch),
        region.get("pitch", hand.pitch),
    )
    return Block(
        kind=Kind(region["kind"]),
        text=region["text"].strip("\n"),
        left=region["left"],
        width=region["width"],
        hand=own,
        top=region.get("top"),
        space=region.get("space", 0.0),
        indent=region.get("indent", 0.0),
        align=Align(region.get("align", "left")),
        flow=region.get("flow", False),
    )

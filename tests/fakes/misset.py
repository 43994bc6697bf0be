"""Mis-set-ups of runs: what is planted, what validate must say of it, and how what it offers is typed."""

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from htrkit.models.catalog import MODERN
from htrkit.run.model_choice import krakens_own_segmentation
from tests.fakes.pdfs import Lock, pdf

Words = list[str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mis-set-up stands: three good scans in `scans`, and an OUT that is not there yet."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    """Of the command, beside the test's own."""

    @property
    def scans(self) -> Path:
        return self.folder / "scans"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def scan(self, name: str, content: bytes | None = None) -> Path:
        """Put a scan there: a small good one, or these bytes."""
        path = self.scans / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            Image.new("L", (40, 60), 200).save(path)
        else:
            path.write_bytes(content)
        return path


FLAGS = frozenset({"--allow-slow-cpu"})
"""Options that take no value."""

Mend = Callable[[Words, str, Place], Words]
"""Gives the words of a command as they are with what was offered for it."""


@dataclass(frozen=True, slots=True)
class MisSet:
    """One mis-set-up."""

    name: str
    words: Sequence[str]
    """Of the command, beside the scans; `{place}` is the folder."""
    code: str
    cause: str
    """What the message must name."""
    mended: Mend | None
    """None where what is offered is nothing that can be typed."""
    plant: Callable[[Place], object] = lambda _: None
    severity: str = "blocker"
    inputs: Sequence[str] = ("{place}/scans",)


def typed(option: str) -> Mend:
    """The option stands in the mend as it is to be typed, with a value or without."""

    def mend(words: Words, offered: str, _: Place) -> Words:
        parts = [part.rstrip(".,;") for part in shlex.split(offered.replace("`", " ").replace("'s", ""))]
        place = parts.index(option)
        return [*words, *parts[place : place + (1 if option in FLAGS else 2)]]

    return mend


def left_away(option: str) -> Mend:
    """The mend says to leave an option away."""

    def mend(words: Words, offered: str, _: Place) -> Words:
        assert f"Leave {option} away" in offered
        place = words.index(option)
        return words[:place] + words[place + 2 :]

    return mend


def renamed(words: Words, offered: str, place: Place) -> Words:
    """The mend offers a name between backticks for the one that is wrong, in the words or in the environment."""
    right = offered.split("`")[1]
    for name in [name for name in place.environment if name.lower() != f"htrkit_{right}"]:
        place.environment[f"HTRKIT_{right.upper()}"] = place.environment.pop(name)
    return [f"{right}={word.partition('=')[2]}" if word.startswith("dip=") else word for word in words]


def inputs_renamed(words: Words, offered: str, _: Place) -> Words:
    return [offered.split("`")[1], *words[1:]]


def page_xml(image: str, width: int = 40, height: int = 60) -> bytes:
    return (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
        f'<Page imageFilename="{image}" imageWidth="{width}" imageHeight="{height}"><TextRegion id="r">'
        '<Coords points="0,0 39,0 39,59 0,59"/><TextLine id="l"><Coords points="1,1 30,1 30,20 1,20"/>'
        '<Baseline points="1,15 30,15"/></TextLine></TextRegion></Page></PcGts>'
    ).encode()


def written(name: str, content: bytes) -> Callable[[Place], object]:
    """Plant a file beside the scans' folder."""

    def plant(place: Place) -> None:
        path = place.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return plant


def variable(name: str, value: str) -> Callable[[Place], object]:
    return lambda place: place.environment.update({name: value})


def standing_output(place: Place) -> None:
    (place.out / "txt").mkdir(parents=True)
    (place.out / "txt" / "1.txt").write_bytes(b"mine")


def earlier_run(place: Place) -> None:
    (place.out / ".htrkit").mkdir(parents=True)
    (place.out / ".htrkit" / "run.json").write_bytes(b"{}")


def output_onto_input(place: Place) -> None:
    place.scan("png/9.png")
    (place.out / "txt").mkdir(parents=True)
    os.link(place.scans / "1.png", place.out / "txt" / "1.txt")


def bad_scans(place: Place) -> None:
    place.scan("4.png", (place.scans / "1.png").read_bytes()[:40])


SHORT = MODERN.path.read_bytes()[:200_000]
BLLA = "{kraken}/blla.mlmodel"
NOISE = (b"\x89PNG\r\n\x1a\n", b"no picture at all, but a letter")

MISSET: tuple[MisSet, ...] = (
    MisSet("unknown engine", ("-e", "krakn"), "engine", "krakn", typed("-e")),
    MisSet("unknown setting", ("--set", "dip=300"), "settings", "dip", renamed),
    MisSet("unknown variable", (), "settings", "dip", renamed, variable("HTRKIT_DIP", "400")),
    MisSet("dpi too small", ("--set", "dpi=5"), "settings", "greater than or equal to 36", typed("--set")),
    MisSet("dpi no number", (), "settings", "dpi", typed("--set"), variable("HTRKIT_DPI", "fine")),
    MisSet("unknown format", (), "settings", "docx", typed("--set"), variable("HTRKIT_FORMATS", "docx")),
    MisSet("sample of nothing", ("--set", "sample=0"), "settings", "sample", None),
    MisSet("batch of nothing", ("-B", "0"), "settings", "batch_size", None),
    MisSet("settings file gone", ("-c", "{place}/none.toml"), "settings", "none.toml", None),
    MisSet("settings file out of range", (), "settings", "htrkit.toml", typed("--set"),
           written("scans/htrkit.toml", b"retries = 99\n")),
    MisSet("model gone", ("-m", "{place}/nowhere.mlmodel"), "model", "nowhere.mlmodel", typed("-m")),
    MisSet("model mistyped", ("-m", "latin-modren"), "model", "latin-modren", typed("-m")),
    MisSet("segmentation model given to read", ("-m", BLLA), "model", "segmentation", typed("-m")),
    MisSet("model cut off", ("-m", "{place}/m.safetensors"), "model", "it ends early", typed("-m"),
           written("m.safetensors", SHORT)),
    MisSet("model of no bytes", ("-m", "{place}/m.safetensors"), "model", "m.safetensors", typed("-m"),
           written("m.safetensors", b"")),
    MisSet("a pickle for a model", ("-m", "{place}/m.pt"), "model", "Python pickle", typed("-m"),
           written("m.pt", b"\x80\x02}q\x00.")),
    MisSet("another program's model", ("-m", "{place}/m.safetensors"), "model", "no Kraken model", typed("-m"),
           written("m.safetensors", (2).to_bytes(8, "little") + b"{}")),
    MisSet("a folder for a model", ("-m", "{place}/scans"), "model", "a folder", typed("-m")),
    MisSet("recogniser given to segment", ("--segmenter-model", str(MODERN.path)), "segmenter-model",
           "finds no lines", left_away("--segmenter-model")),
    MisSet("segmentation model gone", ("--segmenter-model", "{place}/s.mlmodel"), "segmenter-model", "s.mlmodel",
           left_away("--segmenter-model")),
    MisSet("a card that is not there", ("-d", "cuda:7"), "device", "cuda:7", typed("-d")),
    MisSet("a device that is none", ("-d", "gpu"), "device", "gpu", typed("-d")),
    MisSet("the CPU beside a card", ("-d", "cpu,cuda:0"), "device", "cuda:0", typed("-d")),
    MisSet("a batch too large", ("-B", "5000"), "batch", "5000", typed("--batch-size"), severity="warning"),
    MisSet("beams for an engine without", ("--num-beams", "9"), "beams", "num_beams = 9", typed("--num-beams"),
           severity="warning"),
    MisSet("segmentation in a second", ("-s", "kraken", "--segment-timeout", "1"), "segment-timeout", "1",
           typed("--segment-timeout"), severity="warning"),
    MisSet("an engine for GPUs on the CPU", ("-e", "pylaia", "-m", "{place}/scans"), "slow-cpu", "meant for a GPU",
           typed("--allow-slow-cpu")),
    MisSet("a mistyped input", (), "inputs", "no such file", inputs_renamed, inputs=("{place}/scnas",)),
    MisSet("a list that is not there", (), "inputs", "list", None, inputs=("@{place}/list.txt",)),
    MisSet("pages beyond the last", ("--pages", "2-99"), "inputs", "99", typed("--pages")),
    MisSet("pages backwards", ("--pages", "3-1"), "inputs", "backwards", typed("--pages")),
    MisSet("a picture too large", ("--max-megapixels", "0.001"), "page-too-large", "megapixels",
           typed("--max-megapixels"), severity="warning"),
    MisSet("an empty file", (), "page-empty", "4.jpg", typed("--pages"), lambda place: place.scan("4.jpg", b""),
           severity="warning"),
    MisSet("a letter called a picture", (), "page-unsupported", "4.jpg", typed("--pages"),
           lambda place: place.scan("4.jpg", NOISE[1]), severity="warning"),
    MisSet("a scan cut off", ("--deep",), "page-broken", "4.png", typed("--pages"), bad_scans, severity="warning"),
    MisSet("a pipe called a picture", (), "page-unreadable", "4.png", typed("--pages"),
           lambda place: os.mkfifo(place.scans / "4.png"), severity="warning"),
    MisSet("a link to nowhere", (), "page-unreadable", "4.png", typed("--pages"),
           lambda place: (place.scans / "4.png").symlink_to("nowhere"), severity="warning"),
    MisSet("a locked PDF", (), "page-locked", "4.pdf", typed("--pages"),
           lambda place: place.scan("4.pdf", pdf(lock=Lock(user=b"secret"))), severity="warning"),
    MisSet("XML that is none", ("-s", "auto"), "page-sidecar", "1.xml", typed("-s"),
           written("scans/1.xml", page_xml("1.png")[:-20]), severity="warning"),
    MisSet("XML of another picture", ("-s", "auto"), "page-size", "400 x 100", typed("-s"),
           written("scans/1.xml", page_xml("1.png", 400, 100)), severity="warning"),
    MisSet("no XML where only that is taken", ("-s", "sidecar"), "page-no-layout", "1.png", typed("-s"),
           severity="warning"),
    MisSet("XML without its image", ("-s", "auto"), "inputs", "7.xml", typed("-s"),
           written("scans/7.xml", page_xml("7.png")), severity="warning"),
    MisSet("OUT holds a run", ("-o", "{place}/out"), "out", "holds a run", typed("-o"), earlier_run),
    MisSet("OUT is a file", ("-o", "{place}/out"), "out", "is a file", typed("-o"), written("out", b"mine")),
    MisSet("OUT below a file", ("-o", "{place}/scans/1.png/out"), "out-rights", "no folder", typed("-o")),
    MisSet("OUT holds files of somebody", ("-o", "{place}/out"), "out", "there already", typed("--existing"),
           standing_output),
    MisSet("outputs onto inputs", ("-o", "{place}/out"), "out", "onto an input", typed("-o"), output_onto_input),
)  # fmt: skip


def words_of(misset: MisSet, place: Place) -> Words:
    """The command of a mis-set-up; where it does not say otherwise, on the CPU and without segmentation."""
    values = {"place": place.folder, "kraken": krakens_own_segmentation().parent}
    own = [word.format(**values) for word in misset.words]
    inputs = [word.format(**values) for word in misset.inputs]
    usual = [word for option, value in (("-d", "cpu"), ("-s", "none")) if option not in own for word in (option, value)]
    return [*inputs, *usual, *own]

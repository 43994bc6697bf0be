"""Models that know four pages by heart, and their stages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage, ReadingOptions
from htrkit.engines.churro_pages import ChurroPages
from htrkit.engines.prompts import CHURRO, QWEN3_VL
from htrkit.engines.qwen3_vl_pages import Qwen3VlPages
from htrkit.engines.vlm_pages import VlmPages
from tests.fakes.vlm_models import Lesson, pages_of, write_churro, write_qwen3_vl

TEXTS = ("In nomine domini\nanno 1714", "Item dedi x solidos\nItem uxori", "Wir Karl", "Nota bene\nfinis")
SIDES = {"qwen3-vl": 320, "churro": 140}
PROMPTINGS = {"qwen3-vl": QWEN3_VL, "churro": CHURRO}


@dataclass(frozen=True, slots=True)
class Taught:
    """A model on disk, its stage, and what it knows."""

    engine: str
    folder: Path
    stage: VlmPages
    lessons: tuple[Lesson, ...]

    @property
    def pages(self) -> tuple[Lesson, ...]:
        """The lessons that are asked as the engine asks."""
        return self.lessons[:-1]


def document(text: str) -> str:
    lines = "".join(f"<Line>{line}</Line>" for line in text.split("\n"))
    return f"<HistoricalDocument><Page>{lines}</Page></HistoricalDocument>"


def stage_of(engine: str, folder: Path, options: ReadingOptions = ReadingOptions()) -> VlmPages:
    made: Callable[[LoadOrder], VlmPages] = {"qwen3-vl": Qwen3VlPages, "churro": ChurroPages}[engine]
    return made(LoadOrder(str(folder), ModelFacts(folder.name, "a" * 64), options=options))


def teach(engine: str, folder: Path) -> Taught:
    """Write a model that knows its pages."""
    prompting = PROMPTINGS[engine]
    texts = [document(text) for text in TEXTS] if engine == "churro" else TEXTS
    lessons = pages_of(prompting.system, prompting.page, side=SIDES[engine], texts=texts)
    {"qwen3-vl": write_qwen3_vl, "churro": write_churro}[engine](folder, lessons)
    return Taught(engine, folder, stage_of(engine, folder), lessons)


def opened(picture: Image.Image, layout: Layout | None = None) -> OpenPage:
    return OpenPage(PageKey("p"), picture, layout)


def read(stage: VlmPages, picture: Image.Image, layout: Layout | None = None) -> Layout:
    prepared = stage.prepare(opened(picture, layout))
    return stage.finish(prepared, stage.infer(prepared.items) if prepared.items else ())


def text_of(layout: Layout) -> str:
    return "\n".join(line.text for line in layout.lines)

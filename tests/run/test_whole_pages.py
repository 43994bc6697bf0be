"""Who reads pages whole is given the lines that are known, and nobody is sent to find others unless that was asked."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from htrkit.config.choices import PageReads, Segmenter
from htrkit.config.settings import Settings
from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, LayoutKind, Reading
from htrkit.domain.source import PageSource
from htrkit.domain.stages import OpenPage, Prepared
from htrkit.run.inference import LocalInference
from htrkit.run.page_reader import Networks, PageReader, ReadingWishes
from htrkit.run.step_times import StepTimes
from htrkit.run.words_told import words_told
from tests.fakes.stages import FakeReader, FakeSegmenter

XML = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Metadata><Creator>a</Creator>
<Created>2020-01-01T00:00:00</Created><LastChange>2020-01-01T00:00:00</LastChange></Metadata>
<Page imageFilename="1.png" imageWidth="90" imageHeight="90"><TextRegion id="r"><Coords points="0,0 80,0 80,80"/>{}
</TextRegion></Page></PcGts>"""
LINE = '<TextLine id="mine"><Coords points="5,5 80,5 80,40 5,40"/><Baseline points="5,30 80,30"/></TextLine>'


class Seeing(FakeReader):
    """Remembers the layout that it was shown."""

    seen: Layout | None = None

    def prepare(self, page: OpenPage) -> Prepared:
        self.seen = page.layout
        return super().prepare(page)


def shown(tmp_path: Path, segmenter: Segmenter, xml: str | None, *, whole_pages: bool = True) -> Layout:
    picture = Image.new("L", (90, 90), 240)
    ImageDraw.Draw(picture).rectangle((20, 20, 60, 30), fill=10)
    picture.save(tmp_path / "1.png")
    sidecars = ()
    if xml is not None:
        (tmp_path / "1.xml").write_text(xml)
        sidecars = (str(tmp_path / "1.xml"),)
    reader = Seeing()
    wishes = ReadingWishes(segmenter, 72, 200.0, whole_pages=whole_pages)
    networks = Networks(lambda: FakeSegmenter(3), reader, LocalInference(1))
    source = PageSource(PageKey("1"), str(tmp_path / "1.png"), image_name="1.png", sidecars=sidecars)
    PageReader(networks, wishes, Reading("fake", "1")).read(source, StepTimes(lambda: 0.0))
    assert reader.seen is not None
    return reader.seen


@pytest.mark.parametrize(
    ("segmenter", "xml", "origin", "lines"),
    [
        (Segmenter.AUTO, None, LayoutKind.WHOLE, 0),
        (Segmenter.AUTO, XML.format(LINE), LayoutKind.PAGE_XML, 1),
        (Segmenter.AUTO, XML.format(""), LayoutKind.PAGE_XML, 0),
        (Segmenter.NONE, XML.format(LINE), LayoutKind.WHOLE, 0),
        (Segmenter.SIDECAR, XML.format(LINE), LayoutKind.PAGE_XML, 1),
        (Segmenter.KRAKEN, XML.format(LINE), LayoutKind.KRAKEN, 3),
    ],
)
def test_whole_pages_are_shown_with_the_lines_that_are_known(
    tmp_path: Path, segmenter: Segmenter, xml: str | None, origin: LayoutKind, lines: int
) -> None:
    layout = shown(tmp_path, segmenter, xml)
    assert (layout.origin.kind, len(layout.lines)) == (origin, lines)


@pytest.mark.parametrize(("segmenter", "lines"), [(Segmenter.AUTO, 3), (Segmenter.NONE, 1)])
def test_line_by_line_pages_need_lines_as_with_any_engine(tmp_path: Path, segmenter: Segmenter, lines: int) -> None:
    assert len(shown(tmp_path, segmenter, None, whole_pages=False).lines) == lines


def test_the_words_that_a_model_is_told_are_the_users_or_the_engines_own() -> None:
    own = words_told(Settings(engine="churro"))
    assert own["system_prompt"] == "Transcribe the entirety of this historical document to XML format."
    assert (own["prompt"], own["max_new_tokens"]) == ("", 20_000)
    given = words_told(Settings(engine="churro", prompt="Read", max_new_tokens=7))
    assert (given["prompt"], given["max_new_tokens"], given["system_prompt"]) == ("Read", 7, own["system_prompt"])
    assert (
        words_told(Settings(engine="qwen3-vl"))["prompt"]
        != words_told(Settings(engine="qwen3-vl", reads=PageReads.LINE))["prompt"]
    )


@pytest.mark.parametrize("engine", ["kraken", "gone with its package"])
def test_engines_that_are_told_nothing_have_no_words(engine: str) -> None:
    assert words_told(Settings(engine=engine)) == {}


def test_an_adapter_that_was_trained_on_is_another_one(tmp_path: Path) -> None:
    asked = Settings(engine="qwen3-vl", adapter=str(tmp_path))
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1")
    before = words_told(asked)["adapter"]
    (tmp_path / "adapter_model.safetensors").write_bytes(b"2")
    assert str(tmp_path) in str(before) != words_told(asked)["adapter"]


def test_an_adapter_of_the_hub_is_cited_by_its_name() -> None:
    assert words_told(Settings(engine="qwen3-vl", adapter="somebody/adapter"))["adapter"] == "somebody/adapter"

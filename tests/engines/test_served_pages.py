"""Pages and lines read by an inference server: what is sent, what comes of it, and the contract of every engine."""

import base64
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, ModelFacts, Note
from htrkit.domain.stages import LoadOrder, OpenPage, ReadingOptions, Stage
from htrkit.engines.asking import Times
from htrkit.engines.served import served, served_churro, served_qwen3_vl
from htrkit.testing import CHECKS, Tried, sample_pages
from tests.fakes.inference_server import MODEL, Asked, Handler, Manners, inference_server, says

NOBODY_WAITS = Times(lambda: 0.0, lambda _: None, lambda: 0.5)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, Manners]]:
    with inference_server() as found:
        yield found


@pytest.fixture
def server(running: tuple[str, Manners]) -> tuple[str, Manners]:
    _, manners = running
    manners.script.clear()
    manners.asked.clear()
    manners.usual = says("a line")
    return running


def sent(asked: Asked) -> Image.Image:
    """Give the picture that came."""
    content = asked.body["messages"][-1]["content"]
    return Image.open(BytesIO(base64.b64decode(content[0]["image_url"]["url"].split(",")[1])))


def by_size(handler: Handler, asked: Asked) -> None:
    """Read every picture as its size, so that each has its own text."""
    width, height = sent(asked).size
    says(f"{width} by {height}")(handler, asked)


def order(address: str, **options: object) -> LoadOrder:
    return LoadOrder("", ModelFacts(MODEL, ""), options=ReadingOptions(server=address, **options))  # type: ignore[arg-type]


def read(stage: Stage, page: OpenPage) -> Layout:
    prepared = stage.prepare(page)
    return stage.finish(prepared, stage.infer(prepared.items))


def blank_layout(page: OpenPage) -> OpenPage:
    return replace(page, layout=Layout(LayoutOrigin(LayoutKind.WHOLE, "whole page")))


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_lines_read_by_a_server_keep_the_contract(server: tuple[str, Manners], check: Callable[[Tried], None]) -> None:
    address, manners = server
    manners.usual = by_size
    check(Tried(lambda: served(order(address, whole_pages=False)), sample_pages()))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_whole_pages_read_by_a_server_keep_the_contract(
    server: tuple[str, Manners], check: Callable[[Tried], None]
) -> None:
    address, manners = server
    manners.usual = by_size
    check(Tried(lambda: served(order(address)), [blank_layout(page) for page in sample_pages()]))


def test_a_page_is_sent_in_a_bounded_size_and_its_text_stands_in_one_region(server: tuple[str, Manners]) -> None:
    address, manners = server
    manners.usual = says("```\nIn nomine\n\namen\n```")
    page = OpenPage(PageKey("p"), Image.linear_gradient("L").resize((4000, 1000)))
    layout = read(served(order(address)), page)
    assert sent(manners.asked[0]).size == (2048, 512)
    assert [line.text for line in layout.lines] == ["In nomine", "amen"]
    assert {line.region for line in layout.lines} == {layout.regions[0].id}


def test_text_goes_onto_the_lines_of_a_layout_where_there_are_as_many(server: tuple[str, Manners]) -> None:
    address, manners = server
    manners.usual = says("uno\ndue\ntre")
    page = sample_pages()[0]
    layout = read(served(order(address)), page)
    assert page.layout is not None
    assert [line.text for line in layout.lines] == ["uno", "due", "tre"]
    assert [line.id for line in layout.lines] == [line.id for line in page.layout.lines]


def test_what_a_page_has_cost_stands_in_its_record(server: tuple[str, Manners]) -> None:
    address, manners = server
    manners.usual = says("uno", usage={"prompt_tokens": 2000, "completion_tokens": 30})
    layout = read(served(order(address)), blank_layout(sample_pages()[0]))
    assert Note("tokens", "2000 tokens read, 30 written, in 1 request.") in layout.notes


def test_a_text_that_was_cut_off_is_flagged(server: tuple[str, Manners]) -> None:
    address, manners = server
    manners.usual = says("uno", finish_reason="length")
    layout = read(served(order(address)), blank_layout(sample_pages()[0]))
    assert [note.code for note in layout.notes if note.flag] == ["truncated"]


def test_a_line_that_was_cut_off_is_flagged_by_its_name(server: tuple[str, Manners]) -> None:
    address, manners = server
    manners.script.extend([says("uno"), says("due", finish_reason="length"), says("tre")])
    layout = read(served(order(address, whole_pages=False)), sample_pages()[0])
    # Lines are asked for side by side, and any of them may come second.
    ((code, flagged),) = [(note.code, note.line) for note in layout.notes if note.flag]
    assert (code, {line.id: line.text for line in layout.lines}[flagged]) == ("truncated", "due")


def test_white_paper_is_not_sent_at_all(server: tuple[str, Manners]) -> None:
    address, manners = server
    layout = read(served(order(address)), OpenPage(PageKey("p"), Image.new("L", (300, 300), 240)))
    assert (layout.lines, manners.asked) == ((), [])


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 4000), (20000, 30)])
def test_pictures_that_no_model_would_take_are_set_on_paper(server: tuple[str, Manners], size: tuple[int, int]) -> None:
    address, manners = server
    picture = Image.linear_gradient("L").resize(size) if size != (1, 1) else Image.new("L", (2, 1))
    if size == (1, 1):
        picture.putpixel((0, 0), 255)
    read(served(order(address)), OpenPage(PageKey("p"), picture))
    if manners.asked:
        width, height = sent(manners.asked[0]).size
        assert min(width, height) >= 28
        assert max(width, height) <= min(2048, 100 * min(width, height))


def test_a_prompt_of_the_users_takes_the_place_of_ours_and_an_empty_one_is_none(
    server: tuple[str, Manners],
) -> None:
    address, manners = server
    page = blank_layout(sample_pages()[0])
    read(served(order(address, prompt="Lies!", max_new_tokens=7)), page)
    read(served(order(address, prompt="")), page)
    told, silent = (asked.body["messages"][-1]["content"][1:] for asked in manners.asked)
    assert told == [{"type": "text", "text": "Lies!"}]
    assert silent == []
    assert manners.asked[0].body["max_tokens"] == 7


def test_churro_is_told_what_its_card_says_and_its_xml_is_read_and_kept(server: tuple[str, Manners]) -> None:
    address, manners = server
    document = (
        "<HistoricalDocument><Page><Body><Line>In nomine</Line><Line>amen</Line></Body></Page></HistoricalDocument>"
    )
    manners.usual = says(document)
    layout = read(served_churro(order(address)), blank_layout(sample_pages()[0]))
    assert manners.asked[0].body["messages"][0]["role"] == "system"
    assert "XML" in manners.asked[0].body["messages"][0]["content"]
    assert [line.text for line in layout.lines] == ["In nomine", "amen"]
    assert layout.written == document


def test_qwen3_vl_is_told_to_transcribe(server: tuple[str, Manners]) -> None:
    address, manners = server
    read(served_qwen3_vl(order(address, whole_pages=False)), sample_pages()[1])
    assert "line of text" in manners.asked[0].body["messages"][-1]["content"][1]["text"]


def test_no_library_of_networks_is_loaded_for_whole_pages() -> None:
    code = (
        "import sys, htrkit.engines.served, htrkit.run.worker_setup\n"
        "print([name for name in ('torch', 'kraken') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_what_a_model_says_of_the_page_before_its_text_is_no_text(server: tuple[str, Manners]) -> None:
    address, manners = server
    written = "---\nprimary_language: la\nis_table: False\n---\nIn nomine\namen"
    manners.usual = says(written)
    layout = read(served(order(address)), blank_layout(sample_pages()[0]))
    assert [line.text for line in layout.lines] == ["In nomine", "amen"]
    assert layout.written == written


def test_a_model_that_was_trained_with_smaller_pictures_is_sent_such(server: tuple[str, Manners]) -> None:
    address, manners = server
    page = OpenPage(PageKey("p"), Image.linear_gradient("L").resize((4000, 2000)))
    known = replace(order(address), model=ModelFacts("allenai/olmOCR-2-7B-1025-FP8", ""))
    read(served(known), page)
    assert sent(manners.asked[0]).size == (1288, 644)

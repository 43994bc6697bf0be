"""kraken, given our PAGE or ALTO, reads the same lines and the same text."""

from pathlib import Path

import pytest
from PIL import Image

from htrkit.domain.renderers import Renderer, RenderOptions, Target
from htrkit.outputs.alto_xml import AltoXml
from htrkit.outputs.page_xml import PageXml
from htrkit.outputs.text import xml_text
from tests.fakes.pages import RECORDS, box, line, page
from tests.fakes.readers import kraken_lines

UNREAD = page(
    line("l1"), line("l2", "", at=box(100, 200, 900, 250), confidence=None), line("l3", at=box(100, 300, 900, 350))
)
PAGES = {name: RECORDS[name] for name in ("plain", "right to left", "mixed directions", "interleaved regions")}
PAGES |= {"a line that could not be read": UNREAD}


@pytest.mark.slow
@pytest.mark.parametrize("target", Target)
@pytest.mark.parametrize("renderer", [PageXml(), AltoXml()], ids=lambda one: one.name)
@pytest.mark.parametrize("name", PAGES)
def test_lines_and_text_are_the_same(tmp_path: Path, name: str, renderer: Renderer, target: Target) -> None:
    record = PAGES[name]
    path = tmp_path / f"0311{renderer.suffix}"
    path.write_bytes(renderer.render(record, RenderOptions(target)))
    Image.new("L", (record.image.size.width, record.image.size.height)).save(tmp_path / record.image.name)

    read = [text for _, text in kraken_lines(path)]

    ours = [xml_text(line.text) for line in record.lines]
    assert sorted(read) == sorted(ours)
    if target is not Target.ESCRIPTORIUM:
        assert read == ours

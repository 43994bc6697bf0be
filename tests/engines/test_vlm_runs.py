"""Pages that a model knows by heart, through the whole `htrkit run`: from pictures to every format."""

import json
import sys
from pathlib import Path

import pytest
from lxml import etree

from htrkit.cli.main import main
from htrkit.engines.page_text import PLACED, UNPLACED
from tests.fakes.vlm_taught import PROMPTINGS, TEXTS, Taught, document

pytestmark = pytest.mark.slow

QUICK = ("-d", "cpu", "--threads", "1", "--workforce", "inline", "--allow-slow-cpu", "--yes", "--progress", "none")
PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Metadata><Creator>a</Creator>
<Created>2020-01-01T00:00:00</Created><LastChange>2020-01-01T00:00:00</LastChange></Metadata>
<Page imageFilename="1.png" imageWidth="{side}" imageHeight="{side}"><TextRegion id="r">
<Coords points="0,0 90,0 90,90"/>{lines}</TextRegion></Page></PcGts>"""
LINE = """<TextLine id="t{n}"><Coords points="5,{top} 95,{top} 95,{end} 5,{end}"/>
<Baseline points="5,{end} 95,{end}"/></TextLine>"""


@pytest.fixture
def scans(taught: Taught, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "scans"
    folder.mkdir()
    for number, lesson in enumerate(taught.pages, 1):
        lesson.picture.save(folder / f"{number}.png")
    return folder


def run(taught: Taught, scans: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Path:
    """Run it; give OUT."""
    out = scans.parent / "out"
    told = ["htrkit", "run", str(scans), "-o", str(out), "-e", taught.engine, "-m", str(taught.folder), *QUICK, *words]
    monkeypatch.setattr(sys, "argv", told)
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return out


def texts(out: Path) -> list[str]:
    return [path.read_text(encoding="utf-8").rstrip("\n") for path in sorted((out / "txt").rglob("*.txt"))]


def record(out: Path, stem: str) -> dict:
    (path,) = (out / "json").rglob(f"{stem}.json")
    return json.loads(path.read_text(encoding="utf-8"))


def test_pages_known_by_heart_come_out_of_a_run_to_the_letter(
    taught: Taught, scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = run(taught, scans, monkeypatch, "-f", "txt,page,alto,hocr,csv")
    assert texts(out) == list(TEXTS)
    told = record(out, "1")
    settings = dict(told["reading"]["settings"])
    prompting = PROMPTINGS[taught.engine]
    assert (settings["prompt"], settings["system_prompt"]) == (prompting.page, prompting.system)
    assert settings["max_new_tokens"] == str(prompting.most_tokens)
    assert told["layout"]["written"] == (document(TEXTS[0]) if taught.engine == "churro" else None)
    assert [note["code"] for note in told["layout"]["notes"]] == [UNPLACED]
    assert not any(note["flag"] for note in [*told["layout"]["notes"], *told["notes"]])


def test_text_is_placed_on_a_sidecars_lines(taught: Taught, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(LINE.format(n=number, top=20 * number, end=20 * number + 15) for number in (1, 2))
    side = taught.pages[0].picture.width
    (scans / "1.xml").write_text(PAGE.format(side=side, lines=lines))
    out = run(taught, scans, monkeypatch, "-f", "txt,page")
    assert texts(out) == list(TEXTS)
    (path,) = (out / "page").rglob("1.xml")
    found = etree.parse(path).getroot().findall(".//{*}TextLine")
    assert [line.get("id") for line in found] == ["t1", "t2"]
    assert [line.findtext("{*}TextEquiv/{*}Unicode") for line in found] == TEXTS[0].split("\n")
    assert PLACED in [note["code"] for note in record(out, "1")["layout"]["notes"]]


def test_pages_are_read_as_single_lines_where_that_is_asked(
    taught: Taught, scans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = PROMPTINGS[taught.engine].page
    out = run(taught, scans, monkeypatch, "--reads", "line", "-s", "none", "--prompt", prompt)
    assert texts(out) == [text.replace("\n", " ") for text in TEXTS]
    assert record(out, "1")["layout"]["lines"][0]["baseline"]

"""A run is held against its truth: line by line where both know where lines are, by the page's text elsewhere."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.core.measuring import Confusion, Counts, Folding, Matched
from htrkit.domain.errors import UsageProblem
from htrkit.domain.page import LayoutKind, LayoutOrigin, Line, PageRecord
from htrkit.outputs.record import encode_record
from htrkit.run.evaluation import evaluated
from htrkit.run.out_folder import OutFolder
from htrkit.run.tables import RecordDamaged
from tests.fakes.pages import box, line, page

HEAD = '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
TWO = (("l1", 100, "in principio"), ("l2", 200, "erat verbum"))


def row(name: str, top: int, text: str) -> Line:
    return line(name, text, at=box(100, top, 900, top + 50))


def record(*rows: tuple[str, int, str], key: str = "box/1") -> PageRecord:
    return page(*(row(*one) for one in rows), key=key, image=f"{key.rpartition('/')[2]}.jpg")


def out_of(folder: Path, *records: PageRecord, planned: tuple[str, ...] = ()) -> OutFolder:
    out = OutFolder(folder / "out")
    out.own.mkdir(parents=True)
    keys = [*(one.key for one in records), *planned]
    out.plan.write_text(json.dumps({"pages": [{"key": key} for key in keys]}), encoding="utf-8")
    for one in records:
        out.record(one.key).parent.mkdir(parents=True, exist_ok=True)
        out.record(one.key).write_bytes(encode_record(one))
    return out


def xml(*rows: tuple[str, int, str]) -> str:
    lines = "".join(
        f'<TextLine id="{name}"><Coords points="100,{top} 900,{top} 900,{top + 50} 100,{top + 50}"/>'
        f'<Baseline points="100,{top + 40} 900,{top + 40}"/><TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextLine>'
        for name, top, text in rows
    )
    region = f'<TextRegion id="r"><Coords points="0,0 999,0 999,799 0,799"/>{lines}</TextRegion>'
    return f'{HEAD}<Page imageFilename="1.jpg" imageWidth="1000" imageHeight="800">{region}</Page></PcGts>'


def truth(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        place = folder / "truth" / name.replace("__", "/").replace("_", ".")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder / "truth"


def test_a_page_read_without_fault_has_rates_of_nought(tmp_path: Path) -> None:
    found = evaluated(out_of(tmp_path, record(*TWO)), truth(tmp_path, box__1_xml=xml(*TWO)), Folding())

    assert (found.total.characters, found.total.words) == (Counts(0, 23), Counts(0, 4))
    assert [one.matched for one in found.pages] == [Matched.BASELINES]
    assert list(found.confusions) == []


def test_another_order_of_lines_is_an_error_only_where_the_truth_is_text(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(*TWO[::-1]))
    by_lines = evaluated(out, truth(tmp_path / "a", box__1_xml=xml(*TWO)), Folding())
    by_text = evaluated(out, truth(tmp_path / "b", box__1_txt="in principio\nerat verbum\n"), Folding())

    assert by_lines.total.characters.rate == 0
    assert (by_text.total.characters.rate or 0) > 0.5
    assert by_text.pages[0].matched is Matched.PAGE_TEXT


def test_a_missed_line_is_deleted_and_an_invented_one_inserted(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(TWO[0], ("x", 500, "abc")))
    found = evaluated(out, truth(tmp_path, box__1_xml=xml(*TWO)), Folding())

    assert found.total.characters == Counts(11 + 3, 23)
    assert found.total.words == Counts(2 + 1, 4)


def test_a_page_of_empty_truth_has_no_rate_and_what_was_read_there_counts(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(*TWO), record(("l1", 100, "abc"), key="box/2"))
    found = evaluated(out, truth(tmp_path, box__1_xml=xml(*TWO), box__2_txt="\ufeff\r\n"), Folding())

    assert [one.score.characters.rate for one in found.pages] == [0, None]
    assert found.total.characters == Counts(3, 23)


def test_a_blank_page_of_blank_truth_counts_nothing(tmp_path: Path) -> None:
    found = evaluated(out_of(tmp_path, record()), truth(tmp_path, box__1_xml=xml()), Folding())

    assert found.total.characters == Counts(0, 0)
    assert found.total.characters.rate is None


def test_a_page_that_was_read_whole_is_compared_by_its_text(tmp_path: Path) -> None:
    whole = record(("l1", 300, "in principio erat verbum"))
    whole = replace(whole, layout=replace(whole.layout, origin=LayoutOrigin(LayoutKind.WHOLE, "whole image")))
    found = evaluated(out_of(tmp_path, whole), truth(tmp_path, box__1_xml=xml(*TWO)), Folding())

    assert (found.pages[0].matched, found.total.characters.rate) == (Matched.PAGE_TEXT, 0)


def test_lines_that_have_no_baselines_are_compared_by_their_text(tmp_path: Path) -> None:
    bare = page(replace(row(*TWO[0]), baseline=()), row(*TWO[1]), key="box/1", image="1.jpg")
    found = evaluated(out_of(tmp_path, bare), truth(tmp_path, box__1_xml=xml(*TWO)), Folding())

    assert (found.pages[0].matched, found.total.characters.rate) == (Matched.PAGE_TEXT, 0)


def test_totals_and_folders_add_errors_over_characters(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(("l1", 100, "ab"), key="a/1"), record(("l1", 100, "c" * 8), key="b/2"))
    found = evaluated(out, truth(tmp_path, a__1_txt="xy", b__2_txt="c" * 8), Folding())

    assert found.total.characters.rate == 0.2
    assert {name: score.characters.rate for name, score in found.folders.items()} == {"a": 1.0, "b": 0.0}


def test_what_was_confused_missed_or_invented_is_counted_the_commonest_first(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(("l1", 100, "nna mles")))
    true = truth(tmp_path, box__1_txt="uua mile")

    everything = [Confusion("u", "n", 2), Confusion("", "s", 1), Confusion("i", "", 1)]
    assert list(evaluated(out, true, Folding()).confusions) == everything
    assert list(evaluated(out, true, Folding(), confusions=1).confusions) == everything[:1]


def test_what_does_not_count_is_folded_on_both_sides(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(("l1", 100, "E\u0301t\u00e9,  MIL")))
    strict = evaluated(out, truth(tmp_path, box__1_txt="\u00e9t\u00e9 mil"), Folding())
    lenient = evaluated(
        out, truth(tmp_path, box__1_txt="\u00e9t\u00e9 mil"), Folding(ignore_case=True, ignore_punctuation=True)
    )

    assert strict.total.characters.errors == 5
    assert lenient.total.characters.errors == 0


def test_pages_without_truth_unread_pages_and_unusable_truth_stand_apart(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(*TWO), record(*TWO, key="box/2"), record(*TWO, key="box/3"), planned=("box/failed",))
    found = evaluated(out, truth(tmp_path, box__1_xml=xml(*TWO), box__3_xml="<torn"), Folding())

    assert [one.key for one in found.pages] == ["box/1"]
    assert list(found.without_truth) == ["box/2"]
    assert list(found.unread) == ["box/failed"]
    assert len(found.unusable) == 1
    assert "3.xml" in found.unusable[0]


def test_truth_that_belongs_to_no_page_is_a_problem_with_a_next_step(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no truth in it belongs") as caught:
        evaluated(out_of(tmp_path, record(*TWO)), truth(tmp_path, other__9_txt="x"), Folding())
    assert "stems" in caught.value.mend


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    out = out_of(tmp_path, record(*TWO))
    out.record(record(*TWO).key).write_bytes(b"{")

    with pytest.raises(RecordDamaged, match=r"1\.json"):
        evaluated(out, truth(tmp_path, box__1_xml=xml(*TWO)), Folding())


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="holds no run"):
        evaluated(OutFolder(tmp_path), truth(tmp_path, box__1_xml=xml(*TWO)), Folding())

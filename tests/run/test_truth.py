"""Truth is found by tree and stem, and read whatever its form."""

from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.domain.geometry import Size
from htrkit.domain.page import PageRecord
from htrkit.run.truth import TruthUnusable, truth_folder, truth_of
from tests.fakes.pages import line, page

XML = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
  <Page imageFilename="0311.jpg" imageWidth="1000" imageHeight="800"><TextRegion id="r"><Coords points="1,1 9,1 9,9"/>
  <TextLine id="l"><Coords points="100,100 900,100 900,150 100,150"/>{baseline}
  <TextEquiv index="1"><Unicode>second</Unicode></TextEquiv><TextEquiv index="0"><Unicode>in principio</Unicode>
  </TextEquiv></TextLine></TextRegion></Page></PcGts>"""
DRAWN = XML.format(baseline='<Baseline points="100,140 900,140"/>')


def put(folder: Path, *names: str, text: str = "in principio") -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def record(key: str = "box12/0311", image: str = "0311.jpg") -> PageRecord:
    return page(line(), key=key, image=image)


def found(folder: Path, key: str = "box12/0311", image: str = "0311.jpg") -> str | None:
    path = truth_folder(folder).of(record(key, image))
    return str(path.relative_to(folder)) if path else None


def test_tree_and_stem_go_before_the_stem_alone(tmp_path: Path) -> None:
    put(tmp_path, "box12/0311.txt", "box13/0311.txt")

    assert found(tmp_path) == "box12/0311.txt"


def test_a_stem_that_only_one_file_has_is_enough(tmp_path: Path) -> None:
    put(tmp_path, "elsewhere/0311.txt", "0312.txt")

    assert found(tmp_path) == "elsewhere/0311.txt"


def test_a_stem_that_several_have_is_none(tmp_path: Path) -> None:
    put(tmp_path, "a/0311.txt", "b/0311.txt")

    assert found(tmp_path) is None


def test_page_and_alto_folders_are_no_part_of_the_tree(tmp_path: Path) -> None:
    put(tmp_path, "box12/page/0311.xml", "box13/alto/0311.xml", text=DRAWN)

    assert found(tmp_path) == "box12/page/0311.xml"


def test_xml_goes_before_text(tmp_path: Path) -> None:
    put(tmp_path, "box12/0311.txt")
    put(tmp_path, "box12/0311.xml", text=DRAWN)

    assert found(tmp_path) == "box12/0311.xml"


def test_a_page_that_carries_its_full_file_name_finds_the_stem(tmp_path: Path) -> None:
    put(tmp_path, "box12/0311.txt")

    assert found(tmp_path, key="box12/0311.jpg") == "box12/0311.txt"


def test_case_and_unicode_form_of_names_do_not_count(tmp_path: Path) -> None:
    put(tmp_path, "Ble\u0301/A.txt")

    assert found(tmp_path, key="bl\u00e9/a", image="a.jpg") == "Ble\u0301/A.txt"


def test_hidden_files_count_nowhere(tmp_path: Path) -> None:
    put(tmp_path, ".htrkit/0311.txt", "box12/0312.txt")

    assert found(tmp_path) is None


@pytest.mark.parametrize("make", [lambda _: None, Path.mkdir])
def test_a_folder_without_truth_is_said(tmp_path: Path, make) -> None:  # noqa: ANN001
    make(tmp_path / "truth")
    with pytest.raises(UsageProblem, match="truth"):
        truth_folder(tmp_path / "truth")


def test_text_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    put(tmp_path, "1.txt", text="\ufeffin principio\r\n")

    truth = truth_of(tmp_path / "1.txt", record())
    assert (truth.text, truth.layout) == ("in principio\r\n", None)


def test_of_several_texts_the_lowest_index_is_true(tmp_path: Path) -> None:
    put(tmp_path, "1.xml", text=DRAWN)

    truth = truth_of(tmp_path / "1.xml", record())
    assert truth.text.strip() == "in principio"
    assert truth.layout is not None


def test_lines_without_baselines_of_their_own_are_only_text(tmp_path: Path) -> None:
    put(tmp_path, "1.xml", text=XML.format(baseline=""))

    assert truth_of(tmp_path / "1.xml", record()).layout is None


def test_truth_for_another_image_is_only_text(tmp_path: Path) -> None:
    put(tmp_path, "1.xml", text=DRAWN)
    other = record()
    other = replace(other, image=replace(other.image, size=Size(300, 900)))

    truth = truth_of(tmp_path / "1.xml", other)
    assert (truth.text.strip(), truth.layout) == ("in principio", None)


def test_truth_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path, "1.xml", text="<torn")

    with pytest.raises(TruthUnusable, match=r"1\.xml"):
        truth_of(tmp_path / "1.xml", record())
    with pytest.raises(TruthUnusable, match=r"gone\.txt"):
        truth_of(tmp_path / "gone.txt", record())

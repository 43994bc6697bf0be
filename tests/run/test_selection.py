"""From what is typed to the pages of the plan: none lost, none twice, none in another's place."""

import os
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from htrkit.config.choices import Segmenter
from htrkit.config.settings import Settings
from htrkit.core.keys import folded
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.domain.found import FileKind
from htrkit.domain.source import PageSource, PassedOver, Selection, SourceKind
from htrkit.files.frames import Frames
from htrkit.run.selection import FramesOf, require_pages, select
from tests.fakes.trees import grown, page_xml


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def counting(counts: Mapping[str, tuple[int, ...]]) -> FramesOf:
    """Give a counter that knows some files by name, and takes all others for one page."""
    return lambda path, _kind: Frames(counts.get(os.path.basename(path), (0,)))  # noqa: PTH119


def selected(
    *inputs: str,
    stdin: bytes = b"",
    out: Path | None = None,
    frames: Mapping[str, tuple[int, ...]] | None = None,
    settings: Settings = Settings(),
) -> Selection:
    return select(inputs, settings=settings, out=out, stdin=BytesIO(stdin), frames=counting(frames or {}))


def keys(selection: Selection) -> list[str]:
    return [page.key for page in selection.pages]


def sidecars(selection: Selection) -> dict[str, tuple[str, ...]]:
    return {page.key: page.sidecars for page in selection.pages}


def only(segmenter: Segmenter) -> Settings:
    return Settings(segmenter=segmenter)


def test_a_folder_of_images_is_its_pages_in_natural_order(here: Path) -> None:
    grown(here, "box/10.jpg", "box/2.png", "box/b/1.JPG")

    assert selected("box").pages == (
        PageSource(key="2", path="box/2.png", image_name="2.png", root="box"),
        PageSource(key="10", path="box/10.jpg", image_name="10.jpg", root="box"),
        PageSource(key="b/1", path="box/b/1.JPG", image_name="1.JPG", root="box"),
    )


def test_pages_stand_in_the_order_of_the_inputs(here: Path) -> None:
    grown(here, "b/1.jpg", "a/2.jpg", "a/1.jpg", "c.jpg")

    assert keys(selected("b", "c.jpg", "a")) == ["b/1", "c", "a/1", "a/2"]


@pytest.mark.parametrize("name", [".", "..", "./", "../box"])
def test_a_folder_is_named_for_where_it_leads(here: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    grown(here, "box/x/1.jpg", "box/1.jpg", "other/1.jpg")
    monkeypatch.chdir(here / "box" / ("x" if name == ".." else ""))

    assert keys(selected(name, str(here / "other"))) == ["box/1", "box/x/1", "other/1"]


def test_every_way_of_naming_files_leads_to_the_same_pages(here: Path) -> None:
    grown(here, "box/1.jpg", "box/2.jpg", xml={"box/page/1.xml": "1.jpg"})
    (here / "list.txt").write_text("box/1.jpg\nbox/2.jpg\n")
    expected = selected("box/1.jpg", "box/2.jpg").pages

    assert [page.sidecars for page in expected] == [("box/page/1.xml",), ()]
    for inputs in (["box/*.jpg"], ["@list.txt"], ["-"], ["box/1.jpg", "@list.txt", "box"]):
        assert selected(*inputs, stdin=b"box/1.jpg\nbox/2.jpg\n").pages == expected


def test_an_image_and_the_xml_that_names_it_are_one_page(here: Path) -> None:
    grown(here, "v/a/1.jpg", "v/b/2.jpg", xml={"v/a/x.xml": "scans/1.JPG", "v/b/page/2.xml": "2.jpg"})
    selection = selected("v")

    assert sidecars(selection) == {"a/1": ("v/a/x.xml",), "b/2": ("v/b/page/2.xml",)}
    assert not selection.warnings


def test_a_page_has_its_images_tree_wherever_its_xml_lies(here: Path) -> None:
    grown(here, "v/images/1.jpg", xml={"v/xml/1.xml": "1.jpg"})

    assert sidecars(selected("v")) == {"images/1": ("v/xml/1.xml",)}


def test_the_first_of_several_sidecars_is_taken_and_the_others_are_named(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/alto/1.xml": "1.jpg", "v/page/1.xml": "1.jpg"})
    selection = selected("v")

    assert sidecars(selection) == {"1": ("v/page/1.xml", "v/alto/1.xml")}
    assert selection.warnings == ("v/alto: not used: 1.xml; the same pages have XML in v/page, which goes first.",)


def test_the_first_sidecar_with_lines_is_taken(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/alto/1.xml": "1.jpg"})
    (here / "v/1.xml").write_text(page_xml("1.jpg", lines=False))

    assert sidecars(selected("v")) == {"1": ("v/alto/1.xml", "v/1.xml")}


def test_a_sidecar_that_cannot_be_parsed_stays_with_its_page(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg")
    (here / "v/1.xml").write_text("torn <")
    (here / "v/2.xml").write_text(page_xml("2.jpg", lines=False)[:-8])
    selection = selected("v")

    assert sidecars(selection) == {"1": ("v/1.xml",), "2": ("v/2.xml",)}
    assert not selection.passed_over


def test_mets_and_other_xml_are_passed_over_wherever_they_lie(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg")
    (here / "v/mets.xml").write_text("<mets/>")
    (here / "v/1.xml").write_text("<record/>")
    selection = selected("v")

    assert sidecars(selection) == {"1": (), "2": ()}
    assert selection.passed_over == (
        PassedOver("v/1.xml", "neither an image nor PAGE nor ALTO"),
        PassedOver("v/mets.xml", "METS, which lists pages and holds none"),
    )
    assert sidecars(selected("v/1.jpg")) == {"1": ()}


def test_an_xml_without_its_image_in_a_folder_is_named_and_no_page(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/page/2.xml": "2.jpg"})
    selection = selected("v")

    assert keys(selection) == ["1"]
    assert selection.warnings == ("v/page: XML without its image: 2.xml (image 2.jpg); not used.",)


def test_the_image_of_an_xml_given_by_itself_is_found_on_disk(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", xml={"v/page/x.xml": "1.JPG", "v/y.xml": "2.jpg"})

    assert selected("v/page/x.xml", "v/y.xml").pages == (
        PageSource(key="1", path="v/1.jpg", sidecars=("v/page/x.xml",), image_name="1.jpg"),
        PageSource(key="2", path="v/2.jpg", sidecars=("v/y.xml",), image_name="2.jpg"),
    )


@pytest.mark.parametrize(("folder", "path"), [("page", "../1.jpg"), (".", "1.jpg"), ("xml", "../images/1.jpg")])
def test_the_image_is_found_from_wherever_one_stands(
    here: Path, monkeypatch: pytest.MonkeyPatch, folder: str, path: str
) -> None:
    grown(here, f"v/{'images/' if folder == 'xml' else ''}1.jpg", xml={f"v/{folder}/1.xml": "1.jpg"})
    monkeypatch.chdir(here / "v" / folder)

    assert [(page.key, page.path) for page in selected("1.xml").pages] == [("1", path)]


def test_the_image_is_found_behind_a_link_to_a_folder(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/page/1.xml": "1.jpg"})
    (here / "way").symlink_to("v/page")

    (page,) = selected("way/1.xml").pages
    assert os.path.realpath(page.path) == os.path.realpath(here / "v/1.jpg")


def test_a_folder_of_xml_alone_brings_its_images(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", "v/3.jpg", xml={"v/page/1.xml": "1.jpg", "v/page/2.xml": "2.jpg"})

    assert sidecars(selected("v/page")) == {"1": ("v/page/1.xml",), "2": ("v/page/2.xml",)}


def test_images_that_folders_of_xml_bring_are_told_apart(here: Path) -> None:
    grown(here, "a/1.jpg", "b/1.jpg", xml={"a/page/1.xml": "1.jpg", "b/page/1.xml": "1.jpg"})

    assert keys(selected("a/page", "b/page")) == ["a/1", "b/1"]


def test_an_xml_and_its_image_both_given_are_one_page(here: Path) -> None:
    grown(here, "v/1.jpg", "w/2.jpg", xml={"v/alto/1.xml": "1.jpg", "v/page/1.xml": "1.jpg", "v/page/x.xml": "1.jpg"})

    assert sidecars(selected("v/alto/1.xml", "w/2.jpg", "v/1.jpg")) == {"2": (), "1": ("v/alto/1.xml",)}
    assert sidecars(selected("v/page/1.xml", "v/page/x.xml")) == {"1": ("v/page/1.xml", "v/page/x.xml")}


def test_an_xml_given_by_itself_without_its_image_is_a_page_that_fails_by_name(here: Path) -> None:
    grown(
        here,
        "1.jpg",
        xml={"v/2.xml": "scans/default.jpg", "v/3.xml": "default.jpg", "v/4.xml": None, "v/5.xml": "5.pdf"},
    )
    selection = selected("1.jpg", "v/2.xml", "v/3.xml", "v/4.xml", "v/5.xml")

    assert [(page.key, page.path, page.sidecars, page.kind) for page in selection.pages] == [
        ("1", "1.jpg", (), SourceKind.IMAGE),
        ("2", "v/default.jpg", ("v/2.xml",), SourceKind.IMAGE),
        ("3", "v/default.jpg", ("v/3.xml",), SourceKind.IMAGE),
        ("4", "v/4.xml", ("v/4.xml",), SourceKind.IMAGE),
        ("5", "v/5.pdf", ("v/5.xml",), SourceKind.PDF),
    ]
    (warning,) = selection.warnings
    assert warning.endswith("each counts as a page, and will fail.")


def test_an_xml_given_by_itself_that_may_belong_to_several_fails_by_name(here: Path) -> None:
    grown(here, "v/a/1.jpg", "v/b/1.jpg", xml={"v/xml/1.xml": "1.jpg"})
    selection = selected("v/xml/1.xml")

    assert [page.path for page in selection.pages] == ["v/xml/1.jpg"]
    assert "may belong to each of v/a/1.jpg, v/b/1.jpg" in selection.warnings[0]


@pytest.mark.parametrize("place", ["v/1.xml", "v/page/1.xml", "v/alto/1.xml", "v/ALTO/1.xml", "v/1.jpg.xml", "v/x.xml"])
def test_the_sidecar_of_an_image_given_by_itself_is_found_on_disk(here: Path, place: str) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", xml={place: "1.jpg", "v/2.xml": "2.jpg"})
    selection = selected("v/1.jpg")

    assert sidecars(selection) == {"1": (place,)}
    assert not selection.warnings


def test_sidecars_of_images_given_by_themselves_have_the_usual_order(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/alto/1.xml": "1.jpg", "v/page/1.xml": "1.jpg", "v/1.xml": "1.jpg"})

    assert sidecars(selected("v/1.jpg")) == {"1": ("v/1.xml", "v/page/1.xml", "v/alto/1.xml")}


def test_a_name_that_fits_spares_the_look_at_all_others(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/1.xml": "1.jpg", "v/x.xml": "1.jpg"})

    assert sidecars(selected("v/1.jpg")) == {"1": ("v/1.xml",)}


def test_an_image_whose_xml_was_given_takes_no_other_from_the_disk(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", xml={"v/alto/1.xml": "1.jpg", "v/page/1.xml": "1.jpg"})

    assert sidecars(selected("v/1.jpg", "v/2.jpg", "v/alto/1.xml")) == {"1": ("v/alto/1.xml",), "2": ()}


def test_an_xml_of_the_stem_that_names_its_neighbour_is_left_to_that(here: Path) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", xml={"v/1.xml": "2.jpg", "v/2.xml": "1.jpg"})

    assert sidecars(selected("v/1.jpg")) == sidecars(selected("v", settings=Settings(pages="1"))) == {"1": ("v/2.xml",)}


def test_what_an_earlier_run_wrote_beside_an_image_is_no_sidecar_of_it(here: Path) -> None:
    grown(here, "v/1.jpg", "v/.htrkit/run.json", xml={"v/page/1.xml": "1.jpg"})

    assert sidecars(selected("v/1.jpg")) == {"1": ()}


def test_a_file_of_several_frames_is_as_many_pages(here: Path) -> None:
    grown(here, "v/1.tif", "v/2.pdf", "v/3.tif", "v/4.tif")
    pages = selected("v", frames={"1.tif": (0, 2), "2.pdf": (0, 1), "3.tif": (1,)}).pages

    assert [(page.key, page.frame, page.kind, page.image_name) for page in pages] == [
        ("1.p0001", 0, SourceKind.IMAGE, "1.tif"),
        ("1.p0002", 2, SourceKind.IMAGE, "1.tif"),
        ("2.p0001", 0, SourceKind.PDF, "2.pdf"),
        ("2.p0002", 1, SourceKind.PDF, "2.pdf"),
        ("3", 1, SourceKind.IMAGE, "3.tif"),
        ("4", None, SourceKind.IMAGE, "4.tif"),
    ]


def test_pages_that_are_written_as_images_are_named_so(here: Path) -> None:
    grown(here, "v/a b/1.tif", "v/2.jpg")
    pages = selected("v", frames={"1.tif": (0, 1)}, settings=Settings(write_images=True)).pages

    assert [page.image_name for page in pages] == ["2.jpg", "1.p0001.png", "1.p0002.png"]


def test_numbered_sidecars_go_with_their_pages(here: Path) -> None:
    grown(
        here, "v/1.tif", xml={"v/page/1.p0002.xml": "1.tif", "v/1.p0001.xml": "1.p0001.png", "v/1.p0009.xml": "1.tif"}
    )
    selection = selected("v", frames={"1.tif": (0, 1, 2)})

    assert sidecars(selection) == {"1.p0001": ("v/1.p0001.xml",), "1.p0002": ("v/page/1.p0002.xml",), "1.p0003": ()}
    assert selection.warnings == ("v/1.p0009.xml: not used, since 1.tif has 3 pages.",)
    assert sidecars(selected("v/1.tif", frames={"1.tif": (0, 1, 2)})) == sidecars(selection)


def test_an_xml_for_a_whole_file_goes_with_the_first_page(here: Path) -> None:
    grown(here, "v/1.pdf", xml={"v/1.xml": "1.pdf"})
    selection = selected("v", frames={"1.pdf": (0, 1)})

    assert sidecars(selection) == {"1.p0001": ("v/1.xml",), "1.p0002": ()}
    assert selection.warnings == ("v/1.xml: taken for the first of the 2 pages of 1.pdf.",)


def test_a_numbered_xml_given_by_itself_is_that_page_alone(here: Path) -> None:
    grown(here, "v/1.tif", xml={"v/page/1.p0002.xml": "1.tif", "v/1.xml": "1.tif"})
    three = {"1.tif": (0, 1, 2)}

    (page,) = selected("v/page/1.p0002.xml", frames=three).pages
    assert (page.key, page.frame, page.sidecars) == ("1.p0002", 1, ("v/page/1.p0002.xml",))
    assert len(selected("v/page/1.p0002.xml", "v/1.xml", frames=three).pages) == 3


def test_frames_are_counted_in_real_files(here: Path) -> None:
    picture = Image.new("L", (40, 30), 255)
    picture.save(here / "1.tif", save_all=True, append_images=[picture, picture])
    picture.save(here / "2.jpg")
    (here / "3.tif").write_bytes(b"torn")
    os.mkfifo(here / "4.jpg")

    assert keys(select(["."], settings=Settings(), out=None, stdin=BytesIO())) == [
        "1.p0001",
        "1.p0002",
        "1.p0003",
        "2",
        "3",
        "4",
    ]


def test_each_file_is_counted_once(here: Path) -> None:
    grown(here, "v/1.tif", xml={"v/1.p0001.xml": "1.tif", "v/1.p0002.xml": "1.tif"})
    asked: list[str] = []

    def counted(path: str, kind: FileKind) -> Frames:
        asked.append(f"{path} {kind}")
        return Frames((0, 1))

    select(["v"], settings=Settings(), out=None, stdin=BytesIO(), frames=counted)
    assert asked == ["v/1.tif image"]


@pytest.mark.parametrize("segmenter", [Segmenter.KRAKEN, Segmenter.NONE])
def test_where_no_sidecar_is_wanted_one_note_says_so(here: Path, segmenter: Segmenter) -> None:
    grown(here, "v/1.jpg", "v/2.jpg", xml={"v/1.xml": "1.jpg", "v/page/1.xml": "1.jpg", "v/3.xml": "3.jpg"})
    selection = selected("v", settings=only(segmenter))

    assert sidecars(selection) == {"1": (), "2": ()}
    assert selection.warnings == ()
    assert selection.notes == (f"PAGE or ALTO files of 1 of the images are not used, as `-s {segmenter}` asks.",)


def test_where_no_sidecar_is_wanted_an_xml_still_brings_its_image(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/page/1.xml": "1.jpg", "v/2.xml": "2.jpg"})
    selection = selected("v/page/1.xml", "v/2.xml", settings=only(Segmenter.KRAKEN))

    assert [page.path for page in selection.pages] == ["v/1.jpg", "v/2.jpg"]
    assert "2.xml (image 2.jpg); each counts as a page, and will fail" in selection.warnings[0]


def test_with_sidecars_wanted_there_are_no_notes(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/1.xml": "1.jpg"})

    assert selected("v", settings=only(Segmenter.SIDECAR)).notes == ()


def test_collisions_of_stems_are_said(here: Path) -> None:
    grown(here, "v/1.jpg", "v/1.png")
    selection = selected("v")

    assert keys(selection) == ["1.jpg", "1.png"]
    assert "full file names" in selection.collisions[0]


def test_pages_and_samples_are_chosen_by_found_order_and_keep_their_keys(here: Path) -> None:
    grown(here, *(f"v/{n}.jpg" for n in range(1, 11)), "v/3.png")

    assert keys(selected("v", settings=Settings(pages="2-4,11"))) == ["2", "3.jpg", "3.png", "10"]
    assert keys(selected("v", settings=Settings(sample=2))) == ["3.jpg", "8"]
    with pytest.raises(UsageProblem, match="the 11 pages found"):
        selected("v", settings=Settings(pages="12"))


def test_out_inside_an_input_is_no_input(here: Path) -> None:
    grown(here, "v/1.jpg", xml={"v/out/page/1.xml": "1.jpg"})
    selection = selected("v", out=here / "v/out")

    assert sidecars(selection) == {"1": ()}
    assert selection.warnings == ()


def test_without_pages_the_run_is_refused_naming_what_was_looked_at(here: Path) -> None:
    grown(here, "v/notes.txt", "v/more.txt", "v/.x.jpg", "w/\x1b/x")

    with pytest.raises(PreflightRefused) as refused:
        require_pages(selected("v", "w", settings=Settings(pages="1")))
    assert refused.value.what == (
        "No page was found in v, w (passed over: 1 hidden, 3 neither an image nor PAGE nor ALTO)."
    )


def test_an_empty_folder_has_no_page(here: Path) -> None:
    (here / "v").mkdir()

    with pytest.raises(PreflightRefused, match=r"No page was found in v\. Give images"):
        require_pages(selected("v"))


def test_with_pages_the_selection_goes_through(here: Path) -> None:
    selection = selected(str(grown(here, "1.jpg")))

    assert require_pages(selection) is selection


NASTY = [
    "new\nline.jpg",
    "\x1b[2J.jpg",
    "\udcff.jpg",
    "\u202egpj.jpg",
    "é.jpg",
    "e\u0301.jpg",
    "[bold].jpg",
    "1.JPG",
    "1.jpg",
]
NASTY += ["x" * 251 + ".jpg", "a.txt/b.jpg", "a.jpg", "%41.jpg", "=cmd.jpg", " .jpg", "a:b.jpg"]


def test_names_of_any_kind_become_pages_with_keys_of_their_own(here: Path) -> None:
    for name in NASTY:
        (here / "v" / name).parent.mkdir(parents=True, exist_ok=True)
        (here / "v" / name).write_bytes(b"")
        if len(name) < 200 and "/" not in name:
            (here / "v" / f"{name}.xml").write_text(page_xml(None))
    selection = selected("v")

    assert {page.path for page in selection.pages} == {f"v/{name}" for name in NASTY}
    assert len({folded(page.key) for page in selection.pages}) == len(NASTY)
    assert all(page.key.isprintable() for page in selection.pages)
    assert all(warning.isprintable() for warning in selection.warnings)
    with_xml = [page for page in selection.pages if page.sidecars]
    assert len(with_xml) == len(NASTY) - 2
    assert all(page.sidecars == (f"{page.path}.xml",) for page in with_xml)


def test_the_same_inputs_give_the_same_pages(here: Path) -> None:
    grown(here, *(f"v/{a}/{n}.jpg" for a in "ba" for n in (10, 9)), xml={"v/a/page/9.xml": "9.jpg"})

    assert selected("v") == selected("v")


def test_a_volume_of_real_pages_has_its_lines(shared: Path) -> None:
    selection = select([str(shared / "data/demo")], settings=Settings(), out=None, stdin=BytesIO())

    assert len(selection.pages) == 8
    assert all(page.sidecars == (page.path.replace(".jpg", ".xml"),) for page in selection.pages)
    assert not selection.warnings

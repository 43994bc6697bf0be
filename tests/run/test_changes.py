"""What can change the text is not let through in silence when a run goes on."""

import json
import os
from importlib.metadata import PackageNotFoundError, version

import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.exits import ExitCode
from htrkit.domain.names import PageKey
from htrkit.run.changes import RunChanged
from htrkit.run.plan import fingerprint_of
from htrkit.run.plan_pages import read_plan
from tests.fakes.runs import Shelf, said


def test_a_changed_model_is_refused_with_both_hashes_and_then_accepted(shelf: Shelf) -> None:
    shelf.run(lives=2)
    was = shelf.model("text.bin").facts.sha256
    (shelf.folder / "models" / "text.bin").write_bytes(b"other weights")
    now = shelf.model("text.bin").facts.sha256

    with pytest.raises(RunChanged) as refused:
        shelf.resume()
    assert refused.value.exit_code == ExitCode.HELD
    assert f"model: was text.bin, sha256 {was}, now text.bin, sha256 {now}" in refused.value.what
    assert "--accept-changes" in refused.value.mend
    assert shelf.taken == []

    notes: list[str] = []
    shelf.resume(accept_changes=True, look=lambda ready: notes.append(said(ready)))
    assert now in notes[0]
    hashes = [
        json.loads((shelf.out.record(PageKey(key))).read_bytes())["reading"]["model"]["sha256"]
        for key in ("a/1", "b/2")
    ]
    assert hashes == [was, now]
    assert read_plan(shelf.out).model.facts.sha256 == now
    assert shelf.resume() is not None


def test_a_changed_segmentation_model_is_refused(shelf: Shelf) -> None:
    shelf.run(lives=2)
    (shelf.folder / "models" / "lines.bin").write_bytes(b"other")

    with pytest.raises(RunChanged, match="segmentation model: was lines"):
        shelf.resume()


def test_another_version_of_what_reads_is_refused_by_name(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.run(lives=2)
    monkeypatch.setattr("htrkit.run.plan.version", lambda _: "99.0")

    for name in ("torch", "openvino", "shapely"):
        with pytest.raises(RunChanged, match=rf"version of {name}: was .*, now 99\.0"):
            shelf.resume()


def test_a_package_that_is_gone_is_refused_by_name(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.run(lives=2)

    def without(name: str) -> str:
        if name == "openvino":
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("htrkit.run.plan.version", without)
    with pytest.raises(RunChanged, match=r"version of openvino: was .*, now not installed"):
        shelf.resume()


def test_a_plan_from_before_a_package_counted_goes_on(shelf: Shelf) -> None:
    shelf.run(lives=2)
    document = json.loads(shelf.out.plan.read_bytes())
    for name in ("openvino", "shapely"):
        del document["versions"][name]
        del document["changes_text"][f"version of {name}"]
    document["fingerprint"] = fingerprint_of(document["changes_text"])
    shelf.out.plan.write_text(json.dumps(document))

    assert shelf.resume() is not None
    assert set(read_plan(shelf.out).versions) == set(document["versions"])


@pytest.mark.parametrize("name", ["a/1.png", "b/2.png"])
def test_a_changed_input_is_refused_whether_its_page_is_done_or_left(shelf: Shelf, name: str) -> None:
    shelf.run(lives=2)
    shelf.scan(name, "something else")

    with pytest.raises(RunChanged, match=rf"scans/{name}: was .* bytes of .*, now .* bytes"):
        shelf.resume()
    assert shelf.resume(accept_changes=True) is not None
    assert shelf.resume() is not None


def test_inputs_that_are_gone_are_refused_and_many_are_counted(shelf: Shelf) -> None:
    for number in range(20):
        shelf.scan(f"c/{number}.png")
    shelf.run(lives=2)
    for scan in (shelf.folder / "scans" / "c").iterdir():
        scan.unlink()

    with pytest.raises(RunChanged, match=r"now not there(.|\n)*and 8 more"):
        shelf.resume()


@pytest.mark.parametrize(("empty", "said"), [(False, "is not there any more"), (True, "is empty, as if a share")])
def test_inputs_that_are_away_as_a_whole_are_to_be_brought_back(shelf: Shelf, empty: bool, said: str) -> None:
    shelf.run(lives=2)
    (shelf.folder / "scans").rename(shelf.folder / "unmounted")
    if empty:
        (shelf.folder / "scans").mkdir()

    with pytest.raises(PreflightRefused, match=f"scans: {said}.*mount the share"):
        shelf.resume()
    if empty:
        (shelf.folder / "scans").rmdir()
    (shelf.folder / "unmounted").rename(shelf.folder / "scans")
    assert shelf.resume() is not None


def test_inputs_that_are_gone_for_good_may_be_left(shelf: Shelf) -> None:
    shelf.run(lives=2)
    (shelf.folder / "scans").rename(shelf.folder / "unmounted")

    assert shelf.resume(accept_changes=True) is not None


def test_a_done_pages_picture_that_was_only_touched_is_no_change(shelf: Shelf) -> None:
    shelf.run(lives=2)
    os.utime(shelf.folder / "scans" / "a" / "1.png", (1, 1))

    assert shelf.resume() is not None


def test_mending_a_failed_pages_file_is_no_change(shelf: Shelf) -> None:
    shelf.run(lives=4)
    shelf.scan("a/9.jpg")

    assert shelf.resume() is not None

"""A plan comes back from disk as it was written, or is refused by name."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from htrkit.config.layers import Layer, resolve
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.source import PageSource, SourceKind
from htrkit.run.input_files import Stamp
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan import Plan, fingerprint_of, versions
from htrkit.run.plan_pages import PlanUnreadable, page_order, read_plan

PAGES = (
    PageSource(
        PageKey("a/1"),
        "scans/a/1.jpg",
        image_name="1.jpg",
        sidecars=("scans/a/page/1.xml", "scans/a/1.xml"),
        root="scans",
    ),
    PageSource(PageKey("v.p0002"), "/vol/v.pdf", SourceKind.PDF, frame=1, image_name="v.pdf"),
    PageSource(PageKey("%FF"), "scans/\udcff\n.jpg", image_name="\udcff\n.jpg"),
)
PLAN = Plan(
    run_id="id",
    started="2026-11-25T07:00:00Z",
    resolved=resolve(
        [Layer("htrkit.toml", {"dpi": 200, "formats": "txt,csv"}), Layer("command line", {"batch_size": 4})]
    ),
    pages=PAGES,
    model=ModelFile(Path("models/m.safetensors"), ModelFacts("m", "1" * 64)),
    segmentation=ModelFile(Path("/opt/blla.mlmodel"), ModelFacts("blla.mlmodel", "2" * 64)),
    inputs=("scans", "/vol/v.pdf"),
    folder="/home/\udce9mile",
    versions=versions(),
    files={"scans/a/1.jpg": Stamp(12, 1_700_000_000_123_456_789), "/vol/v.pdf": None},
    skipped=frozenset({PageKey("a/1")}),
)


@pytest.fixture
def out(tmp_path: Path) -> OutFolder:
    folder = OutFolder(tmp_path)
    PLAN.write(folder.plan)
    return folder


def rewritten(out: OutFolder, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(out.plan.read_bytes())
    change(document)
    out.plan.write_text(json.dumps(document))


def test_a_plan_comes_back_as_it_was_written(out: OutFolder) -> None:
    assert read_plan(out) == PLAN


def test_a_plan_is_written_the_same_way_twice(out: OutFolder) -> None:
    once = out.plan.read_bytes()
    read_plan(out).write(out.plan)

    assert out.plan.read_bytes() == once


def test_page_order_is_the_plans(out: OutFolder) -> None:
    assert page_order(out) == tuple(page.key for page in PAGES)


def test_settings_come_back_with_their_origins(out: OutFolder) -> None:
    resolved = read_plan(out).resolved

    assert (resolved.settings.dpi, resolved.origins["dpi"]) == (200, "htrkit.toml")
    assert (resolved.settings.engine, resolved.origins["engine"]) == ("kraken", "default")


def test_outputs_cite_the_same_reading(out: OutFolder) -> None:
    assert read_plan(out).reading == PLAN.reading


def test_an_out_without_a_run_is_refused(tmp_path: Path) -> None:
    for read in (read_plan, page_order):
        with pytest.raises(UsageProblem, match="holds no run"):
            read(OutFolder(tmp_path))


def test_a_plan_of_another_version_is_refused_by_its_version(out: OutFolder) -> None:
    rewritten(out, lambda document: document.update(schema=1))

    with pytest.raises(PlanUnreadable, match=r"run\.json: its schema version is 1, .* version 2"):
        read_plan(out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document.pop("folder"), "`folder` is missing"),
        (lambda document: document.update(more=1), "`more` is not known"),
        (lambda document: document["pages"][1].pop("frame"), r"`pages\[1\]\.frame` is missing"),
        (lambda document: document["pages"][1].update(frame="1"), r"`pages\[1\]\.frame` is no whole number"),
        (lambda document: document["pages"][1].update(frame=True), r"`pages\[1\]\.frame` is no whole number"),
        (lambda document: document["pages"][0].update(kind="film"), r"`pages\[0\]\.kind` is not known"),
        (lambda document: document["pages"][0].update(depth=3), r"`pages\[0\]\.depth` is not known"),
        (lambda document: document["pages"][0].update(sidecars="x"), r"`pages\[0\]\.sidecars` is no list"),
        (lambda document: document["pages"].append(3), r"`pages\[3\]` is no object"),
        (lambda document: document["model"].update(path=3), r"`model\.path` is no text"),
        (lambda document: document["files"].update({"x": [1]}), r"`files\.x` is neither"),
        (lambda document: document["settings"]["dpi"].update(value=5), "`dpi` cannot be 5"),
        (lambda document: document["settings"].update(nib={"value": 1, "origin": "x"}), "unknown setting `nib`"),
        (lambda document: document["settings"]["dpi"].update(value=400), "fingerprint does not fit"),
        (lambda document: document["model"].update(sha256="0" * 64), "fingerprint does not fit"),
        (lambda document: document.update(fingerprint="0" * 64), "fingerprint does not fit"),
        (lambda document: document.update(skipped=[1]), "`skipped` is no text"),
        (lambda document: document["versions"].pop("kraken"), r"`versions\.kraken` is missing"),
        (lambda document: document["pages"].append(document["pages"][0]), "the same key"),
        (lambda document: document.update(schema="2"), "`schema` is no whole number"),
    ],
)
def test_whatever_is_not_as_written_is_named(out: OutFolder, change: Callable[[Any], object], said: str) -> None:
    rewritten(out, change)

    with pytest.raises(PlanUnreadable, match=said):
        read_plan(out)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"schema": 2'])
def test_what_is_no_json_object_is_refused(out: OutFolder, content: bytes) -> None:
    out.plan.write_bytes(content)

    for read in (read_plan, page_order):
        with pytest.raises(PlanUnreadable, match=r"run\.json: cannot be read"):
            read(out)


def test_a_plan_that_does_not_know_its_pages_roots_is_read(out: OutFolder) -> None:
    rewritten(out, lambda document: [page.pop("root") for page in document["pages"]])

    assert {page.root for page in read_plan(out).pages} == {""}


def test_a_setting_that_the_run_did_not_know_has_its_default(out: OutFolder) -> None:
    def of_an_earlier_version(document: dict[str, Any]) -> None:
        del document["settings"]["on_error"]
        del document["settings"]["direction"]
        del document["changes_text"]["setting direction"]
        document["fingerprint"] = fingerprint_of(document["changes_text"])

    rewritten(out, of_an_earlier_version)
    settings = read_plan(out).resolved.settings

    assert (settings.on_error, settings.direction) == ("continue", "auto")


def test_the_fingerprint_changes_with_all_that_can_change_the_text_and_with_nothing_else() -> None:
    other = ModelFile(Path("x"), ModelFacts("m", "3" * 64))
    same = replace(PLAN, run_id="other", pages=(), files={}, folder="/", inputs=())

    assert same.fingerprint == PLAN.fingerprint
    assert replace(PLAN, model=replace(PLAN.model, path=Path("moved"))).fingerprint == PLAN.fingerprint
    changed = [
        replace(PLAN, model=other),
        replace(PLAN, segmentation=other),
        replace(PLAN, versions={**PLAN.versions, "torch": "9"}),
        replace(PLAN, resolved=resolve([Layer("x", {"dpi": 400})])),
    ]
    assert len({PLAN.fingerprint, *(one.fingerprint for one in changed)}) == 5

"""Models are found by path, name or DOI, read without running anything, and fetched whole or not at all."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from htrkit.domain.errors import HtrkitError, PreflightRefused, UsageProblem
from htrkit.files.hashing import file_sha256
from htrkit.models import fetching
from htrkit.models.catalog import MEDIEVAL, MODERN, SOURCES, STARTERS
from htrkit.models.header import read_header
from htrkit.models.listing import list_models
from htrkit.models.store import doi_of, folder_name, get_model, resolve_model, store_folder, stored

DOI = "10.5281/zenodo.12743230"


def model_bytes(**more: object) -> bytes:
    meta = {"one": {"_tasks": ["recognition"], "codec": {"a": [1], "b": [2]}, "accuracy": [[1, 0.9]], **more}}
    header = json.dumps({"__metadata__": {"kraken_meta": json.dumps(meta)}}).encode()
    return len(header).to_bytes(8, "little") + header


def written(path: Path, content: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model_bytes() if content is None else content)
    return path


def no_fetch(doi: str, folder: Path) -> None:
    pytest.fail(f"nothing should be fetched for {doi} into {folder}")


def brings(**files: bytes) -> Callable[[str, Path], None]:
    def fetch(_: str, folder: Path) -> None:
        for name, content in files.items():
            (folder / name.replace("_", ".")).write_bytes(content)

    return fetch


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.name)
def test_the_starters_are_what_they_say_and_come_with_their_cards(starter) -> None:  # noqa: ANN001
    header = read_header(starter.path)

    assert file_sha256(starter.path) == starter.sha256
    assert header.tasks == ("recognition",)
    assert (header.alphabet or 0) > 100
    assert "Licence" in starter.card.read_text(encoding="utf-8")
    assert "CC-BY" in starter.licence


def test_without_a_wish_the_first_starter_is_taken_and_the_other_named(tmp_path: Path) -> None:
    found = resolve_model(None, store=tmp_path, fetch=no_fetch)

    assert (found.path, found.facts.name, found.facts.sha256) == (MODERN.path, "latin-modern", MODERN.sha256)
    assert "latin-modern" in (found.said or "")
    assert "latin-medieval" in (found.said or "")


def test_a_starter_is_found_by_its_name_and_nothing_is_said(tmp_path: Path) -> None:
    found = resolve_model("latin-medieval", store=tmp_path, fetch=no_fetch)

    assert (found.path, found.said) == (MEDIEVAL.path, None)


def test_a_file_is_taken_for_itself_and_cited_with_its_hash(tmp_path: Path) -> None:
    path = written(tmp_path / "my.safetensors")
    found = resolve_model(str(path), store=tmp_path / "store", fetch=no_fetch)

    assert (found.path, found.facts.name, found.facts.sha256) == (path, "my.safetensors", file_sha256(path))


def test_names_of_the_store_are_found(tmp_path: Path) -> None:
    written(tmp_path / "mine.mlmodel", b"\x08\x01")
    written(tmp_path / folder_name(DOI) / "catmus.safetensors")

    assert set(stored(tmp_path)) == {"mine", DOI}
    assert resolve_model("mine", store=tmp_path, fetch=no_fetch).path == tmp_path / "mine.mlmodel"
    assert resolve_model(DOI, store=tmp_path, fetch=no_fetch).path.name == "catmus.safetensors"


@pytest.mark.parametrize("wish", [DOI, f"doi:{DOI}", f"https://doi.org/{DOI}", f"http://dx.doi.org/{DOI}"])
def test_a_doi_is_fetched_into_the_store_once(tmp_path: Path, wish: str) -> None:
    fetch = brings(model_safetensors=model_bytes(), card_md=b"card")
    first = resolve_model(wish, store=tmp_path, fetch=fetch)

    assert first.facts.name == DOI
    assert resolve_model(wish, store=tmp_path, fetch=no_fetch).path == first.path
    assert sorted(path.name for path in first.path.parent.iterdir()) == ["card.md", "model.safetensors"]


def test_a_fetch_that_breaks_off_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def torn(_: str, folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"half")
        raise UsageProblem("no network", mend="plug it in")

    with pytest.raises(UsageProblem, match="no network"):
        get_model(DOI, store=tmp_path, fetch=torn)
    assert stored(tmp_path) == {}
    assert get_model(DOI, store=tmp_path, fetch=brings(m_mlmodel=b"\x08")).read_bytes() == b"\x08"
    assert [path.name for path in (tmp_path / folder_name(DOI)).iterdir()] == ["m.mlmodel"]


def test_a_record_without_a_kraken_model_says_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"readme\.md"):
        get_model(DOI, store=tmp_path, fetch=brings(readme_md=b""))


@pytest.mark.parametrize(
    ("wish", "said"), [("latin-modem", "latin-modern"), ("owner/model", "DOI"), ("xyz", "htrkit models")]
)
def test_a_name_of_nothing_gets_a_next_step(tmp_path: Path, wish: str, said: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        resolve_model(wish, store=tmp_path, fetch=no_fetch)
    assert wish in caught.value.what
    assert said in caught.value.mend


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="a folder"):
        resolve_model(str(tmp_path), store=tmp_path, fetch=no_fetch)


class Planted:
    """Would write a file if it were unpickled."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.place, "w"))


@pytest.mark.parametrize("name", ["model.pt", "model.pth", "model.mlmodel", "model.safetensors"])
@pytest.mark.parametrize("protocol", [2, 4, 5])
def test_a_pickle_is_refused_whatever_it_is_called_and_never_run(tmp_path: Path, name: str, protocol: int) -> None:
    path = written(tmp_path / name, pickle.dumps(Planted(str(tmp_path / "ran")), protocol=protocol))

    with pytest.raises(PreflightRefused, match="pickle"):
        resolve_model(str(path), store=tmp_path, fetch=no_fetch)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234567",
        b"\xff" * 20,
        (4).to_bytes(8, "little") + b"null",
        (2).to_bytes(8, "little") + b"{}",
        (19).to_bytes(8, "little") + b'{"__metadata__": 3}',
        b"\x89PNG\r\n\x1a\n" + b"0" * 50,
    ],
)
def test_what_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "odd.safetensors", content)

    with pytest.raises(PreflightRefused, match=r"odd\.safetensors"):
        read_header(path)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match=r"gone\.safetensors"):
        read_header(tmp_path / "gone.safetensors")


def test_a_header_tells_tasks_alphabet_and_accuracy(tmp_path: Path) -> None:
    header = read_header(written(tmp_path / "m.safetensors", model_bytes(model_type=["segmentation"])))

    assert (header.tasks, header.alphabet, header.accuracy) == (("segmentation",), 2, 0.9)


def test_the_list_holds_starters_and_store_and_says_what_is_wrong(tmp_path: Path) -> None:
    written(tmp_path / "mine.safetensors")
    written(tmp_path / "bad.safetensors", b"nothing")
    listed = {one.name: one for one in list_models(tmp_path)}

    assert [one.where for one in listed.values()] == ["starter", "starter", "store", "store"]
    assert listed["mine"].note == "alphabet of 2 signs"
    assert "no Kraken model" in listed["bad"].note


def test_the_store_is_where_the_desktop_keeps_data(tmp_path: Path) -> None:
    assert store_folder({}, tmp_path) == tmp_path / ".local/share/htrkit/models"
    assert store_folder({"XDG_DATA_HOME": "/data"}, tmp_path) == Path("/data/htrkit/models")
    assert store_folder({"XDG_DATA_HOME": "relative"}, tmp_path) == tmp_path / ".local/share/htrkit/models"


def test_dois_are_told_from_names() -> None:
    assert doi_of("latin-modern") is None
    assert doi_of("10.5281") is None
    assert folder_name("10.5281/a b;c") == folder_name("10.5281/a b;c")
    assert "/" not in folder_name("10.5281/x/y")


def test_there_is_somewhere_to_look_for_more() -> None:
    assert {"CATMuS Medieval", "McCATMuS", "HTRMoPo", "Hugging Face"} == {source.name for source in SOURCES}


@pytest.mark.parametrize("error", ["ConnectionError", "Timeout", "HTTPError"])
def test_without_a_network_the_cause_and_the_way_round_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    import htrmopo  # noqa: PLC0415 - a second of imports for these tests alone
    import requests  # noqa: PLC0415

    def fails(*_: object, **__: object) -> None:
        raise getattr(requests.exceptions, error)("no")

    monkeypatch.setattr(htrmopo, "get_model", fails)
    with pytest.raises(HtrkitError) as caught:
        fetching.fetch_model(DOI, tmp_path)
    assert DOI in caught.value.what
    assert "htrkit models" in caught.value.mend


def test_whatever_the_repositorys_client_raises_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import htrmopo  # noqa: PLC0415

    def fails(*_: object, **__: object) -> None:
        raise KeyError("distribution")

    monkeypatch.setattr(htrmopo, "get_model", fails)
    with pytest.raises(UsageProblem, match="distribution"):
        fetching.fetch_model(DOI, tmp_path)

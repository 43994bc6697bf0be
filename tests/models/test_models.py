"""Models are found by path, name or DOI, read without running anything, and fetched whole or not at all."""

import json
import pickle
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest

from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.files.hashing import file_sha256
from htrkit.models import fetching
from htrkit.models.catalog import MEDIEVAL, MODERN, SOURCES, STARTERS
from htrkit.models.header import read_header
from htrkit.models.listing import list_models
from htrkit.models.resolving import resolve_model
from htrkit.models.store import doi_of, folder_name, get_model, krakens_store, store_folder, stored

DOI = "10.5281/zenodo.12743230"


def model_bytes(**more: object) -> bytes:
    meta = {"one": {"_tasks": ["recognition"], "codec": {"a": [1], "b": [2]}, "accuracy": [[1, 0.9]], **more}}
    header = json.dumps({"__metadata__": {"kraken_meta": json.dumps(meta)}}).encode()
    return len(header).to_bytes(8, "little") + header


def field(number: int, content: bytes) -> bytes:
    """A protocol buffer's field of a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def mlmodel_bytes(**told: str) -> bytes:
    told = {"vgsl": "[1,48,0,1 O1c3]", "codec": '{"a": [1]}'} | told
    entries = b"".join(field(100, field(1, key.encode()) + field(2, value.encode())) for key, value in told.items())
    version, weights = varint(1 << 3) + varint(4), field(500, b"weights" * 30)
    return version + field(2, field(1, b"input") + field(100, entries)) + weights


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
    written(tmp_path / "mine.mlmodel", mlmodel_bytes())
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
    assert get_model(DOI, store=tmp_path, fetch=brings(m_mlmodel=mlmodel_bytes())).name == "m.mlmodel"
    assert [path.name for path in (tmp_path / folder_name(DOI)).iterdir()] == ["m.mlmodel"]


@pytest.mark.parametrize("name", ["readme_md", "catmus_mlmodel", "catmus_safetensors"])
def test_a_record_without_a_kraken_model_says_what_is_in_it_and_is_not_kept(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageProblem, match=name.replace("_", r"\.")):
        get_model(DOI, store=tmp_path, fetch=brings(**{name: b"<html>429 Too many requests</html>"}))
    assert list(tmp_path.iterdir()) == []


def test_of_several_models_the_recogniser_is_taken(tmp_path: Path) -> None:
    lines = mlmodel_bytes(kraken_meta='{"model_type": "segmentation"}')
    found = get_model(DOI, store=tmp_path, fetch=brings(a_mlmodel=lines, b_mlmodel=mlmodel_bytes()))

    assert found.name == "b.mlmodel"


def test_of_several_recognisers_none_is_taken_and_their_paths_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="several") as caught:
        get_model(DOI, store=tmp_path, fetch=brings(a_safetensors=model_bytes(), b_mlmodel=mlmodel_bytes()))
    paths = [tmp_path / folder_name(DOI) / name for name in ("a.safetensors", "b.mlmodel")]
    assert all(str(path) in caught.value.mend and path.is_file() for path in paths)


def test_what_kraken_has_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    theirs = written(tmp_path / "htrmopo" / str(uuid5(NAMESPACE_DNS, DOI)) / "catmus.mlmodel", mlmodel_bytes())
    found = resolve_model(DOI, store=tmp_path / "store", krakens=tmp_path / "htrmopo", fetch=no_fetch)

    assert (found.path, found.facts.name) == (theirs, DOI)


def test_a_torn_download_of_krakens_is_passed_by(tmp_path: Path) -> None:
    written(tmp_path / "htrmopo" / str(uuid5(NAMESPACE_DNS, DOI)) / "catmus.mlmodel", mlmodel_bytes()[:-5])
    found = get_model(
        DOI, store=tmp_path / "store", krakens=tmp_path / "htrmopo", fetch=brings(m_mlmodel=mlmodel_bytes())
    )

    assert found.parent.parent == tmp_path / "store"


def test_a_store_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PreflightRefused, match="store cannot be written"):
        get_model(DOI, store=tmp_path / "file" / "store", fetch=no_fetch)


def test_a_disk_that_fills_up_is_not_blamed_on_the_network(tmp_path: Path) -> None:
    def full(_: str, __: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(PreflightRefused, match="No space left") as caught:
        get_model(DOI, store=tmp_path, fetch=full)
    assert "Make room" in caught.value.mend
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("latin-modem", "latin-modern"),
        ("owner/model", "DOI"),
        ("xyz", "htrkit models"),
        ("gone/my.mlmodel", "Mind the folder"),
        ("", "htrkit models"),
    ],
)
def test_a_name_of_nothing_gets_a_next_step(tmp_path: Path, wish: str, said: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        resolve_model(wish, store=tmp_path, fetch=no_fetch)
    assert wish in caught.value.what
    assert said in caught.value.mend


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="a folder"):
        resolve_model(str(tmp_path), store=tmp_path, fetch=no_fetch)


def test_a_starters_name_goes_before_a_folder_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "latin-modern").mkdir()
    monkeypatch.chdir(tmp_path)

    assert resolve_model("latin-modern", store=tmp_path / "store", fetch=no_fetch).path == MODERN.path


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
        (20).to_bytes(8, "little") + b'{"__metadata__": {}}',
        (9).to_bytes(8, "little") + b"[[[[[[[[[",
        b"\x89PNG\r\n\x1a\n" + b"0" * 50,
    ],
)
def test_what_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "odd.safetensors", content)

    with pytest.raises(PreflightRefused, match=r"odd\.safetensors"):
        read_header(path)


def test_a_torn_safetensors_file_is_refused(tmp_path: Path) -> None:
    content = MODERN.path.read_bytes()

    with pytest.raises(PreflightRefused, match="ends early"):
        read_header(written(tmp_path / "torn.safetensors", content[:-1]))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (mlmodel_bytes()[:-1], "ends early"),
        (mlmodel_bytes()[:40], "ends early"),
        (b"", "another program"),
        (field(2, field(100, b"")), "another program"),
        (b"<html>", "field of kind 4"),
        (b"\x08" + b"\xff" * 12, "has no end"),
        (mlmodel_bytes(kraken_meta="[]"), "no Kraken model"),
        (mlmodel_bytes(codec="{"), "no Kraken model"),
    ],
)
def test_what_is_no_coreml_model_of_krakens_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(PreflightRefused, match=said):
        read_header(written(tmp_path / "odd.mlmodel", content))


def test_an_mlmodel_tells_tasks_alphabet_and_accuracy(tmp_path: Path) -> None:
    meta = json.dumps({"model_type": "recognition", "accuracy": [[1, 0.5], [2, 0.75]]})
    new = read_header(written(tmp_path / "new.mlmodel", mlmodel_bytes(kraken_meta=meta)))
    old = read_header(written(tmp_path / "old.mlmodel", mlmodel_bytes()))

    assert (new.tasks, new.alphabet, new.accuracy) == (("recognition",), 1, 0.75)
    assert (old.tasks, old.alphabet, old.accuracy) == (("recognition",), 1, None)


def test_krakens_own_segmenter_is_known_for_one() -> None:
    found = find_spec("kraken")
    assert found is not None
    assert found.origin is not None
    assert read_header(Path(found.origin).with_name("blla.mlmodel")).tasks == ("segmentation",)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match=r"gone\.safetensors"):
        read_header(tmp_path / "gone.safetensors")


def test_a_header_tells_tasks_alphabet_and_accuracy(tmp_path: Path) -> None:
    header = read_header(written(tmp_path / "m.safetensors", model_bytes(model_type=["segmentation"])))

    assert (header.tasks, header.alphabet, header.accuracy) == (("segmentation",), 2, 0.9)


def test_the_list_holds_starters_and_store_and_says_what_is_wrong(tmp_path: Path) -> None:
    written(tmp_path / "mine.safetensors")
    written(tmp_path / "bad.safetensors", b"nothing")
    written(tmp_path / "htrmopo" / "0-1" / "catmus.mlmodel", mlmodel_bytes())
    listed = {one.name: one for one in list_models(tmp_path, krakens=tmp_path / "htrmopo")}

    assert [one.where for one in listed.values()][-1] == "kraken"
    assert listed["catmus"].tasks == ("recognition",)
    assert {one.where for one in list_models(tmp_path / "none", krakens=tmp_path / "nowhere")} == {"starter"}
    assert [listed[name].where for name in ("latin-modern", "latin-medieval", "bad", "mine")] == [
        "starter",
        "starter",
        "store",
        "store",
    ]
    assert listed["mine"].note == "alphabet of 2 signs"
    assert "no Kraken model" in listed["bad"].note


def test_the_store_is_where_the_desktop_keeps_data(tmp_path: Path) -> None:
    assert store_folder({}, tmp_path) == tmp_path / ".local/share/htrkit/models"
    assert store_folder({"XDG_DATA_HOME": "/data"}, tmp_path) == Path("/data/htrkit/models")
    assert store_folder({"XDG_DATA_HOME": "relative"}, tmp_path) == tmp_path / ".local/share/htrkit/models"


def test_krakens_store_is_where_kraken_puts_it(tmp_path: Path) -> None:
    assert krakens_store({}, tmp_path, platform="linux") == tmp_path / ".local/share/htrmopo"
    assert krakens_store({"XDG_DATA_HOME": "/data"}, tmp_path, platform="linux") == Path("/data/htrmopo")
    assert krakens_store({}, tmp_path, platform="darwin") == tmp_path / "Library/Application Support/htrmopo"


def test_dois_are_told_from_names() -> None:
    assert doi_of("latin-modern") is None
    assert doi_of("10.5281") is None
    assert folder_name("10.5281/a b;c") == folder_name("10.5281/a b;c")
    assert "/" not in folder_name("10.5281/x/y")


def test_there_is_somewhere_to_look_for_more() -> None:
    assert {"CATMuS Medieval", "McCATMuS", "HTRMoPo", "Hugging Face"} == {source.name for source in SOURCES}


def answer(status: int) -> Exception:
    import requests  # noqa: PLC0415 - a second of imports for these tests alone

    response = requests.Response()
    response.status_code = status
    return requests.exceptions.HTTPError("no", response=response)


def troubled(monkeypatch: pytest.MonkeyPatch, trouble: Exception) -> None:
    import htrmopo  # noqa: PLC0415

    def fails(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(htrmopo, "get_model", fails)


@pytest.mark.parametrize("error", ["ConnectionError", "Timeout", "ChunkedEncodingError"])
def test_without_a_network_the_cause_and_the_way_round_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    import requests  # noqa: PLC0415

    troubled(monkeypatch, getattr(requests.exceptions, error)("no"))
    with pytest.raises(PreflightRefused, match=r"10\.5281.*zenodo\.org does not answer") as caught:
        fetching.fetch_model(DOI, tmp_path)
    assert "htrkit models get" in caught.value.mend


def test_an_unknown_record_is_told_from_a_repository_in_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubled(monkeypatch, answer(404))
    with pytest.raises(UsageProblem, match="not in the repository"):
        fetching.fetch_model(DOI, tmp_path)
    troubled(monkeypatch, answer(503))
    with pytest.raises(PreflightRefused, match="503"):
        fetching.fetch_model(DOI, tmp_path)


def test_the_repositorys_client_itself_refuses_what_is_no_doi_of_zenodo(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="no DOI of Zenodo"):
        fetching.fetch_model("10.1000/182", tmp_path)


def test_the_disks_troubles_are_left_to_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    troubled(monkeypatch, OSError(28, "full"))
    with pytest.raises(OSError, match="full"):
        fetching.fetch_model(DOI, tmp_path)


@pytest.mark.parametrize("name", ["IdDoesNotExist", "KeyError"])
def test_whatever_the_repositorys_client_raises_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from sickle import oaiexceptions  # noqa: PLC0415

    troubled(monkeypatch, getattr(oaiexceptions, name, KeyError)("distribution"))
    with pytest.raises(UsageProblem, match="distribution") as caught:
        fetching.fetch_model(DOI, tmp_path)
    assert DOI in caught.value.what

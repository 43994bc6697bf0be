"""`--model` leads to folders too: PyLaia's, those of transformers, and those of the hub; each is cited by one hash."""

from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import errors

from htrkit.domain.engine import ModelForm
from htrkit.domain.errors import PreflightRefused, UsageProblem
from htrkit.models.checkpoints import resolve_checkpoint
from htrkit.models.hub import hub_folder, hub_id


def nobody(repo: str, revision: str | None) -> Path:
    raise AssertionError(f"{repo} {revision} is not to be fetched")


def folder(place: Path, **files: str) -> Path:
    place.mkdir(parents=True)
    for name, content in {"config.json": "{}", "model.safetensors": "weights", **files}.items():
        (place / name).write_text(content)
    return place


def facts(place: Path, form: ModelForm = ModelForm.TRANSFORMERS) -> tuple[str, str]:
    found = resolve_checkpoint(str(place), form, fetch=nobody)
    return found.facts.name, found.facts.sha256


def test_a_folder_is_cited_by_its_name_and_one_hash(tmp_path: Path) -> None:
    name, hashed = facts(folder(tmp_path / "kurrent"))
    assert (name, len(hashed)) == ("kurrent", 64)


def test_the_hash_is_that_of_the_content_wherever_it_lies(tmp_path: Path) -> None:
    assert facts(folder(tmp_path / "a"))[1] == facts(folder(tmp_path / "b"))[1]


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_file_that_changes_is_another_model(tmp_path: Path, file: str) -> None:
    one = facts(folder(tmp_path / "a"))[1]
    assert facts(folder(tmp_path / "b", **{file: "other"}))[1] != one


@pytest.mark.parametrize("file", ["README.md", ".gitattributes", ".DS_Store"])
def test_what_no_model_is_read_from_does_not_count(tmp_path: Path, file: str) -> None:
    one = facts(folder(tmp_path / "a"))[1]
    assert facts(folder(tmp_path / "b", **{file: "other"}))[1] == one


def test_the_hubs_cache_tells_the_hash_of_large_files(tmp_path: Path) -> None:
    blob = tmp_path / "blobs" / ("ab" * 32)
    blob.parent.mkdir()
    blob.write_text("weights")
    place = folder(tmp_path / "snapshots" / "1")
    (place / "model.safetensors").unlink()
    (place / "model.safetensors").symlink_to(blob)
    before = facts(place)[1]
    blob.write_text("never read")
    assert facts(place)[1] == before


def test_a_folder_without_a_configuration_is_no_model(tmp_path: Path) -> None:
    place = folder(tmp_path / "a")
    (place / "config.json").unlink()
    with pytest.raises(PreflightRefused, match=r"config\.json is missing"):
        facts(place)


def test_a_folder_without_pylaias_files_is_no_model_of_pylaias(tmp_path: Path) -> None:
    with pytest.raises(PreflightRefused, match="no PyLaia model"):
        facts(folder(tmp_path / "a"), ModelForm.PYLAIA)


def test_a_pylaia_model_is_cited_by_its_three_files(tmp_path: Path) -> None:
    place = folder(tmp_path / "iam", model="m", **{"weights.ckpt": "w", "syms.txt": "s"})
    name, hashed = facts(place, ModelForm.PYLAIA)
    (place / "optimiser.bin").write_text("of the training")
    assert (name, facts(place, ModelForm.PYLAIA)[1]) == ("iam", hashed)
    (place / "syms.txt").write_text("other")
    assert facts(place, ModelForm.PYLAIA)[1] != hashed


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("htrkit.models.checkpoints.file_sha256", refuse)
    with pytest.raises(PreflightRefused, match="Permission denied"):
        facts(folder(tmp_path / "a"))


def test_an_id_of_the_hub_is_fetched_and_cited_as_it_was_given(tmp_path: Path) -> None:
    place = folder(tmp_path / "snapshot")
    asked: list[tuple[str, str | None]] = []

    def fetch(repo: str, revision: str | None) -> Path:
        asked.append((repo, revision))
        return place

    found = resolve_checkpoint("Riksarkivet/trocr-swe@v2", ModelForm.TRANSFORMERS, fetch=fetch)
    assert (found.facts.name, found.path, asked) == (
        "Riksarkivet/trocr-swe@v2",
        place,
        [("Riksarkivet/trocr-swe", "v2")],
    )


@pytest.mark.parametrize("wanted", ["./not/there", "/nowhere", "~/models/x", "../x/y", "a b", "x", "a/b/c"])
def test_a_path_that_is_not_there_is_no_id(wanted: str) -> None:
    with pytest.raises(UsageProblem, match="no such file or folder"):
        resolve_checkpoint(wanted, ModelForm.TRANSFORMERS, fetch=nobody)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("Teklia/pylaia-iam", ("Teklia/pylaia-iam", None)),
        ("Qwen/Qwen3-VL-8B-Instruct@main", ("Qwen/Qwen3-VL-8B-Instruct", "main")),
        ("latin-modern", None),
        ("10.5281/zenodo.1", ("10.5281/zenodo.1", None)),
        ("", None),
        ("-rf/x", None),
    ],
)
def test_ids_have_an_owner_and_a_name(wanted: str, found: tuple[str, str | None] | None) -> None:
    assert hub_id(wanted) == found


class Hub:
    """Stands for the hub's library: says what is in the cache, and raises what it is told for the rest."""

    def __init__(self, cached: Path | None = None, error: Exception | None = None) -> None:
        self.cached = cached
        self.error = error
        self.fetched: list[dict[str, Any]] = []

    def snapshot_download(self, repo: str, **options: Any) -> str:
        if options.get("local_files_only"):
            if self.cached is None:
                raise errors.LocalEntryNotFoundError("not cached")
            return str(self.cached)
        self.fetched.append({"repo": repo, **options})
        if self.error is not None:
            raise self.error
        return "/cache/x"


def with_hub(monkeypatch: pytest.MonkeyPatch, hub: Hub) -> Hub:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub.snapshot_download)
    return hub


def test_what_is_in_the_cache_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hub = with_hub(monkeypatch, Hub(cached=tmp_path))
    assert hub_folder("a/b", None) == tmp_path
    assert not hub.fetched


def test_what_is_not_there_is_fetched_without_the_files_of_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = with_hub(monkeypatch, Hub())
    assert hub_folder("a/b", "v1") == Path("/cache/x")
    assert (hub.fetched[0]["repo"], hub.fetched[0]["revision"]) == ("a/b", "v1")
    assert "*.gguf" in hub.fetched[0]["ignore_patterns"]


def answer(kind: type[errors.HfHubHTTPError]) -> errors.HfHubHTTPError:
    import httpx  # noqa: PLC0415

    return kind("no", response=httpx.Response(403, request=httpx.Request("GET", "https://hub")))


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (answer(errors.GatedRepoError), UsageProblem, "agreed to its terms"),
        (answer(errors.RepositoryNotFoundError), UsageProblem, "nor a model of the Hugging Face hub"),
        (answer(errors.RevisionNotFoundError), UsageProblem, "nor a model of the Hugging Face hub"),
        (answer(errors.HfHubHTTPError), PreflightRefused, "cannot be reached"),
        (errors.LocalEntryNotFoundError("offline"), PreflightRefused, "cannot be reached"),
        (ConnectionError("down"), PreflightRefused, "cannot be reached"),
        (OSError(28, "No space left on device"), PreflightRefused, "cannot be kept"),
    ],
)
def test_what_the_hub_refuses_is_said_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], said: str
) -> None:
    with_hub(monkeypatch, Hub(error=error))
    with pytest.raises(kind, match=said):
        hub_folder("a/b", None)


def test_what_only_its_engine_understands_is_any_file_or_folder_and_cited_by_its_content(tmp_path: Path) -> None:
    file, other = tmp_path / "quill.bin", tmp_path / "quill"
    file.write_bytes(b"weights")
    other.mkdir()
    (other / "quill.bin").write_bytes(b"weights")
    assert facts(file, ModelForm.PATH)[0] == "quill.bin"
    before = facts(other, ModelForm.PATH)
    (other / "quill.bin").write_bytes(b"others")
    assert facts(other, ModelForm.PATH) != before

"""`htrkit models get` fetches by DOI or hub id, and says where the model lies."""

from pathlib import Path

import huggingface_hub.constants
import pytest

from htrkit.cli.models import get
from htrkit.domain.errors import UsageProblem


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the cache of the hub, with one model in it, so that nothing is fetched."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    commit = "a" * 40
    place = tmp_path / "models--Teklia--pylaia-iam"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text(commit)
    snapshot = place / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (snapshot / "syms.txt").write_text("<ctc> 0\n")
    return snapshot


@pytest.mark.parametrize("name", ["Teklia/pylaia-iam", "Teklia/pylaia-iam@main"])
def test_a_model_of_the_hub_is_fetched_and_its_folder_printed(
    name: str, hub: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    get(name)
    assert capsys.readouterr().out == f"{hub}\n"


def test_a_starter_is_here_already(capsys: pytest.CaptureFixture[str]) -> None:
    get("latin-modern")
    assert capsys.readouterr().out.endswith("latin-modern.safetensors\n")


@pytest.mark.parametrize("name", ["nonsense", "a/b/c", "/somewhere/model"])
def test_what_is_neither_doi_nor_id_is_said(name: str) -> None:
    with pytest.raises(UsageProblem, match=r"neither a DOI nor an id of the Hugging Face hub") as caught:
        get(name)
    assert "htrkit engines NAME" in caught.value.mend

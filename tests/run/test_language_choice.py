"""A language model makes the text with the recognition model: found with it, cited with it, and missed with it."""

from pathlib import Path

import pytest

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.finding import Severity
from htrkit.domain.page import ModelFacts
from htrkit.run.language_choice import with_language
from htrkit.run.model_file import ModelFile
from tests.fakes.language_models import write_language
from tests.fakes.pylaia_models import SYMBOLS, write_symbols


@pytest.fixture
def model(tmp_path: Path) -> ModelFile:
    write_language(tmp_path, SYMBOLS, "ab")
    write_symbols(tmp_path / "syms.txt")
    for name in ("model", "weights.ckpt"):
        (tmp_path / name).touch()
    return ModelFile(tmp_path, ModelFacts("iam", "0" * 64))


def test_without_one_the_model_is_cited_alone_and_the_one_beside_it_is_named(model: ModelFile) -> None:
    found, (note,) = with_language(model, None)
    assert found == model
    assert (note.severity, note.mend) == (Severity.NOTE, "To read with it: --language-model auto")


def test_where_none_came_with_the_model_nothing_is_said(tmp_path: Path) -> None:
    alone = ModelFile(tmp_path / "m", ModelFacts("iam", "0" * 64))
    assert with_language(alone, None) == (alone, ())


def test_with_one_both_are_cited_under_one_hash(model: ModelFile) -> None:
    found, said = with_language(model, "auto")
    assert (found.path, found.facts.name, said) == (model.path, "iam + language_model.arpa.gz", ())
    assert found.facts.sha256 != model.facts.sha256
    assert with_language(model, "auto")[0] == found


@pytest.mark.parametrize("change", ["text", "lexicon"])
def test_a_language_model_that_changes_is_another_model(model: ModelFile, change: str) -> None:
    before = with_language(model, "auto")[0].facts.sha256
    if change == "text":
        write_language(model.path, SYMBOLS, "ba")
    else:
        (model.path / "lexicon.txt").write_text("a a\nb b\n")
    assert with_language(model, "auto")[0].facts.sha256 != before


def test_one_that_is_not_there_is_refused(model: ModelFile) -> None:
    with pytest.raises(PreflightRefused, match="no language model is there"):
        with_language(model, "nowhere.arpa")


def test_one_of_another_model_is_refused_before_anything_is_loaded(model: ModelFile) -> None:
    (model.path / "tokens.txt").write_text("<ctc>\nx\n")
    with pytest.raises(PreflightRefused, match=r"tokens\.txt: its 2 tokens are not the 13 symbols"):
        with_language(model, "auto")


def test_a_broken_one_is_refused_before_anything_is_loaded(model: ModelFile) -> None:
    (model.path / "language_model.arpa.gz").write_bytes(b"torn")
    with pytest.raises(PreflightRefused, match="is no n-gram model"):
        with_language(model, "auto")


def test_symbols_that_only_the_checkpoint_holds_are_checked_when_it_is_loaded(model: ModelFile) -> None:
    (model.path / "weights.ckpt").rename(model.path / "best_model.pt")
    (model.path / "tokens.txt").write_text("x\n")
    assert with_language(model, "auto")[0].facts.name.startswith("iam + ")

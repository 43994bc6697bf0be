"""Which language model PyLaia's readings are weighed with: found before anything loads, and cited with the model."""

from hashlib import sha256

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.page import ModelFacts
from htrkit.files.hashing import file_sha256
from htrkit.files.pylaia_folder import PylaiaFiles, pylaia_files
from htrkit.files.pylaia_language import (
    LAYOUT,
    WITH_THE_MODEL,
    LanguageFiles,
    language_files,
    read_lexicon,
    refuse_no_ngrams,
)
from htrkit.files.pylaia_symbols import read_symbols
from htrkit.run.model_file import ModelFile

Chosen = tuple[ModelFile, tuple[Finding, ...]]


def with_language(model: ModelFile, wanted: str | None) -> Chosen:
    """Cite the language model with the recognition model, or say that one came with it and is not asked for.

    Both make the text, so that one hash stands for them. Raises PreflightRefused where it is not there.
    """
    if wanted is None:
        return model, _lying_idle(model)
    files = language_files(wanted, model.path)
    _refuse_other(files, model)
    together = sha256(model.facts.sha256.encode())
    try:
        for path in (files.ngrams, files.lexicon):
            together.update(f"\n{file_sha256(path) if path is not None else 'none'}".encode())
    except OSError as error:
        raise PreflightRefused(f"{shown(files.ngrams)}: cannot be read ({error.strerror}).", mend=LAYOUT) from error
    facts = ModelFacts(f"{model.facts.name} + {shown(files.ngrams.name)}", together.hexdigest())
    return ModelFile(model.path, facts), ()


def _refuse_other(files: LanguageFiles, model: ModelFile) -> None:
    """Hold it against the model's symbols, where these stand in a file of their own; raises PreflightRefused."""
    trained = pylaia_files(model.path)
    if isinstance(trained, PylaiaFiles):
        refuse_no_ngrams(files, read_lexicon(files, read_symbols(trained)))


def _lying_idle(model: ModelFile) -> tuple[Finding, ...]:
    try:
        files = language_files(WITH_THE_MODEL, model.path)
    except PreflightRefused:
        return ()
    message = f"A language model came with the model ({shown(files.ngrams.name)}); it mostly makes fewer errors."
    return (Finding(Code.MODEL, Severity.NOTE, message, "To read with it: --language-model auto"),)

"""Which model an inference server reads with: the one that is named, held against those that it lists."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from htrkit.core.shown import listed, shown
from htrkit.domain.engine import EngineRow
from htrkit.domain.errors import PreflightRefused, RunStopped
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code
from htrkit.domain.page import ModelFacts
from htrkit.domain.server_errors import PageRefusedByServer
from htrkit.engines.endpoint import LOOK_SECONDS, Endpoint, NotAnswered
from htrkit.engines.server_access import key_in
from htrkit.run.model_file import ModelFile


def served_model(
    address: str, wanted: str | None, row: EngineRow, environment: Mapping[str, str]
) -> tuple[ModelFile, tuple[Finding, ...]]:
    """Ask the server for its models; give the one that is wanted, the row's, or the only one, and say which.

    Raises UsageProblem for what is no address, PreflightRefused for a server that is not there, refuses the key, or
    does not know the model.
    """
    names = _listed(address, environment)
    if wanted is not None and wanted not in names:
        raise _not_there(wanted, names, address)
    if wanted is None and row.default_model in names:
        wanted = row.default_model
    if wanted is not None:
        return _facts(wanted), ()
    if len(names) != 1:
        raise PreflightRefused(
            f"{shown(address)}: the inference server knows {len(names)} models, and none was named: {listed(names)}.",
            mend="Name one with -m.",
        )
    message = f"No model was given: `{shown(names[0])}` is the only one of the server."
    said = Finding(Code.MODEL, Severity.NOTE, message)
    return _facts(names[0]), (said,)


def _facts(name: str) -> ModelFile:
    """Cite a model by its name; the server tells no more of it, so that there is no hash."""
    return ModelFile(Path(), ModelFacts(name, ""))


def _listed(address: str, environment: Mapping[str, str]) -> Sequence[str]:
    endpoint = Endpoint(address, key_in(environment), seconds=LOOK_SECONDS)
    try:
        return endpoint.models()
    except NotAnswered as error:
        raise PreflightRefused(
            f"{endpoint.address}: the inference server {error.missed.miss}.",
            mend="Start it, and mind its port; a server that loads a large model takes minutes to answer.",
        ) from error
    except (RunStopped, PageRefusedByServer) as error:
        raise PreflightRefused(error.what, mend=error.mend) from error
    finally:
        endpoint.close()


def _not_there(wanted: str, names: Sequence[str], address: str) -> PreflightRefused:
    near = get_close_matches(wanted, names, n=1, cutoff=0.4)
    mend = f"Did you mean {shown(near[0])}? Then -m {shown(near[0])}." if near else "Name one of those with -m."
    known = f"it knows {listed(names)}" if names else "it knows none"
    return PreflightRefused(
        f"{shown(address)}: the inference server does not know the model {shown(wanted)}; {known}.", mend=mend
    )

"""Fetches models by DOI from HTRMoPo on Zenodo, through the library that Kraken uses."""

from pathlib import Path

from htrkit.domain.errors import PreflightRefused, UsageProblem

UNKNOWN = frozenset({400, 404, 410, 422})
"""HTTP answers that mean that there is no such record; others pass."""


def fetch_model(doi: str, folder: Path) -> None:
    """Fetch the model's files into the folder.

    Raises UsageProblem where there is no such model, PreflightRefused where Zenodo cannot be reached, OSError where
    the folder cannot be written.
    """
    # Imported when it is needed: it takes a second, and opens the network's libraries.
    import requests  # noqa: PLC0415
    from htrmopo import get_model  # noqa: PLC0415

    try:
        get_model(doi, path=folder)
    except requests.exceptions.HTTPError as error:
        status = error.response.status_code if error.response is not None else None
        if status in UNKNOWN:
            raise _refused(doi, "is not in the repository") from error
        raise PreflightRefused(
            f"{doi}: cannot be fetched: zenodo.org answers with the error {status}.", mend="Try again later."
        ) from error
    except (requests.exceptions.RequestException, ConnectionError, TimeoutError) as error:
        raise PreflightRefused(
            f"{doi}: cannot be fetched: zenodo.org does not answer ({type(error).__name__}).",
            mend="On a machine with a network: `htrkit models get`; then copy the file here and give its path.",
        ) from error
    except ValueError as error:
        raise _refused(doi, "is no DOI of Zenodo, where Kraken's models are") from error
    except OSError:
        raise
    except Exception as error:
        # htrmopo lets whatever its OAI client raises on an unknown record through.
        raise _refused(doi, f"cannot be fetched ({type(error).__name__}: {error})") from error


def _refused(doi: str, cause: str) -> UsageProblem:
    return UsageProblem(f"{doi}: {cause}.", mend="`htrkit models` says where models are listed.")

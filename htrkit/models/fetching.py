"""Fetches models by DOI from HTRMoPo on Zenodo, through the library that Kraken uses."""

from pathlib import Path

from htrkit.domain.errors import UsageProblem


def fetch_model(doi: str, folder: Path) -> None:
    """Fetch the model's files into the folder; raises UsageProblem where there is no network or no such model."""
    # Imported when it is needed: it takes a second, and opens the network's libraries.
    import requests  # noqa: PLC0415
    from htrmopo import get_model  # noqa: PLC0415

    try:
        get_model(doi, path=folder)
    except requests.exceptions.HTTPError as error:
        raise _refused(doi, "is not in the repository") from error
    except (requests.exceptions.RequestException, OSError) as error:
        raise UsageProblem(
            f"{doi}: cannot be fetched: zenodo.org does not answer ({type(error).__name__}).",
            mend="On a machine with a network: `htrkit models get`; then copy the file here and give its path.",
        ) from error
    except Exception as error:
        # htrmopo lets whatever its OAI client raises on an unknown record through.
        raise _refused(doi, f"cannot be fetched ({type(error).__name__}: {error})") from error


def _refused(doi: str, cause: str) -> UsageProblem:
    return UsageProblem(f"{doi}: {cause}.", mend="`htrkit models` says where models are listed.")

"""Models of the Hugging Face hub: found in the machine's own cache, else fetched whole."""

import re
from collections.abc import Callable
from pathlib import Path

from htrkit.domain.errors import PreflightRefused, UsageProblem

_ID = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
LEFT_OUT = ("*.md", "*.msgpack", "*.h5", "*.onnx", "onnx/*", "*.gguf", "flax_*", "tf_*", ".gitattributes")
"""Of a model's repository: what other programs read."""

Fetch = Callable[[str, str | None], Path]
"""Gives the folder of a model by its id and revision; raises UsageProblem, PreflightRefused."""


def hub_id(wanted: str) -> tuple[str, str | None] | None:
    """Give id and revision of a name like `owner/model` or `owner/model@revision`; None for any other."""
    match = _ID.fullmatch(wanted)
    return (match["repo"], match["revision"]) if match else None


def hub_folder(repo: str, revision: str | None) -> Path:
    """Give the folder of a model, from the hub's cache or from the hub.

    Raises UsageProblem for one that the hub does not have or show, PreflightRefused where it cannot be reached.
    """
    # Imported when it is needed: a fifth of a second, and the network's libraries.
    from huggingface_hub import errors, snapshot_download  # noqa: PLC0415

    try:
        return Path(snapshot_download(repo, revision=revision, local_files_only=True))
    except errors.LocalEntryNotFoundError:
        pass
    try:
        return Path(snapshot_download(repo, revision=revision, ignore_patterns=list(LEFT_OUT)))
    except errors.GatedRepoError as error:
        raise UsageProblem(
            f"{repo}: the hub gives this model only to those who have agreed to its terms.",
            mend=f"Agree at https://huggingface.co/{repo}, then log in with `hf auth login`.",
        ) from error
    except (errors.RepositoryNotFoundError, errors.RevisionNotFoundError) as error:
        raise UsageProblem(
            f"--model {repo}: neither a file or folder here nor a model of the Hugging Face hub.",
            mend="Mind the spelling, and the folder that the command is given in; `htrkit engines NAME` lists models.",
        ) from error
    except (errors.LocalEntryNotFoundError, errors.HfHubHTTPError, ConnectionError, TimeoutError) as error:
        raise PreflightRefused(
            f"{repo}: is not on this machine, and the Hugging Face hub cannot be reached.",
            mend=f"On a machine with a network: `htrkit models get {repo}`; copy its folder here.",
        ) from error
    except OSError as error:
        raise PreflightRefused(
            f"{repo}: cannot be kept on this machine ({error}).",
            mend="Make room, or set HF_HOME to a folder on another disk.",
        ) from error

"""Where an inference server is and what it knows us by: taken from the user, and shown to nobody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused, UsageProblem

KEY_VARIABLE = "HTRKIT_API_KEY"
"""The only place that a key is taken from."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the server knows us by; it is shown nowhere."""

    secret: str = field(repr=False)

    def hidden_in(self, words: str) -> str:
        """Give words of others without it: a server may repeat what it was sent."""
        return words.replace(self.secret, "[key]")


def key_in(environment: Mapping[str, str]) -> Key | None:
    """Give the key, None where none is set; raises PreflightRefused, without it, for one that cannot be sent."""
    secret = environment.get(KEY_VARIABLE, "").strip()
    if not secret:
        return None
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise PreflightRefused(
            f"{KEY_VARIABLE} holds what cannot be a key: spaces, or letters beyond ASCII.", mend="Set it anew."
        )
    return Key(secret)


def address_of(wish: str) -> str:
    """Give `--server` without a slash at its end; raises UsageProblem for what is no plain address."""
    try:
        parts = urlsplit(wish.strip())
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError as error:
        raise _no_address(wish) from error
    if parts.username or parts.password or parts.query:
        raise UsageProblem(
            "--server: the address holds a name, a password or a query, which would be written into run.json.",
            mend=f"Leave them out, and put the key into the variable {KEY_VARIABLE}.",
        )
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _no_address(wish)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _no_address(wish: str) -> UsageProblem:
    return UsageProblem(f"--server {shown(wish)}: no address of a server.", mend="As in --server http://HOST:8000/v1")

"""Whom something is told that takes a while; the default listens to nothing."""


def to_nobody(_: str) -> None:
    """Say it to nobody."""

"""What keeps a file from being a page's picture, said once and named with its file at the edge."""

from math import ceil

from htrkit.domain.failure import FailureClass


class NoPicture(Exception):
    """The file gives no picture: `cause` goes on after its name, `mend` is a sentence."""

    def __init__(self, cause: str, *, mend: str, failure: FailureClass) -> None:
        super().__init__(cause)
        self.cause = cause
        self.mend = mend
        self.failure = failure


def broken(cause: str) -> NoPicture:
    """Say that the file is damaged."""
    return NoPicture(cause, mend="Copy or scan it again.", failure=FailureClass.BROKEN)


def unsupported(cause: str) -> NoPicture:
    """Say that the file is whole, but of a kind that is not read here."""
    return NoPicture(cause, mend="Convert it to TIFF, PNG or JPEG.", failure=FailureClass.UNSUPPORTED)


def unreadable(cause: str) -> NoPicture:
    """Say that the file cannot be got at."""
    return NoPicture(cause, mend="See that it is there and may be read.", failure=FailureClass.UNREADABLE)


def changed(*, asked: int, held: int) -> NoPicture:
    """Say that the file has fewer pages (frames) than when the plan was made; `asked` counts from 0."""
    return NoPicture(
        f"has no page {asked + 1}, only {held}: it changed since the pages were counted",
        mend="Put the file back as it was, or start a new run.",
        failure=FailureClass.UNREADABLE,
    )


def no_memory() -> NoPicture:
    """Say that the picture does not fit in memory."""
    return NoPicture(
        "does not fit in this machine's memory",
        mend="Run fewer pages at once with --jobs, or scale it down.",
        failure=FailureClass.OOM,
    )


def check_pixels(width: int, height: int, *, max_megapixels: float) -> None:
    """Refuse what is larger than the limit; raises NoPicture."""
    if width * height > max_megapixels * 1e6:
        held = f"{width * height / 1e6:.1f} megapixels ({width} by {height} pixels)"
        raise NoPicture(
            f"has {held}, more than the {max_megapixels:g} allowed",
            mend=f"Scale it down, or allow more: --max-megapixels {ceil(width * height / 1e6)}",
            failure=FailureClass.TOO_LARGE,
        )

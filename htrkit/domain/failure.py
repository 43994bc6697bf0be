"""Why a page failed, in words that a table can group by."""

from enum import StrEnum


class Step(StrEnum):
    """The steps of a page's way; a failure names the one it happened in."""

    OPEN = "open"
    LAYOUT = "layout"
    SEGMENT = "segment"
    RECOGNISE = "recognise"
    RENDER = "render"
    WRITE = "write"


class FailureClass(StrEnum):
    """What kind of trouble failed a page (the `class` column of failures.csv)."""

    EMPTY = "empty"
    """A file of no bytes."""
    BROKEN = "broken"
    """An image that ends early or cannot be decoded."""
    UNSUPPORTED = "unsupported"
    """A picture of a kind that cannot be read here."""
    TOO_LARGE = "too-large"
    """More pixels than `--max-megapixels`."""
    LOCKED = "locked"
    """A PDF behind a password."""
    UNREADABLE = "unreadable"
    """The file is gone, no regular file, or may not be opened."""
    SIDECAR = "sidecar"
    """The page's PAGE or ALTO file cannot be parsed."""
    SIZE = "size"
    """The page's PAGE or ALTO file is for an image of another shape."""
    NO_LAYOUT = "no-layout"
    """`--segmenter sidecar`, and the page has none."""
    LAYOUT = "layout"
    """Segmentation failed."""
    RECOGNITION = "recognition"
    """The recogniser failed."""
    SERVER = "server"
    """The inference server refused the page, or gave no answer that could be read."""
    OOM = "oom"
    """Out of memory, even alone: the machine's, or the device's."""
    TIMEOUT = "timeout"
    """A stage took longer than its limit and was killed."""
    DIED = "died"
    """The worker's process died twice with this page in hand."""
    BUG = "bug"
    """An error that htrkit did not expect."""

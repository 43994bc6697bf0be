"""The closed choices among the settings, each with its words as typed."""

from enum import StrEnum


class Segmenter(StrEnum):
    """Where a page's lines come from."""

    AUTO = "auto"
    """A sidecar's lines where there is one, else Kraken for line engines, nothing for page engines."""
    KRAKEN = "kraken"
    SIDECAR = "sidecar"
    """A page without a sidecar fails, class `no-layout`."""
    NONE = "none"
    """The image is one line to a line engine, one page to a page engine."""


class PageReads(StrEnum):
    """What engines for whole pages take in at once."""

    PAGE = "page"
    LINE = "line"


class ReadingDirection(StrEnum):
    """How lines are read; `auto` follows the layout, else the text itself."""

    AUTO = "auto"
    LTR = "ltr"
    RTL = "rtl"
    TTB = "ttb"


class Existing(StrEnum):
    """What to do with files in OUT that no journal of ours promised."""

    ABORT = "abort"
    SKIP = "skip"
    OVERWRITE = "overwrite"


class OnError(StrEnum):
    """What a failed page does to the run."""

    CONTINUE = "continue"
    ABORT = "abort"


class FailOn(StrEnum):
    """What makes a run that came to its end exit with 4."""

    FAILURE = "failure"
    """A failed page."""
    ALARM = "alarm"
    """A failed or a flagged page."""
    NEVER = "never"


class WorkforceKind(StrEnum):
    """Who takes pages through their steps."""

    PROCESSES = "processes"
    """Page workers in processes of their own: a page that kills or hangs one costs no other."""
    INLINE = "inline"
    """This process, one page after the other: for debugging."""


class ExecutorKind(StrEnum):
    """Where pages are read."""

    LOCAL = "local"
    """On this machine."""
    RAY = "ray"
    """On all nodes of a Ray cluster, by an agent for each GPU; this process leads them and writes the journal."""


class Progress(StrEnum):
    """What is shown while a run goes on."""

    AUTO = "auto"
    """`live` in a terminal that somebody watches, else `plain`."""
    LIVE = "live"
    """Panels that are drawn again and again; `plain` where there is no terminal to draw on."""
    PLAIN = "plain"
    """Lines, for logs and pipes, and for readers of screens."""
    JSON = "json"
    """One event a line, for programs."""
    NONE = "none"


class Color(StrEnum):
    """Whether output for people is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Format(StrEnum):
    """An output format; `json`, the page records, is always written."""

    TXT = "txt"
    PAGE = "page"
    ALTO = "alto"
    HOCR = "hocr"
    CSV = "csv"


class Join(StrEnum):
    """What becomes one text."""

    FOLDER = "folder"

"""What to do about each kind of failed page, and the command to type next."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from htrkit.domain.failure import FailureClass


@dataclass(frozen=True, slots=True)
class Advice:
    """What helps, in words, and the options of the resume that follows it."""

    words: str
    options: str = ""


ADVICE: Mapping[FailureClass, Advice] = {
    FailureClass.EMPTY: Advice("copy or scan these again, then"),
    FailureClass.BROKEN: Advice("copy or scan these again, then"),
    FailureClass.UNSUPPORTED: Advice("convert these to PNG or TIFF in their place, then"),
    FailureClass.TOO_LARGE: Advice("scale these down in their place, or allow more with --max-megapixels, then"),
    FailureClass.LOCKED: Advice("save these PDFs without a password, then"),
    FailureClass.UNREADABLE: Advice("bring the files back or mend their rights, then"),
    FailureClass.SIDECAR: Advice("mend these XML files or take them away, then"),
    FailureClass.SIZE: Advice("put the XML and the image that belong together side by side, then"),
    FailureClass.NO_LAYOUT: Advice("add their XML, then"),
    FailureClass.LAYOUT: Advice("segmentation failed; once more"),
    FailureClass.RECOGNITION: Advice("recognition failed; once more"),
    FailureClass.SERVER: Advice("see that the inference server answers, and look at its log, then"),
    FailureClass.OOM: Advice("one page at a time", "--jobs 1"),
    FailureClass.TIMEOUT: Advice("with more time", "--page-timeout 3600 --segment-timeout 1800"),
    FailureClass.DIED: Advice("alone, with little beside them", "--jobs 1"),
    FailureClass.BUG: Advice("please report these with `.htrkit/run.log`; after an update"),
}
"""A row for every class; the words lead to the command."""


def retry_command(failure: FailureClass, out: str) -> str:
    """Give the command that takes the pages of one class again."""
    options = ADVICE[failure].options
    return f"{resume_command(out)} --retry-failed --class {failure}{' ' if options else ''}{options}"


def resume_command(out: str) -> str:
    """Give the command that goes on with the run in OUT."""
    return f"htrkit resume {typed_out(out)}"


def typed_out(out: str) -> str:
    """Give OUT as a shell takes it: a folder that is named like an option is still a folder."""
    return shlex.quote(f"./{out}" if out.startswith("-") else out)

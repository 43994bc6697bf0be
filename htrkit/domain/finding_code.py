"""The codes of findings that no guardrail has: words for programs, which stay as they are."""

from enum import StrEnum


class Code(StrEnum):
    """What a finding is about; those of guardrails, of pages and of XML files have codes of their own."""

    SETTINGS = "settings"
    """A settings file, a variable or an option asks for what is not there."""
    ENGINE = "engine"
    """An engine that nobody knows, or that cannot read yet."""
    PACKAGE = "package"
    """A Python package that the engine needs is not installed, or in another version than the one it was made for."""
    MODEL = "model"
    """The recognition model is not there, not whole, or for something else; or which one is taken."""
    MODEL_LOAD = "model-load"
    """The worker process cannot load the model, or cannot compute on the device."""
    SEGMENTER_MODEL = "segmenter-model"
    """The segmentation model is not there, not whole, or for something else."""
    INPUTS = "inputs"
    """An INPUT that is nothing, no page in any, or XML that goes with no image."""
    NAMES = "names"
    """Pages whose outputs would share a name, and what they are called instead."""
    OUT = "out"
    """OUT holds an earlier run, or files that no run of ours promised."""
    OUT_HELD = "out-held"
    """Another run is writing into OUT."""
    OUT_RIGHTS = "out-rights"
    """Nothing can be written where OUT is or will be."""
    DISK = "disk"
    """The disk may not hold what the pages come to."""
    NOT_CHECKED = "not-checked"
    """Pages that were not looked at, since there are many; the run looks at each of them in its turn."""
    TRIAL = "trial"
    """The page that was read for trial failed."""
    CHANGES = "changes"
    """What has changed since the run was started, and was accepted."""
    RESUME = "resume"
    """What becomes of the pages that are not taken again."""
    ERROR = "error"
    """Whatever else ends a command."""
    BUG = "bug"
    """An error that htrkit did not expect."""


def page_code(failure: str) -> str:
    """Give the code for a page that will fail with a failure of this class: `page-broken`."""
    return f"page-{failure}"

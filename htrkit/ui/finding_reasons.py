"""Why a finding matters, by its code: for programs and people alike, and for the documentation."""

from collections.abc import Mapping
from types import MappingProxyType

from htrkit.core.driver_findings import DRIVER_FINDINGS
from htrkit.core.guarded import Guard
from htrkit.core.mending import SAID
from htrkit.domain.failure import FailureClass
from htrkit.domain.finding_code import Code, page_code
from htrkit.layouts.fitting import SAID_OF_DOCUMENT

_PAGE_FAILS = "The page will fail in the run, and the others go on."

OF_CODES: Mapping[str, str] = MappingProxyType(
    {
        Code.SETTINGS: "Left out in silence, the run would be another than was meant.",
        Code.ENGINE: "Nothing can be read without an engine.",
        Code.PACKAGE: "Another version may read otherwise, or fail after hours.",
        Code.MODEL: "Every page is read with the model.",
        Code.MODEL_LOAD: "Every page of the run would end the same way.",
        Code.SEGMENTER_MODEL: "Without it no lines are found on pages that bring none.",
        Code.INPUTS: "What is not taken for a page is not read.",
        Code.COMPUTING: "Other numbers can give another text in places, and a text is cited with what computed it.",
        Code.NAMES: "Two pages never share an output.",
        Code.OUT: "What stands in OUT is never written over without being told.",
        Code.OUT_HELD: "Two runs in one OUT would spoil each other's files.",
        Code.OUT_RIGHTS: "No output could be written.",
        Code.DISK: "A run on a full disk pauses until there is room.",
        Code.NOT_CHECKED: "Others may be unreadable too.",
        Code.TRIAL: "Other pages of its kind may fail as well.",
        Code.CHANGES: "Pages of one run would be read in two ways.",
        Code.RESUME: "They stay as they are.",
        Code.ERROR: "The command ends with it.",
        Code.BUG: "It is htrkit's fault, and no setting mends it.",
    }
)
OF_GUARDS: Mapping[str, str] = MappingProxyType(
    {
        Guard.SLOW_CPU: "What takes minutes on a GPU takes days here.",
        Guard.BEAMS: "Time and memory are spent for nothing.",
        Guard.BATCH: "Larger batches are not faster beyond a point, and smaller ones leave the device idle.",
        Guard.BATCH_MEMORY: "Batches that do not fit are tried, halved and tried again.",
        Guard.MEMORY: "The model cannot be loaded there.",
        Guard.PRECISION: "It takes more memory, and more time.",
        Guard.LONG_RUN: "It will run for hours.",
        Guard.CONFIRM: "It will run so long that somebody should have wanted it.",
        Guard.NO_LINES: "A page without lines is a page without text.",
        Guard.NO_PICTURE: "What is not there cannot be read.",
        Guard.SEGMENT_TIMEOUT: "Sound pages would fail for being slow.",
        Guard.SEGMENTING: "It is the slowest step on the CPU.",
        Guard.DEVICES: "The run computes there.",
        Guard.DEVICE: "There is nothing to compute on.",
        Guard.DEVICE_STATE: "There is nothing to compute on, or less than there seems to be.",
        Guard.VISIBLE: "The run may compute elsewhere than was meant, or far more slowly.",
        Guard.TORCH: "Networks will not run on the GPU.",
        Guard.ENGINE: "It is a property of the engine, not of this run.",
    }
)
OF_PAGES: Mapping[str, str] = MappingProxyType({page_code(one): _PAGE_FAILS for one in FailureClass})
OF_DRIVERS: Mapping[str, str] = MappingProxyType(
    {one.code: "A CPU is many times slower than a GPU." for one in DRIVER_FINDINGS}
)
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "sidecar-without-lines": "It has no lines: `-s auto` lets Kraken find them, `-s sidecar` gives an empty page.",
        "sidecar-without-size": "The file does not say how large its picture is.",
        "sidecar-scaled": "The file is for a picture of another size in the same proportions.",
        "several-pages": "The file holds several pages, and the first is taken.",
        "region-points-clipped": "Points of regions outside of the page were moved onto it.",
        **{code.value: f"Of a line: {said}." for code, said in SAID.items()},
        **{code: f"Of a line: {said}." for code, said in SAID_OF_DOCUMENT.items()},
    }
)
"""What is noted of the XML of a page that will be read all the same; that of lines with `--deep` alone."""
REASONS: Mapping[str, str] = MappingProxyType({**OF_CODES, **OF_GUARDS, **OF_PAGES, **OF_DRIVERS})


def why_of(code: str) -> str:
    """Give why a finding of this code matters; for notes about a page's XML, that it is mended in the record alone."""
    return REASONS.get(code, "The page is read all the same; its record says so, and nothing is changed in the file.")

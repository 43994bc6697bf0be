"""Who is compared: each row says which commands it takes to read a folder of pages."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from bench.beside.pages import pictures
from bench.beside.setting import CPU, Lines, Setup, module
from htrkit.config.settings import Settings

Command = list[str]
Setting = tuple[str, str]
"""A name among htrkit's settings, and a value as it is typed."""


@dataclass(frozen=True, slots=True)
class Job:
    """A folder of pages to be read."""

    setup: Setup
    pages: Path
    out: Path
    """Holds `*.txt` of every page afterwards, at any depth; it is there, and empty."""
    device: str


class Family(StrEnum):
    """Whose code it is."""

    KRAKEN = "kraken"
    HTRKIT = "htrkit"


class Usual(StrEnum):
    """When a contender is compared without being asked for."""

    ALWAYS = "always"
    ON_A_CARD = "on a card"
    WHEN_ASKED = "when asked for"


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of the table."""

    name: str
    family: Family
    commands: Callable[[Job], Sequence[Command]]
    """Run side by side; together they read all pages once."""
    settings: tuple[Setting, ...] = ()
    """Of htrkit: what is asked for beside the model and the device, as far as this version has it."""
    needs: tuple[Setting, ...] = ()
    """Those that a version must have for the comparison to say something."""
    warmed: bool = True
    """Whether a page is read before anything is timed: files come into the cache, models are converted."""
    usual: Usual = Usual.ALWAYS


def kraken(processes: int, extra: Sequence[str] = ()) -> Callable[[Job], Sequence[Command]]:
    """Give what runs the `kraken` command at its best settings, so many times side by side, each with its pages."""

    def commands(job: Job) -> Sequence[Command]:
        found = pictures(job.pages)
        return [kraken_command(job, share, extra) for share in (found[n::processes] for n in range(processes)) if share]

    return commands


def kraken_command(job: Job, share: Sequence[Path], extra: Sequence[str]) -> Command:
    """Give the command for some pages; it loads its models once."""
    given = job.setup.lines is Lines.GIVEN
    inputs = [path.with_suffix(".xml") if given else path for path in share]
    pairs = [word for path in inputs for word in ("-i", str(path), str(job.out / f"{path.stem}.txt"))]
    steps = ["ocr"] if given else ["segment", "-bl", "ocr"]
    program = [sys.executable, "-c", "from kraken.kraken import cli; cli(prog_name='kraken')"]
    form = ["-f", "xml"] if given else []
    beside = ["--threads", "1", "-d", job.device, *extra]
    return [*program, *beside, *form, *pairs, *steps, "-m", str(job.setup.model), "--num-line-workers", "0"]


def kraken_api(job: Job) -> Sequence[Command]:
    """Give the command that calls kraken's own classes page by page."""
    words = [str(job.pages), str(job.out), str(job.setup.model), str(job.setup.lines), job.device]
    return [[*module("kraken_api"), *words]]


def htrkit(settings: Sequence[Setting]) -> Callable[[Job], Sequence[Command]]:
    """Give what runs `htrkit run` with these settings, those that this version has."""

    def commands(job: Job) -> Sequence[Command]:
        lines = "sidecar" if job.setup.lines is Lines.GIVEN else "kraken"
        fixed = ["-s", lines, "-f", "txt", "--progress", "none", "--yes", "-d", job.device]
        wished = [word for name, value in had(settings) for word in (option(name), value)]
        run = [sys.executable, "-m", "htrkit", "run", str(job.pages), "-o", str(job.out), "-m", str(job.setup.model)]
        return [[*run, *fixed, *wished]]

    return commands


def had(settings: Sequence[Setting]) -> list[Setting]:
    """Leave out the settings that this version of htrkit does not have."""
    return [setting for setting in settings if is_had(setting)]


def is_had(setting: Setting) -> bool:
    """Tell whether this version of htrkit knows a setting and takes the value."""
    name, value = setting
    if name not in Settings.model_fields:
        return False
    try:
        Settings.model_validate({name: value})
    except ValidationError:
        return False
    return True


def option(name: str) -> str:
    """Give the option of a setting: `--cpu-backend`."""
    return f"--{name.replace('_', '-')}"


def is_usual(contender: Contender, device: str) -> bool:
    """Tell whether a contender is compared on a device without being asked for."""
    match contender.usual:
        case Usual.ALWAYS:
            return True
        case Usual.ON_A_CARD:
            return device != CPU
        case Usual.WHEN_ASKED:
            return False


def lacking(contender: Contender) -> str | None:
    """Say why a contender cannot be compared here; None where it can."""
    missing = [f"{option(name)} {value}" for name, value in contender.needs if not is_had((name, value))]
    return f"`htrkit run` has no {', '.join(missing)} here" if missing else None


def ours(name: str, *settings: Setting, needs: tuple[Setting, ...] = (), usual: Usual = Usual.ALWAYS) -> Contender:
    """Give a row of htrkit's."""
    return Contender(name, Family.HTRKIT, htrkit(settings), needs=needs, settings=settings, usual=usual)


KRAKEN = Contender("kraken", Family.KRAKEN, kraken(1))
TWO_KRAKENS = Contender("two krakens", Family.KRAKEN, kraken(2), warmed=False)
API = Contender("kraken API", Family.KRAKEN, kraken_api, warmed=False)
KRAKEN_BF16 = Contender("kraken bf16", Family.KRAKEN, kraken(1, ["--precision", "bf16-mixed"]), usual=Usual.WHEN_ASKED)
FP32 = ours("htrkit fp32", ("precision", "fp32"))
BF16 = ours("htrkit bf16", ("precision", "bf16"), needs=(("precision", "bf16"),))
FP16 = ours("htrkit fp16", ("precision", "fp16"), needs=(("precision", "fp16"),), usual=Usual.ON_A_CARD)
TORCH = ours(
    "htrkit fp32, torch",
    ("precision", "fp32"),
    ("cpu_backend", "torch"),
    needs=(("cpu_backend", "torch"),),
    usual=Usual.WHEN_ASKED,
)
KRAKENS_GEOMETRY = ours(
    "htrkit fp32, kraken's geometry",
    ("precision", "fp32"),
    ("geometry", "kraken"),
    needs=(("geometry", "htrkit"),),
    usual=Usual.WHEN_ASKED,
)
CONTENDERS = (KRAKEN, TWO_KRAKENS, API, KRAKEN_BF16, FP32, BF16, FP16, TORCH, KRAKENS_GEOMETRY)
"""In the order in which they run."""

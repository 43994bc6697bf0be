"""Whether the packages that an engine needs are here in the versions that htrkit was made for; none is imported."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from operator import eq, ge, gt, le, lt, ne

from htrkit.config.settings import Settings
from htrkit.domain.engine import EngineRow, ExtraNeed
from htrkit.domain.finding import Finding, Severity
from htrkit.domain.finding_code import Code

OURS = "htrkit"
ENGINE_PACKAGES = ("kraken", "torch", "numpy", "pillow", "opencv-python-headless", "pypdfium2", "lxml")
"""What every page goes through; another version of one of them gives another text, or none."""
MODULES = {"pillow": "PIL", "opencv-python-headless": "cv2"}
"""What Python imports, where it is called otherwise."""
_WISH = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*\(?(?P<versions>[^;)]*)")
_BOUND = re.compile(r"\s*(?P<how>[<>=!]=|<|>)\s*(?P<version>[0-9][0-9.]*)[^,]*")
_COMPARE = {">=": ge, "<=": le, "<": lt, ">": gt, "==": eq, "!=": ne}

Release = tuple[int, ...]


def _is_offered(entry: str) -> bool:
    group, _, name = entry.partition(":")
    return bool(entry_points(group=group, name=name))


@dataclass(frozen=True, slots=True)
class Installed:
    """How this Python is asked what is installed; each may be another in a test."""

    requires: Callable[[str], Sequence[str] | None] = requires
    version: Callable[[str], str] = version
    importable: Callable[[str], bool] = lambda module: find_spec(module) is not None
    offered: Callable[[str], bool] = _is_offered
    """Whether some package has the entry point `group:name`."""


def package_findings(
    row: EngineRow, installed: Installed = Installed(), *, settings: Settings | None = None, served: bool = False
) -> Iterator[Finding]:
    """Give a blocker for every package that is missing or in a version that htrkit is not made for.

    The settings may ask for extras. Where the network is `served`, what it needs is on the server.
    """
    if row.code is None and not served:
        return
    for name, versions in wishes(installed).items():
        yield from _of_package(name, versions, installed)
    for need in () if served else row.needs:
        if not is_met(need, installed):
            wanting = "which is not installed"
            if installed.importable(need.module):
                wanting = f"and what is installed under that name is another program: it offers no {need.offers}"
            message = f"The engine {row.name} needs the Python package {need.module}, {wanting}."
            yield Finding(Code.PACKAGE, Severity.BLOCKER, message, need.command)
    for extra in () if served or settings is None else row.extras:
        if getattr(settings, extra.setting) is not None and not is_met(extra.need, installed):
            message = (
                f"The setting {extra.setting} needs the Python package {extra.need.module}, which is not installed."
            )
            yield Finding(Code.PACKAGE, Severity.BLOCKER, message, extra.need.command)


def is_met(need: ExtraNeed, installed: Installed = Installed()) -> bool:
    """Tell whether a package that an engine needs is here, and is not a namesake of it."""
    return installed.importable(need.module) and (not need.offers or installed.offered(need.offers))


def wishes(installed: Installed) -> dict[str, str]:
    """Give the engine's packages with the versions that htrkit's own metadata asks for; `` where it does not tell."""
    try:
        told = installed.requires(OURS) or ()
    except PackageNotFoundError:
        told = ()
    read = [found for one in told if "extra ==" not in one and (found := _WISH.match(one))]
    asked = {one["name"].lower(): one["versions"].replace(" ", "") for one in read}
    return {name: asked.get(name, "") for name in ENGINE_PACKAGES}


def fits(found: str, versions: str) -> bool:
    """Tell whether a version is within `>=7.1.1,<7.2`; one that is no number is given a chance."""
    release = release_of(found)
    bounds = [bound for one in versions.split(",") if (bound := _BOUND.fullmatch(one))]
    return not release or all(
        _COMPARE[bound["how"]](*_of_one_length(release, release_of(bound["version"]))) for bound in bounds
    )


def release_of(version: str) -> Release:
    """Give `7.1.1.dev3+cu124` as the numbers at its beginning."""
    found = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def _of_one_length(one: Release, other: Release) -> tuple[Release, Release]:
    longest = max(len(one), len(other))
    return one + (0,) * (longest - len(one)), other + (0,) * (longest - len(other))


def _of_package(name: str, versions: str, installed: Installed) -> Iterator[Finding]:
    mend = f'pip install "{name}{versions}"'
    try:
        found = installed.version(name)
    except PackageNotFoundError:
        found = ""
    if not found or not installed.importable(MODULES.get(name, name)):
        message = f"The Python package {name} is not installed, or not whole; every page goes through it."
        yield Finding(Code.PACKAGE, Severity.BLOCKER, message, mend)
    elif not fits(found, versions):
        message = f"The Python package {name} is here in version {found}, and htrkit is made for {versions}."
        yield Finding(Code.PACKAGE, Severity.BLOCKER, message, mend)

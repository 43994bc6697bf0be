"""Lines that need no network: those of a sidecar, the whole picture as one line, or none where pages are read whole."""

from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import PageProblem
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, Note
from htrkit.domain.source import PageSource
from htrkit.domain.stages import OpenPage
from htrkit.layouts.sidecar import look_at_sidecar, read_sidecar

BASE = 0.75
"""Where the baseline of a picture that is one line lies, from its top."""

NO_LINES = Layout(LayoutOrigin(LayoutKind.WHOLE, "whole page"))
"""The layout of a page that is read as a whole."""


def whole_picture(page: OpenPage) -> Layout:
    """Give the layout of a picture that is one line."""
    right, bottom = page.size.width - 1, page.size.height - 1
    base = round(bottom * BASE)
    line = Line(LineId("l1"), ((0, 0), (right, 0), (right, bottom), (0, bottom)), ((0, base), (right, base)))
    return Layout(LayoutOrigin(LayoutKind.WHOLE, "whole image"), lines=(line,))


def sidecar_layout(source: PageSource, image: Size) -> Layout:
    """Read the page's first sidecar; raises PageProblem where it cannot be used."""
    path = Path(source.sidecars[0])
    return read_sidecar(_content(path), name=shown(path.name), image=image)


def sidecar_look(source: PageSource, image: Size) -> tuple[bool, tuple[Note, ...]]:
    """Tell whether the page's first sidecar has lines, and what should be said of it; raises PageProblem likewise."""
    path = Path(source.sidecars[0])
    return look_at_sidecar(_content(path), name=shown(path.name), image=image)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PageProblem(
            f"{shown(path)}: cannot be read ({error.strerror}).",
            mend="Mend the file's rights, or leave it out with `-s kraken`.",
            failure=FailureClass.SIDECAR,
            step=Step.LAYOUT,
        ) from error


def no_layout(source: PageSource) -> PageProblem:
    """Say that a page has no lines, and that lines were asked for."""
    return PageProblem(
        f"{shown(source.path)}: no PAGE or ALTO file was found for it.",
        mend="Put one beside the image, in page/ or in alto/, or let Kraken find the lines with `-s auto`.",
        failure=FailureClass.NO_LAYOUT,
        step=Step.LAYOUT,
    )

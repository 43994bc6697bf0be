"""Formats made again from page records, without a device: of each page, or one text a folder."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from htrkit.config.choices import Format
from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import PageKey
from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.files.atomic import Aside, write_unit
from htrkit.outputs.catalog import RECORD, renderers
from htrkit.outputs.txt import PlainText
from htrkit.run.out_folder import OutFolder
from htrkit.run.plan_pages import page_order
from htrkit.run.remaking import remaking
from htrkit.run.session import utc_now
from htrkit.run.tables import records, write_tables

JOINED = "joined"
"""The folder below OUT for one text a folder."""


def exported(
    out: OutFolder, formats: Sequence[Format], options: RenderOptions, *, now: Callable[[], str] = utc_now
) -> int:
    """Write the formats of every page that has a record; give their number.

    Files that the run has promised are promised anew, as they are now. Raises UsageProblem, RecordDamaged, and
    OutputHeld where a run is going on that writes these formats.
    """
    keys = recorded_pages(out)
    made = [renderer for renderer in renderers(formats) if renderer.name != RECORD.name]
    with remaking(out, [renderer.name for renderer in made], now=now) as tell:
        for record in records(out, keys) if made else ():
            files = [
                Aside(f"{renderer.name}/{record.key}{renderer.suffix}", renderer.render(record, options))
                for renderer in made
            ]
            tell(record.key, write_unit(files, out=out.path))
    if Format.CSV in formats:
        write_tables(out, keys, options.text_form)
    return len(keys)


def joined(out: OutFolder, options: RenderOptions) -> tuple[str, ...]:
    """Write one text a folder, its pages in their order with an empty line between; give the files' places."""
    written = []
    for folder, content in _volumes(records(out, recorded_pages(out)), options):
        place = f"{JOINED}/{folder or out.path.resolve().name}.txt"
        write_unit((Aside(place, content),), out=out.path)
        written.append(place)
    return tuple(written)


def recorded_pages(out: OutFolder) -> tuple[PageKey, ...]:
    """Give the pages that have a record, in the plan's order; raises UsageProblem where OUT holds none."""
    keys = tuple(key for key in page_order(out) if out.record(key).is_file())
    if not keys:
        raise UsageProblem(
            f"{shown(out.path)}: no page records are in it.", mend="Give the OUT of a run that has read pages."
        )
    return keys


def _volumes(pages: Iterable[PageRecord], options: RenderOptions) -> Iterator[tuple[str, bytes]]:
    texts: dict[str, list[bytes]] = {}
    for page in pages:
        folder = str(PurePosixPath(page.key).parent)
        texts.setdefault("" if folder == "." else folder, []).append(PlainText().render(page, options))
    for folder, parts in texts.items():
        yield folder, b"\n".join(parts)


def as_path(out: Path) -> OutFolder:
    """Give OUT; raises UsageProblem where it is no folder."""
    if not out.is_dir():
        raise UsageProblem(f"{shown(out)}: there is no such folder.", mend="Give the OUT of a run.")
    return OutFolder(out)

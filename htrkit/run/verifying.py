"""Every promised file looked at again: its size, its hash, and what its schema says of it."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path, PurePosixPath

from lxml import etree

from htrkit.core.report_damage import Damage, DamageKind, Verified
from htrkit.core.shown import shown
from htrkit.domain.events import PageDone, WrittenFile
from htrkit.domain.names import PageKey
from htrkit.files.hashing import opened_sha256
from htrkit.files.regular import SPECIAL
from htrkit.files.xml import XmlRefused, namespace, parse_xml
from htrkit.outputs.alto_dialect import ALTO_42, ALTO_44, NAMESPACE
from htrkit.outputs.page_dialect import PAGE_2013, PAGE_2019
from htrkit.outputs.schemas import Schema, loaded

XML_FOLDERS = frozenset({"page", "alto"})
"""The folders below OUT whose files have an official schema."""
_SCHEMAS: Mapping[tuple[str, str], Schema] = {
    **{(dialect.namespace, ""): dialect.schema for dialect in (PAGE_2013, PAGE_2019)},
    **{(NAMESPACE, dialect.version): dialect.schema for dialect in (ALTO_42, ALTO_44)},
}
"""By the root's namespace, and for ALTO by its own word for the version, since all of version 4 share theirs."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with a file."""

    kind: DamageKind
    detail: str


def verified(out: Path, pages: Iterable[PageDone]) -> Verified:
    """Look at every file that the pages promise; nothing is written, and nothing is trusted but the journal."""
    promises = [(page.key, file) for page in pages for file in page.files]
    damages = tuple(_damages(out, promises))
    return Verified(len(promises), sum(file.size for _, file in promises), damages)


def _damages(out: Path, promises: Sequence[tuple[PageKey, WrittenFile]]) -> Iterator[Damage]:
    owners = {(file.sha256, file.size): file.path for _, file in promises}
    for key, promise in promises:
        found = _looked_at(out / promise.path, promise, owners)
        if found is not None:
            yield Damage(key, shown(promise.path), found.kind, found.detail)


def _looked_at(place: Path, promise: WrittenFile, owners: Mapping[tuple[str, int], str]) -> _Found | None:
    """Give what is wrong with a file, if anything is."""
    try:
        with _opened(place) as file:
            return _compared(file, promise, owners)
    except (FileNotFoundError, NotADirectoryError):
        return _Found(DamageKind.MISSING, "is not there")
    except _NoFile as error:
        return _Found(DamageKind.UNREADABLE, str(error))
    except (OSError, ValueError) as error:
        # ValueError: no file has a name with a zero byte in it.
        return _Found(DamageKind.UNREADABLE, f"cannot be read ({getattr(error, 'strerror', None) or error})")


class _NoFile(Exception):
    """Something else stands in the file's place."""


def _opened(place: Path) -> BufferedReader:
    # Not blocking: a pipe that stands in the file's place would never open.
    handle = os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    kind = os.fstat(handle).st_mode
    if not stat.S_ISREG(kind):
        os.close(handle)
        raise _NoFile(SPECIAL.get(stat.S_IFMT(kind), "is no regular file"))
    return os.fdopen(handle, "rb")


def _compared(file: BufferedReader, promise: WrittenFile, owners: Mapping[tuple[str, int], str]) -> _Found | None:
    size = os.fstat(file.fileno()).st_size
    sha256 = opened_sha256(file)
    if (sha256, size) == (promise.sha256, promise.size):
        return _against_schema(file, promise.path)
    other = owners.get((sha256, size))
    if other is not None:
        return _Found(DamageKind.SWAPPED, f"holds what {shown(other)} was written with")
    if size < promise.size:
        return _Found(DamageKind.TRUNCATED, f"{size} bytes of {promise.size}")
    if size > promise.size:
        return _Found(DamageKind.CHANGED, f"{size} bytes, written with {promise.size}")
    return _Found(DamageKind.CHANGED, "its bytes are not those it was written with")


def _against_schema(file: BufferedReader, path: str) -> _Found | None:
    if PurePosixPath(path).parts[0] not in XML_FOLDERS:
        return None
    file.seek(0)
    try:
        root = parse_xml(file.read())
    except XmlRefused as error:
        return _Found(DamageKind.INVALID, shown(str(error)))
    schema = _schema_of(root)
    if schema is None:
        return _Found(DamageKind.INVALID, f"no schema that htrkit writes is for its root ({shown(str(root.tag))})")
    try:
        loaded(schema).assertValid(root)
    except etree.DocumentInvalid as error:
        return _Found(DamageKind.INVALID, shown(str(error)))
    return None


def _schema_of(root: etree._Element) -> Schema | None:
    space = namespace(root)
    return _SCHEMAS.get((space, root.get("SCHEMAVERSION", "") if space == NAMESPACE else ""))

"""Every disk that there may be after a power cut: POSIX keeps what was synced, and any part of what was not.

Of the names that were given since their folder was synced, any may be lost, whatever came later; of the bytes that were
written since their file was synced, all or the second half may be missing, or read as zeros, or the first half may be
zeros though the second is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.fakes.power import (
    ROOT_NODE,
    Acknowledged,
    FileSynced,
    FolderSynced,
    Grown,
    Named,
    Node,
    Operation,
    Power,
    Shortened,
    change,
)

Files = Mapping[str, bytes]
"""What can be reached from the root: path below it, and content."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """What was on its way when the power went."""

    folders: Mapping[Node, Mapping[str, Node]]
    """As they were synced."""
    names: tuple[Named, ...]
    """Given since, in their order."""
    contents: Mapping[Node, tuple[bytes, ...]]
    """All that a file may hold; first what was last written."""


def cut_after(power: Power, number: int) -> Unsure:
    """Give what is unsure after so many operations."""
    operations = power.operations[:number]
    synced = _synced_at(operations, power.began)
    folders: dict[Node, dict[str, Node]] = {ROOT_NODE: {}}
    names: list[Named] = []
    bases: dict[Node, bytes] = {}
    lasts: dict[Node, bytes] = {}
    for index, operation in enumerate(operations):
        match operation:
            case Named():
                if index < synced.get(operation.folder, power.began):
                    change(folders.setdefault(operation.folder, {}), operation.names)
                else:
                    names.append(operation)
            case Grown():
                lasts[operation.node] = lasts.get(operation.node, b"") + operation.content
            case Shortened():
                lasts[operation.node] = lasts.get(operation.node, b"")[: operation.size]
            case FileSynced():
                bases[operation.node] = lasts.get(operation.node, b"")
            case FolderSynced() | Acknowledged():
                pass
        if index + 1 == power.began:
            bases = dict(lasts)
    contents = {node: held(bases.get(node, b""), lasts.get(node, b"")) for node in power.contents}
    return Unsure(folders, tuple(names), contents)


def _synced_at(operations: Sequence[Operation], began: int) -> Mapping[Node, int]:
    """Give for each folder the number of operations that its last sync covers."""
    synced = {one.node: index for index, one in enumerate(operations) if isinstance(one, FolderSynced)}
    return {node: max(index, began) for node, index in synced.items()}


def held(synced: bytes, last: bytes) -> tuple[bytes, ...]:
    """Give all that a file may hold that was synced once and written to since."""
    keeps = synced if last.startswith(synced) else b""
    added = last[len(keeps) :]
    half = len(added) // 2
    kinds = (added, b"", added[:half], bytes(len(added)), bytes(half) + added[half:])
    return tuple(dict.fromkeys([*(keeps + kind for kind in kinds), synced]))


def disks(unsure: Unsure, *, besides: str) -> Iterator[Files]:
    """Give all disks that there may be, those that lack the least first; some may come twice.

    Files whose names begin with `besides` are left out: disks that differ in those alone are one.
    """
    return _below(unsure, ROOT_NODE, "", besides)


def _below(unsure: Unsure, folder: Node, path: str, besides: str) -> Iterator[dict[str, bytes]]:
    states = [dict(unsure.folders.get(folder, {}))]
    for named in unsure.names:
        if named.folder == folder:
            applied = [dict(state) for state in states]
            for state in applied:
                change(state, named.names)
            states = applied + states
    seen = []
    for state in states:
        kept = [(path + name, node) for name, node in state.items() if not name.startswith(besides)]
        if kept not in seen:
            seen.append(kept)
            yield from _together(unsure, kept, besides)


def _together(unsure: Unsure, names: Sequence[tuple[str, Node]], besides: str) -> Iterator[dict[str, bytes]]:
    """Give every way in which what stands in one folder may be."""
    if not names:
        yield {}
        return
    (path, node), *others = names
    for one in _states(unsure, path, node, besides):
        for rest in _together(unsure, others, besides):
            yield {**one, **rest}


def _states(unsure: Unsure, path: str, node: Node, besides: str) -> Iterator[dict[str, bytes]]:
    if node in unsure.contents:
        return ({path: content} for content in unsure.contents[node])
    return _below(unsure, node, f"{path}/", besides)

"""From the INPUT arguments as typed to the files that they stand for."""

import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from htrkit.core.shown import shown
from htrkit.domain.errors import UsageProblem
from htrkit.domain.found import Found
from htrkit.files.lists import Entry, entries_of, read_list
from htrkit.files.patterns import is_pattern, matches
from htrkit.files.walk import Walk

STDIN = "-"
LIST_MARK = "@"


def find_inputs(inputs: Sequence[str], *, out: Path | None, stdin: BinaryIO) -> Found:
    """Give all files of the INPUTs; raises UsageProblem for an INPUT that is nothing, or is OUT.

    A name that exists is that file, whatever brackets or `@` it holds; only what does not exist is a list or a pattern.
    """
    walk = Walk(out)
    for given in inputs:
        for path in _paths(given, stdin):
            walk.add(path)
    return walk.found


def _paths(given: str, stdin: BinaryIO) -> Iterator[str]:
    if given == STDIN:
        yield from _listed(entries_of(stdin.read(), name="stdin"), "stdin")
    elif there := _existing(given):
        yield from there
    elif given.startswith(LIST_MARK):
        yield from _listed(read_list(given[1:]), given[1:])
    else:
        raise _nothing(given)


def _existing(path: str) -> tuple[str, ...]:
    """Give what a path or pattern stands for; nothing where it stands for nothing."""
    if os.path.lexists(path):
        return (path,)
    return matches(path) if is_pattern(path) else ()


def _nothing(given: str) -> UsageProblem:
    """Say what is wrong with an INPUT that stands for nothing."""
    if not given:
        return UsageProblem("An INPUT is empty.", mend="Check the variable that it comes from.")
    if is_pattern(given):
        return UsageProblem(
            f"{shown(given)}: nothing matches this pattern.", mend="Check it with `ls`; `**` stands for any depth."
        )
    near = _near(Path(given))
    hint = f"Did you mean `{shown(near)}`? " if near is not None else ""
    return UsageProblem(
        f"{shown(given)}: there is no such file or folder.",
        mend=f"{hint}Check the name; a relative path starts from here.",
    )


def _near(path: Path) -> Path | None:
    """Give what is there under nearly the same name; None where nothing is, or nobody may look."""
    try:
        found = get_close_matches(path.name, os.listdir(path.parent), n=1, cutoff=0.6)  # noqa: PTH208 - names alone
    except (OSError, ValueError):
        return None
    return path.with_name(found[0]) if found else None


def _listed(entries: Sequence[Entry], name: str) -> Iterator[str]:
    """Give what the entries of a list stand for; the first that stands for nothing is named, and all are counted."""
    found = [(entry, _existing(entry.path)) for entry in entries]
    if missing := [entry for entry, there in found if not there]:
        first, more = missing[0], len(missing) - 1
        others = f" Nor are there those of {more} other lines." if more else ""
        raise UsageProblem(
            f"{shown(name)}, line {first.line}: there is no {shown(first.path)}.{others}",
            mend="Mend the list; relative paths start from the current folder.",
        )
    for _, there in found:
        yield from there

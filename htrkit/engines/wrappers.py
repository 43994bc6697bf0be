"""Takes the text out of what language models wrap it in: Markdown fences and marks, JSON, a sentence to the user."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from htrkit.domain.page import Note
from htrkit.engines.page_text import PageText, TextLine

REPAIRED_JSON = "json-repaired"
"""The code of the note on a page whose model wrote JSON that is none, cut off mostly."""
TEXT_KEYS = frozenset({"text", "text_content", "transcription", "transcript", "content", "line", "lines"})
"""Under which models write what they read; what stands under other names speaks of the page."""
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)
_FENCED = re.compile(
    r"\A(?:[^\n`]*:[ \t]*\n\s*)?(?P<ticks>`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)(?:\n?[ \t]*(?P=ticks)\s*)?\Z",
    re.DOTALL,
)
_FENCE = re.compile(r"(?:`{3,}|~{3,})\w*\s*")
_SAID_TO_USER = re.compile(
    r"\A(?:Sure|Certainly|Of course|Here is|Here's|Below is|The following is|This is)\b[^\n]{0,160}:[ \t]*\n",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_RULE = re.compile(r"(?:-\s?){3,}|(?:\*\s?){3,}|(?:_\s?){3,}|\|?(?:\s*:?-{3,}:?\s*\|)+(?:\s*:?-{3,}:?\s*)?")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_QUOTED = re.compile(r">\s?")
_TOLD = re.compile(rf'"(?:{"|".join(sorted(TEXT_KEYS))})"\s*:\s*"((?:[^"\\]|\\.)*)')


def from_markdown(written: str, confidence: float | None = None) -> PageText:
    """Give the lines of what a general model wrote; where anything but its lines was in it, that is kept as structure.

    Every line has the confidence of the whole.

    A fence around everything, a sentence to the user before it, headings' and bold type's marks, rules and JSON are no
    text of the page; bullets, single asterisks and whatever else may stand on one are left alone.
    """
    text = _THOUGHT.sub("", written).strip()
    if (fenced := _FENCED.match(text)) is not None and not _FENCE.search(fenced["inside"]):
        text = fenced["inside"]
    text = _SAID_TO_USER.sub("", text)
    found = _from_json(text)
    if found is not None:
        lines, notes = found
        return PageText(tuple(replace(line, confidence=confidence) for line in lines), written, notes)
    lines = list(_lines(_BREAK.sub("\n", text)))
    as_it_was = [line.text for line in lines] == [line.strip() for line in written.splitlines() if line.strip()]
    sure = tuple(replace(line, confidence=confidence) for line in lines)
    return PageText(sure, None if as_it_was else written)


def on_one_line(text: PageText) -> str:
    """Give what was written for a picture of one line as one line."""
    return " ".join(line.text for line in text.lines)


def _lines(text: str) -> Iterator[TextLine]:
    for raw in text.splitlines():
        line = _QUOTED.sub("", raw.strip(), count=1) if raw.lstrip().startswith(">") else raw.strip()
        if not line or _RULE.fullmatch(line) or _FENCE.fullmatch(line):
            continue
        heading = _HEADING.fullmatch(line)
        kind = None if heading is None else "heading"
        plain = _STRONG.sub(r"\2", line if heading is None else heading[2]).strip()
        if plain:
            yield TextLine(plain, kind=kind)


def _from_json(text: str) -> tuple[list[TextLine], tuple[Note, ...]] | None:
    """Give the text in a JSON document; None where it is none, or holds none."""
    if not text.lstrip().startswith(("{", "[{", '["', "[\n")):
        return None
    try:
        told = list(_texts(json.loads(text), under_key=False))
        notes: tuple[Note, ...] = ()
    except (ValueError, RecursionError):
        told = [_unescaped(match[1]) for match in _TOLD.finditer(text)]
        notes = (Note(REPAIRED_JSON, "The model's JSON is broken: what could be made out of it is here.", flag=True),)
    lines = [TextLine(line.strip()) for one in told for line in one.splitlines() if line.strip()]
    return (lines, notes) if lines else None


def _texts(value: object, *, under_key: bool) -> Iterator[str]:
    match value:
        case str():
            if under_key:
                yield value
        case list():
            for one in value:
                yield from _texts(one, under_key=under_key or isinstance(one, str))
        case dict():
            for key, one in value.items():
                yield from _texts(one, under_key=key.casefold() in TEXT_KEYS)
        case _:
            return


def _unescaped(inside: str) -> str:
    try:
        return str(json.loads(f'"{inside}"'))
    except ValueError:
        return inside

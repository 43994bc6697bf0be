"""The page record as a file: canonical JSON, from which every other output can be made again."""

import math
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import cast

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic_core import CoreSchema, SchemaValidator

from htrkit.domain.page import RECORD_SCHEMA, Line, PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.text import encodable


class RecordUnreadable(Exception):
    """A file is not a page record of the version that this htrkit reads; the message says in what."""


class RecordJson:
    """The page record itself as an output; options do not change the truth."""

    name = "json"
    suffix = ".json"

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:  # noqa: ARG002 - every renderer takes them
        """Give the whole file."""
        return encode_record(page)


def encode_record(page: PageRecord) -> bytes:
    """Give the record as one line of JSON in UTF-8: fields in their declared order, no spaces, a newline at the end.

    Lone surrogates become U+FFFD. A confidence that is no number becomes null for a line and 0 for a character.
    """
    sound = _with_numbers(page)
    try:
        return orjson.dumps(sound, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        return orjson.dumps(_without_surrogates(sound), option=orjson.OPT_APPEND_NEWLINE)


def decode_record(content: bytes) -> PageRecord:
    """Give the record that `encode_record` wrote; raises RecordUnreadable, naming what is wrong."""
    try:
        page = cast("PageRecord", _reader().validate_json(content, strict=True))
    except ValidationError as error:
        if (schema := _schema_of(content)) not in {None, RECORD_SCHEMA}:
            raise _other_schema(schema) from error
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RecordUnreadable(f"{place}: {first['msg']}" if place else first["msg"]) from error
    if page.schema != RECORD_SCHEMA:
        raise _other_schema(page.schema)
    return page


def _schema_of(content: bytes) -> object:
    """Give the version that a record says it has, so that its fields are not blamed for being of another one."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return document.get("schema") if isinstance(document, dict) else None


def _other_schema(schema: object) -> RecordUnreadable:
    return RecordUnreadable(f"its schema version is {schema!r}, and this htrkit reads version {RECORD_SCHEMA}")


@cache
def _reader() -> SchemaValidator:
    """Build the reader once a process: it takes milliseconds."""
    return SchemaValidator(cast("CoreSchema", _exact(TypeAdapter(PageRecord).core_schema)))


def _exact(schema: object) -> object:
    """Give pydantic's schema of our dataclasses with every field required and no other allowed.

    The dataclasses are the standard library's, so that the domain needs no pydantic; what a pydantic dataclass
    would have in its configuration is said here.
    """
    if isinstance(schema, list):
        return [_exact(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: value if key == "metadata" else _exact(value) for key, value in schema.items()}
    match parts.get("type"):
        case "dataclass-args":
            return parts | {"extra_behavior": "forbid"}
        case "default":
            return parts["schema"]
        case _:
            return parts


def _with_numbers(page: PageRecord) -> PageRecord:
    if all(_is_sound(line) for line in page.lines):
        return page
    lines = tuple(line if _is_sound(line) else _sound(line) for line in page.lines)
    return replace(page, layout=replace(page.layout, lines=lines))


def _is_sound(line: Line) -> bool:
    return (line.confidence is None or math.isfinite(line.confidence)) and all(
        math.isfinite(character.confidence) for character in line.characters
    )


def _sound(line: Line) -> Line:
    characters = tuple(
        character if math.isfinite(character.confidence) else replace(character, confidence=0.0)
        for character in line.characters
    )
    told = line.confidence is not None and math.isfinite(line.confidence)
    return replace(line, characters=characters, confidence=line.confidence if told else None)


def _without_surrogates(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, tuple):
        return [_without_surrogates(part) for part in value]
    if is_dataclass(value):
        return {field.name: _without_surrogates(getattr(value, field.name)) for field in fields(value)}
    return value

"""What a CoreML file says of itself, read without coremltools, which takes seconds to import."""

from collections.abc import Iterator
from typing import BinaryIO

DESCRIPTION, METADATA, USER_DEFINED = 2, 100, 100
"""Fields of the messages Model, ModelDescription and Metadata (https://apple.github.io/coremltools/mlmodel)."""
KEY, VALUE = 1, 2
"""Fields of a map's entry."""
_BITS_OF_LENGTH = 63


class NoCoreMl(Exception):
    """The file is no CoreML model, or ends early."""


def user_metadata(file: BinaryIO) -> dict[str, str]:
    """Give the texts that the program which wrote the model put into it; raises NoCoreMl."""
    content = memoryview(file.read())
    found: dict[str, str] = {}
    for description in _messages(content, DESCRIPTION):
        for metadata in _messages(description, METADATA):
            for entry in _messages(metadata, USER_DEFINED):
                found[_text(entry, KEY)] = _text(entry, VALUE)
    return found


def _text(entry: memoryview, number: int) -> str:
    return b"".join(_messages(entry, number)).decode("utf-8", "replace")


def _messages(content: memoryview, wanted: int) -> Iterator[memoryview]:
    """Give the fields of that number that have a length: messages, texts, bytes."""
    place = 0
    while place < len(content):
        tag, place = _whole_number(content, place)
        match tag & 7:
            case 0:
                _, place = _whole_number(content, place)
            case 1:
                place += 8
            case 2:
                length, start = _whole_number(content, place)
                place = start + length
                if tag >> 3 == wanted and place <= len(content):
                    yield content[start:place]
            case 5:
                place += 4
            case kind:
                raise NoCoreMl(f"no protocol buffer has a field of kind {kind}")
    if place > len(content):
        raise NoCoreMl("it ends early")


def _whole_number(content: memoryview, place: int) -> tuple[int, int]:
    """Give a number of seven bits a byte, the lowest first, and the place after it."""
    value = 0
    for shift in range(0, _BITS_OF_LENGTH + 7, 7):
        if place >= len(content):
            raise NoCoreMl("it ends early")
        byte = content[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
    raise NoCoreMl("a number in it has no end")

"""`python -m htrkit.run.report_pictures_process PARENT`: cuts pictures of the pages that it is sent, one by one."""

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import IO, Any

from htrkit.core.report_pictures import DoubtfulLine, Picture, Thumbnail
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Direction
from htrkit.run.messages import page_of
from htrkit.run.mortality import go_first_when_memory_is_short
from htrkit.run.report_pictures_cut import Asked, Cut, cut

MODULE = "htrkit.run.report_pictures_process"


def main() -> None:
    """Cut pictures until nobody asks for any."""
    go_first_when_memory_is_short()
    cut_what_is_asked(sys.stdin, sys.stdout)


def cut_what_is_asked(asked: Iterable[str], told: IO[str]) -> None:
    """Answer each line as soon as its pictures are there."""
    for line in asked:
        told.write(written_cut(cut(read_asked(line))))
        told.flush()


def written_asked(asked: Asked) -> str:
    """Give what is asked as a line; names that are no UTF-8 travel as JSON's escapes."""
    return json.dumps(asdict(asked)) + "\n"


def read_asked(line: str) -> Asked:
    """Give what `written_asked` wrote."""
    values = json.loads(line)
    lines = tuple(map(LineId, values["lines"]))
    return Asked(page_of(values["source"]), values["dpi"], values["max_megapixels"], values["record"], lines)


def written_cut(found: Cut) -> str:
    """Give the pictures of a page as a line."""
    match found:
        case Thumbnail():
            told: object = {"picture": _written(found.picture), "cause": found.cause}
        case tuple():
            told = [{**asdict(line), "picture": _written(line.picture)} for line in found]
    return json.dumps(told) + "\n"


def read_cut(line: str) -> Cut:
    """Give what `written_cut` wrote; raises ValueError, LookupError or TypeError for anything else."""
    told = json.loads(line)
    if isinstance(told, list):
        return tuple(map(_line, told))
    return Thumbnail(_picture(told["picture"]), str(told["cause"]))


def _line(told: Mapping[str, Any]) -> DoubtfulLine:
    return DoubtfulLine(
        PageKey(told["key"]),
        LineId(told["line"]),
        str(told["text"]),
        float(told["confidence"]),
        _picture(told["picture"]),
        str(told["cause"]),
        None if told["direction"] is None else Direction(told["direction"]),
    )


def _written(picture: Picture | None) -> object:
    if picture is None:
        return None
    return [b64encode(picture.content).decode("ascii"), picture.width, picture.height]


def _picture(told: Any) -> Picture | None:  # noqa: ANN401 - from JSON
    return None if told is None else Picture(b64decode(told[0]), int(told[1]), int(told[2]))


if __name__ == "__main__":
    main()

"""HTML from names that anyone may have chosen: everything passes through one door, which escapes it."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from htrkit.core.report_pictures import Picture
from htrkit.outputs.text import visible
from htrkit.ui.html_style import STYLE
from htrkit.ui.words import amount

MOST_ROWS = 200
"""Of a table; what else there is has a command that gives all of it."""
MOST_OPEN_ROWS = 20
"""A longer table is folded: a report should not be all table."""
MOST_SIGNS = 500
"""Of one cell: messages of libraries have no bounds of their own."""
_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Nothing runs and nothing is fetched, whatever a name should smuggle in."""


def text(words: object) -> str:
    """Give words as HTML shows them: no markup, no controls, no turned lines."""
    return escape(visible(_cut(str(words))))


def _cut(words: str) -> str:
    return words if len(words) <= MOST_SIGNS else f"{words[:MOST_SIGNS]}…"


def paragraph(words: str, kind: str = "") -> str:
    """Give a paragraph of plain words."""
    return f'<p class="{kind}">{text(words)}</p>' if kind else f"<p>{text(words)}</p>"


def commands(lines: Iterable[str]) -> str:
    """Give commands, one a line, to be copied."""
    listed = "\n".join(f"<li><code>{text(line)}</code></li>" for line in lines)
    return f'<ul class="commands">\n{listed}\n</ul>'


def html_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: frozenset[int] = frozenset(),
    caption: str = "",
    everything: str = "",
) -> str:
    """Give rows of plain words under their heads, the first few of very many; columns in `right` hold numbers.

    `everything` is the command that gives all of them; `caption` says what they are.
    """
    kinds = [' class="r"' if column in right else "" for column in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{text(name)}</th>' for kind, name in zip(kinds, heads, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{text(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    label = text(caption or ", ".join(heads))
    titled = f"<caption>{text(caption)}</caption>\n" if caption else ""
    table = f"<table>\n{titled}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f"{wide(table, label)}{more(len(rows) - MOST_ROWS, everything)}"


def wide(content: str, label: str) -> str:
    """Give what may be wider than the screen: it scrolls by itself, by keyboard too; `label` is HTML already."""
    return f'<div class="wide" role="region" tabindex="0" aria-label="{label}">\n{content}\n</div>'


def more(number: int, everything: str) -> str:
    """Say how many are not shown, and what shows them; nothing where all are."""
    if number <= 0:
        return ""
    where = f": <code>{text(everything)}</code>" if everything else ""
    return f'\n<p class="quiet">and {amount(number)} more{where}</p>'


def image(picture: Picture, words: str) -> str:
    """Give a picture that is part of the page, with what it shows in words."""
    content = b64encode(picture.content).decode("ascii")
    size = f'width="{picture.width}" height="{picture.height}"'
    return f'<img src="data:image/jpeg;base64,{content}" {size} alt="{text(words)}">'


def section(title: str, *parts: str) -> str:
    """Give parts of HTML under a title of plain words."""
    return f"<section>\n<h2>{text(title)}</h2>\n" + "\n".join(part for part in parts if part) + "\n</section>"


def folded(title: str, *parts: str) -> str:
    """Give parts of HTML that are shown when they are asked for."""
    return f"<details><summary>{text(title)}</summary>\n" + "\n".join(part for part in parts if part) + "\n</details>"


def foldable(title: str, rows: Sequence[object], table: str) -> str:
    """Give a table under its title, folded where it is long."""
    if len(rows) > MOST_OPEN_ROWS:
        return folded(f"{title}: {amount(len(rows))}", table)
    return f"<h3>{text(title)}</h3>\n{table}"


def document(title: str, parts: Iterable[str]) -> str:
    """Give a whole page that needs nothing from outside and runs nothing."""
    body = "\n".join(part for part in parts if part)
    return _FRAME.format(policy=POLICY, title=text(title), style=STYLE, body=body)

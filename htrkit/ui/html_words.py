"""HTML from names that anyone may have chosen: everything passes through one door, which escapes it."""

from collections.abc import Iterable, Sequence
from html import escape

from htrkit.outputs.text import visible

STYLE = """
:root{color-scheme:light dark;--quiet:#6b7280;--line:#d1d5db;--good:#2f7d4f;--bad:#b3382c;--some:#b7791f;--none:#9ca3af}
body{font:15px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2.2rem 0 .5rem}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;padding:.2rem .9rem .2rem 0;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
th{font-weight:600;white-space:nowrap}.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:13px ui-monospace,monospace}.quiet{color:var(--quiet)}.bad{color:var(--bad)}
.done{fill:var(--good)}.failed{fill:var(--bad)}.skipped{fill:var(--some)}.not-run{fill:var(--none)}
svg{display:block;width:100%;margin:.5rem 0}svg text{font:11px system-ui,sans-serif;fill:var(--quiet)}
summary{cursor:pointer;font-weight:600;margin-top:2rem}
"""
_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>"""


def text(words: object) -> str:
    """Give words as HTML shows them: no markup, no controls, no turned lines."""
    return escape(visible(str(words)))


def paragraph(words: str) -> str:
    """Give a paragraph of plain words."""
    return f"<p>{text(words)}</p>"


def commands(lines: Iterable[str]) -> str:
    """Give commands, one a line, to be copied."""
    return "<br>\n".join(f"<code>{text(line)}</code>" for line in lines)


def html_table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Give rows of plain words under their heads; columns in `right` hold numbers."""
    kinds = [' class="r"' if column in right else "" for column in range(len(heads))]
    head = "".join(f"<th{kind}>{text(name)}</th>" for kind, name in zip(kinds, heads, strict=True))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind}>{text(cell)}</td>" for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table>\n<tr>{head}</tr>\n{body}\n</table>"


def section(title: str, *parts: str) -> str:
    """Give parts of HTML under a title of plain words."""
    return f"<h2>{text(title)}</h2>\n" + "\n".join(parts)


def folded(title: str, *parts: str) -> str:
    """Give parts of HTML that are shown when they are asked for."""
    return f"<details><summary>{text(title)}</summary>\n" + "\n".join(parts) + "\n</details>"


def document(title: str, parts: Iterable[str]) -> str:
    """Give a whole page that needs nothing from outside and runs nothing."""
    return _FRAME.format(title=text(title), style=STYLE, body="\n".join(part for part in parts if part))

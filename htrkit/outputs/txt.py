"""Plain text: one line of text per line of the page, in reading order."""

from htrkit.domain.page import PageRecord
from htrkit.domain.renderers import RenderOptions
from htrkit.outputs.text import line_text, normalized


class PlainText:
    """A line that could not be read is an empty line, a page without lines an empty file."""

    name = "txt"
    suffix = ".txt"

    def render(self, page: PageRecord, options: RenderOptions) -> bytes:
        """Give the whole file, in UTF-8 without a byte-order mark."""
        return "".join(f"{normalized(line_text(line.text), options.text_form)}\n" for line in page.lines).encode()

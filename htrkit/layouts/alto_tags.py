"""ALTO's tags: the words that blocks and lines refer to for their types and languages."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from htrkit.files.xml import local_name

_KINDS = ("StructureTag", "LayoutTag", "OtherTag")
"""Those that type things, as kraken has it; roles and named entities are about content."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Each tag's type and label by its id; a tag that names no type says what a thing is, as eScriptorium writes it."""

    known: Mapping[str, tuple[str, str]]

    def label(self, element: etree._Element, *types: str) -> str | None:
        """Give the label of the first tag of one of the types, the first type first."""
        referred = [self.known[name] for name in element.get("TAGREFS", "").split() if name in self.known]
        return next((label for wanted in types for kind, label in referred if kind == wanted), None)


def read_tags(root: etree._Element) -> Tags:
    """Read all tags that have a label."""
    return Tags(
        {
            tag.get("ID", ""): (tag.get("TYPE") or "type", label)
            for tag in root.iter("*")
            if local_name(tag) in _KINDS and (label := tag.get("LABEL"))
        }
    )

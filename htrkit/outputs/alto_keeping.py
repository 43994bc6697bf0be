"""Ids and references of a given ALTO document, and where its pieces go that the schema has no place for."""

from collections.abc import Callable

from lxml import etree

from htrkit.core.xml_ids import Ids
from htrkit.files.xml import local_name
from htrkit.outputs.alto_dialect import tag
from htrkit.outputs.pruning import Removed

_REFERENCES = ("TAGREFS", "STYLEREFS", "PROCESSINGREFS", "IDNEXT", "PROCESSING", "REF")
_GROUPS = {"OrderedGroup", "UnorderedGroup"}


def make_ids_unique(root: etree._Element, ids: Ids) -> None:
    """Make every id a name of its own; references follow to the first that had the name, and dangling ones go."""
    renamed: dict[str, str] = {}
    for element in root.iter("*"):
        if (name := element.get("ID")) is not None:
            new = ids.take(name)
            renamed.setdefault(name, new)
            if new != name:
                element.set("ID", new)
    for element in root.iter("*"):
        for attribute in _REFERENCES:
            if (given := element.get(attribute)) is None:
                continue
            known = " ".join(renamed[name] for name in given.split() if name in renamed)
            if not known:
                del element.attrib[attribute]
            elif known != given:
                element.set(attribute, known)


def prune_reading_order(order: etree._Element) -> bool:
    """Take out references that have nothing to refer to, and groups that are empty then; say whether any is left."""
    for element in reversed(list(order.iterdescendants("*"))):
        owner = element.getparent()
        if owner is None:
            continue
        is_bare_reference = local_name(element) == "ElementRef" and "REF" not in element.attrib
        if is_bare_reference or (local_name(element) in _GROUPS and not len(element)):
            owner.remove(element)
    return len(order) > 0


def tags_of(root: etree._Element) -> etree._Element:
    """Give the document's Tags, made at their place where they are missing."""
    found = root.find(tag("Tags"))
    if found is None:
        found = etree.Element(tag("Tags"))
        before = [child for child in root if local_name(child) in {"Description", "Styles"}]
        root.insert(root.index(before[-1]) + 1 if before else 0, found)
    return found


def keeper(root: etree._Element, ids: Ids) -> Callable[[Removed], None]:
    """Give what keeps a refused piece: as a tag that nothing refers to, which readers pass over."""

    def keep(removed: Removed) -> None:
        owner = removed.owner.get("ID") or local_name(removed.owner)
        etree.SubElement(
            tags_of(root),
            tag("OtherTag"),
            ID=ids.take("kept_1"),
            LABEL=f"{removed.name} of {owner}",
            DESCRIPTION=removed.content,
        )

    return keep

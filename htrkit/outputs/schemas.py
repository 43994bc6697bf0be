"""The official schemas, each loaded once a process and without a network."""

from enum import StrEnum
from functools import cache
from importlib import resources

from lxml import etree


class Schema(StrEnum):
    """A schema that outputs are held to; the value is its file's name."""

    PAGE_2013 = "page-2013-07-15.xsd"
    PAGE_2019 = "page-2019-07-15.xsd"
    ALTO_42 = "alto-4-2.xsd"
    ALTO_44 = "alto-4-4.xsd"


class _Shipped(etree.Resolver):
    """Answers ALTO's import of XLink, which is an http address, with the copy beside the schema."""

    def resolve(  # type: ignore[override]  # the stubs lack the context that lxml hands in
        self,
        system_url: str,  # noqa: ARG002 - lxml's signature
        public_id: str,  # noqa: ARG002
        context: object,
    ) -> object:
        """Give the shipped file, whatever place the address names."""
        return self.resolve_string(_content("xlink.xsd"), context, base_url=None)


@cache
def loaded(schema: Schema) -> etree.XMLSchema:
    """Give the compiled schema."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Shipped())
    return etree.XMLSchema(etree.fromstring(_content(schema.value), parser))


@cache
def enumerated(schema: Schema, type_name: str) -> tuple[str, ...]:
    """Give the values that one of the schema's own simple types allows, in its order."""
    found = etree.fromstring(_content(schema.value)).iterfind(
        f"{{*}}simpleType[@name='{type_name}']/{{*}}restriction/{{*}}enumeration"
    )
    return tuple(value.get("value", "") for value in found)


def _content(name: str) -> bytes:
    return (resources.files("htrkit.outputs") / "schemas" / name).read_bytes()

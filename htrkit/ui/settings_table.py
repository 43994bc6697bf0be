"""The settings as people read them: name, value, where the value came from."""

import orjson

from htrkit.config.layers import Resolved
from htrkit.config.meanings import MEANINGS
from htrkit.ui.tables import table

SETTINGS_SCHEMA = 1


def settings_table(resolved: Resolved) -> str:
    """Give every setting with its value and origin."""
    values = resolved.settings.model_dump(mode="json")
    return table(
        ("setting", "value", "from"), [(name, _shown(values[name]), resolved.origins[name]) for name in MEANINGS]
    )


def settings_document(resolved: Resolved) -> str:
    """Give the same as JSON."""
    values = resolved.settings.model_dump(mode="json")
    settings = {name: {"value": values[name], "origin": resolved.origins[name]} for name in MEANINGS}
    return orjson.dumps({"schema": SETTINGS_SCHEMA, "settings": settings}, option=orjson.OPT_INDENT_2).decode()


def _shown(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "on" if value else "off"
        case list():
            return ",".join(str(part) for part in value)
        case _:
            return str(value)

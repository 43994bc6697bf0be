"""Models as people and programs read them."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from htrkit.models.catalog import Source
from htrkit.models.listing import Listed
from htrkit.ui.tables import pairs, table
from htrkit.ui.words import shown, size

MODELS_SCHEMA = 1


def model_table(models: Sequence[Listed], sources: Sequence[Source], *, store: Path) -> str:
    """Give what is here, what each reads, and where to find more."""
    heads = ("name", "where", "for", "script", "size", "licence")
    rows = [
        (one.name, one.where, ", ".join(one.tasks) or "?", one.script or "?", size(one.size_bytes), one.licence or "?")
        for one in models
    ]
    notes = pairs([(one.name, f"{one.note}\n{shown(one.path)}".strip()) for one in models])
    more = pairs([(one.name, f"{one.holds}\n{one.address}") for one in sources])
    return "\n".join(
        (
            table(heads, rows, right=frozenset({4})),
            f"\n{notes}",
            f"\nlocal store: {shown(store)}",
            f"\nmore models (`htrkit models get DOI` fetches one):\n{more}",
        )
    )


def model_document(models: Sequence[Listed], sources: Sequence[Source], *, store: Path) -> str:
    """Give the same as JSON."""
    document = {
        "schema": MODELS_SCHEMA,
        "store": shown(store),
        "models": [asdict(one) | {"path": shown(one.path)} for one in models],
        "more": [asdict(one) for one in sources],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

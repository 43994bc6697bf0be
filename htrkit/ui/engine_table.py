"""The engine table as people and programs read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import orjson

from htrkit.domain.engine import EngineRow, Speed, Tolerance
from htrkit.domain.names import EngineName
from htrkit.ui.tables import pairs, table

ENGINES_SCHEMA = 1
Missing = Mapping[EngineName, Sequence[str]]


def engine_table(rows: Sequence[EngineRow], missing: Missing) -> str:
    """Give one row an engine, and below what is missing here."""
    heads = ("engine", "reads", "device", "batch", "minutes/100 pages", "here")
    shown = table(
        heads,
        [
            (
                row.name,
                row.reads,
                f"{row.least_device} or more" if row.least_device == "cpu" else row.least_device,
                f"{row.batch.least}-{row.batch.most} ({row.batch.default})",
                _speed(row.speed),
                "no" if missing[row.name] else "yes",
            )
            for row in rows
        ],
    )
    lacks = [f"{row.name}: {'; '.join(missing[row.name])}" for row in rows if missing[row.name]]
    return "\n".join([shown, *(["", "missing here:", *lacks] if lacks else [])])


def engine_page(row: EngineRow, missing: Sequence[str]) -> str:
    """Give all that is known of one engine."""
    batch = row.batch
    facts = [
        ("engine", f"{row.name}: {row.title}"),
        ("here", "\n".join(missing) or "can run"),
        ("reads", str(row.reads)),
        ("least device", str(row.least_device)),
        ("model", row.default_model or "must be given with --model"),
        ("batch", f"{batch.least} to {batch.most}; {batch.default} on a GPU, {batch.default_on_cpu} on the CPU"),
        ("beams", "none" if row.beams_limit is None else f"up to {row.beams_limit}"),
        ("minutes for 100 pages", f"{_speed(row.speed)}\n{row.speed.source}"),
        ("same pages again", _tolerance(row.tolerance)),
        ("mind", "\n".join(row.warnings)),
        ("licence", row.licence),
        ("cite", row.citation),
        ("source", row.source),
    ]
    return pairs([fact for fact in facts if fact[1]])


def engine_document(rows: Sequence[EngineRow], missing: Missing) -> str:
    """Give the table as JSON."""
    engines = [asdict(row) | {"missing": list(missing[row.name])} for row in rows]
    return orjson.dumps({"schema": ENGINES_SCHEMA, "engines": engines}, option=orjson.OPT_INDENT_2).decode()


def _tolerance(tolerance: Tolerance | None) -> str:
    if tolerance is None:
        return "how far two readings may differ is not measured yet"
    return (
        "the same bytes with the same batches and threads; otherwise the same text, "
        f"points within {tolerance.points_pixels:g} px, confidences within {tolerance.confidence:g}"
    )


def _speed(speed: Speed) -> str:
    cards = [(speed.one_card, "1 GPU"), (speed.two_cards, "2 GPUs")]
    told = [f"{minutes:g} ({card})" for minutes, card in cards if minutes is not None]
    return ", ".join(told) or "not known"

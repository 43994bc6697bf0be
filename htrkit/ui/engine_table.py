"""The engine table as people and programs read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from htrkit.domain.engine import BatchRange, CpuPage, EngineRow, MemoryModel, OptionNeed, Prompting, Speed, Tolerance
from htrkit.domain.names import EngineName
from htrkit.ui.tables import pairs, table
from htrkit.ui.words import size

ENGINES_SCHEMA = 2
Missing = Mapping[EngineName, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ShownOption:
    """A setting as it is typed, and what it does."""

    setting: str
    flags: tuple[str, ...]
    default: str
    meaning: str


Options = Mapping[EngineName, Sequence[ShownOption]]
"""Of each engine, those that matter to it."""


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


def engine_page(row: EngineRow, missing: Sequence[str], options: Sequence[ShownOption]) -> str:
    """Give all that is known of one engine."""
    facts = [
        ("engine", f"{row.name}: {row.title}"),
        ("here", "\n".join(missing) or "can run"),
        ("reads", str(row.reads)),
        ("least device", str(row.least_device)),
        ("model", row.default_model or "must be given with --model"),
        ("models", "\n".join(f"{one.name}: {one.reads} ({one.address})" for one in row.models)),
        ("options", "\n".join(_option(one) for one in options)),
        ("extras", "\n".join(_extra(extra) for extra in row.extras)),
        ("batch", _batch(row.batch)),
        ("memory", "\n".join(_memory(model) for model in row.memory)),
        ("beams", "none" if row.beams_limit is None else f"up to {row.beams_limit}"),
        ("told", _told(row.prompting)),
        ("minutes for 100 pages", f"{_speed(row.speed)}\n{row.speed.source.words}"),
        ("minutes for 1,000 pages", _long_speed(row.speed)),
        ("a page on the CPU", _cpu_page(row.cpu_page)),
        ("same pages again", _tolerance(row.tolerance)),
        ("mind", "\n".join(row.warnings)),
        ("licence", row.licence),
        ("cite", row.citation),
        ("source", row.source),
    ]
    return pairs([fact for fact in facts if fact[1]])


def engine_document(rows: Sequence[EngineRow], missing: Missing, options: Options) -> str:
    """Give the table as JSON; the options of an engine are objects there, with flags, default and meaning."""
    engines = [
        asdict(row) | {"missing": list(missing[row.name]), "options": [asdict(option) for option in options[row.name]]}
        for row in rows
    ]
    return orjson.dumps({"schema": ENGINES_SCHEMA, "engines": engines}, option=orjson.OPT_INDENT_2).decode()


def _option(option: ShownOption) -> str:
    return f"{', '.join(option.flags)}: {option.meaning} (Default: {option.default}.)"


def _extra(extra: OptionNeed) -> str:
    return f"{extra.setting} needs {extra.need.module}: {extra.need.command}"


def _told(prompting: Prompting | None) -> str:
    if prompting is None:
        return ""
    words = [
        ("system prompt", prompting.system),
        ("a page", prompting.page or "nothing but the picture"),
        ("a line", prompting.line or "nothing but the picture"),
        ("writes at most", f"{prompting.most_tokens:,} tokens a page, {prompting.most_tokens_a_line:,} a line"),
        ("whose words", prompting.source),
    ]
    return "\n".join(f"{name}: {said}" for name, said in words if said)


def _tolerance(tolerance: Tolerance | None) -> str:
    if tolerance is None:
        return "how far two readings may differ is not measured yet"
    return (
        "the same bytes with the same batches and threads; otherwise the same text, "
        f"points within {tolerance.points_pixels:g} px, confidences within {tolerance.confidence:g}"
    )


def _speed(speed: Speed) -> str:
    return _minutes(speed.one_card, speed.two_cards) or "not known"


def _long_speed(speed: Speed) -> str:
    return _minutes(speed.one_card_per_1000, speed.two_cards_per_1000)


def _minutes(one_card: float | None, two_cards: float | None) -> str:
    cards = [(one_card, "1 GPU"), (two_cards, "2 GPUs")]
    return ", ".join(f"{minutes:g} ({card})" for minutes, card in cards if minutes is not None)


def _batch(batch: BatchRange) -> str:
    range_ = f"{batch.least} to {batch.most}; {batch.default} on a GPU of 46 GB, {batch.default_on_cpu} on the CPU"
    memory = "" if batch.default_memory_gb is None else f"\n{batch.default} take {batch.default_memory_gb:g} GB"
    doubt = f"\nbut: {batch.doubt}" if batch.doubt else ""
    return f"{range_}{memory}\n{batch.source.words}{doubt}"


def _memory(memory: MemoryModel) -> str:
    model, item = size(memory.model_bytes), size(memory.of_item())
    return f"{memory.precision}: {model} and {item} for each item of usual size\n{memory.source.words}"


def _cpu_page(page: CpuPage) -> str:
    measured = f"{page.seconds:g} s on one core\n{page.source.words}"
    if page.published_seconds is None or page.published is None:
        return measured
    return f"{measured}\n{page.published_seconds:g} s; {page.published.words}"

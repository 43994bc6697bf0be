"""An evaluation as people and programs read it."""

import orjson

from htrkit.core.measuring import Evaluation, Folding, Score
from htrkit.outputs.text import visible
from htrkit.ui.tables import table
from htrkit.ui.words import amount, counted, percent

EVALUATION_SCHEMA = 1
_RIGHT = frozenset({1, 2, 3})


def evaluation_report(found: Evaluation) -> str:
    """Give the tables: pages, folders, all; confusions; and what could not be compared."""
    heads = ("page", "CER", "WER", "characters", "matched by")
    rows = [(page.key, *_cells(page.score), str(page.matched)) for page in found.pages]
    folders = [(f"{name}/" if name else "./", *_cells(score), "") for name, score in found.folders.items()]
    parts = [
        table(heads, [*rows, *(folders if len(folders) > 1 else []), ("all", *_cells(found.total), "")], right=_RIGHT),
        f"compared after: {said(found.folding)}",
    ]
    if found.confusions:
        cells = [(_sign(one.truth), _sign(one.read), amount(one.times)) for one in found.confusions]
        parts.append(table(("truth", "read", "times"), cells, right=frozenset({2})))
    for what, names in (
        ("without truth", found.without_truth),
        ("not read", found.unread),
        ("truth that cannot be used", found.unusable),
    ):
        if names:
            parts.append(f"{counted(len(names), 'page')} {what}: {', '.join(names)}")
    return "\n\n".join(parts)


def evaluation_document(found: Evaluation) -> str:
    """Give the same as JSON; rates are fractions, null where the truth is empty."""
    document = {
        "schema": EVALUATION_SCHEMA,
        **_numbers(found.total),
        "folding": {
            "form": found.folding.form,
            "white_space": "folded",
            "case": "ignored" if found.folding.ignore_case else "counts",
            "punctuation": "ignored" if found.folding.ignore_punctuation else "counts",
        },
        "pages": [{"key": page.key, "matched_by": page.matched, **_numbers(page.score)} for page in found.pages],
        "folders": [{"folder": name, **_numbers(score)} for name, score in found.folders.items()],
        "confusions": [{"truth": one.truth, "read": one.read, "times": one.times} for one in found.confusions],
        "without_truth": list(found.without_truth),
        "unread": list(found.unread),
        "unusable_truth": list(found.unusable),
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def said(folding: Folding) -> str:
    """Say what does not count."""
    parts = ["white space folded", f"normal form {folding.form}"]
    parts += ["case ignored"] if folding.ignore_case else []
    parts += ["punctuation ignored"] if folding.ignore_punctuation else []
    return ", ".join(parts)


def _cells(score: Score) -> tuple[str, str, str]:
    return percent(score.characters.rate), percent(score.words.rate), amount(score.characters.length)


def _numbers(score: Score) -> dict[str, object]:
    return {
        "cer": score.characters.rate,
        "wer": score.words.rate,
        "character_errors": score.characters.errors,
        "characters": score.characters.length,
        "word_errors": score.words.errors,
        "words": score.words.length,
    }


def _sign(sign: str) -> str:
    """Name a sign so that spaces and combining marks can be told apart."""
    match sign:
        case "":
            return "(nothing)"
        case " ":
            return "(space)"
        case _:
            return f"{visible(sign)} U+{ord(sign):04X}"

"""How many seeded loops are found, and how many right lines are taken for one: the table of the quality alarms.

    python bench/alarms.py TRUTH_DATA [OUT ...]

TRUTH_DATA holds `demo` and `bench` with PAGE or ALTO; each OUT is that of a run on the same pages.
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from htrkit.core.alarms import Alarm, text_alarms
from htrkit.core.alarms_repetition import loop_in, loop_over_lines
from htrkit.domain.names import LineId
from htrkit.domain.page import Line
from htrkit.outputs.record import decode_record
from tests.fakes.loops import IN_A_LINE, LoopKind, Seeded, loop
from tests.fakes.truth_lines import pages_of

LATIN = frozenset({"Latn"})
ALPHABETS = {
    "Cyrillic": "абвгдежзиклмнопрстухя",
    "Greek": "αβγδεζηθικλμνοπρστυφχψω",
    "Hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
}
Pages = Sequence[Sequence[str]]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("outs", type=Path, nargs="*")
    parser.add_argument("--loops", type=int, default=1000, help="of each kind within a line; a quarter over lines")
    given = parser.parse_args()
    sources = {"ground truth": pages_of(given.data), **{out.name: tuple(_read(out)) for out in given.outs}}
    say = sys.stdout.write
    say("| seeded loops | made | found | share |\n|---|---:|---:|---:|\n")
    right = [line for page in sources["ground truth"] for line in page if len(line) >= 10]
    say("".join(_found(right, given.loops)))
    say("\n| right text | pages | lines | loop: lines flagged | share | script: lines flagged | ms a page |\n")
    say("|---|---:|---:|---:|---:|---:|---:|\n")
    say("".join(_falsely(name, pages) for name, pages in sources.items()))
    say("\n| seeded script | pages | found |\n|---|---:|---:|\n")
    say("".join(_strange(name, alphabet, sources["ground truth"]) for name, alphabet in ALPHABETS.items()))


def _found(right: Sequence[str], number: int) -> Iterator[str]:
    all_made = all_found = 0
    for kind in LoopKind:
        made = number if kind in IN_A_LINE else number // 4
        found = sum(_is_found(loop(kind, seed, right)) for seed in range(made))
        all_made, all_found = all_made + made, all_found + found
        yield f"| {kind} | {made} | {found} | {found / made:.1%} |\n"
    yield f"| all | {all_made} | {all_found} | {all_found / all_made:.2%} |\n"


def _is_found(seeded: Seeded) -> bool:
    if seeded.kind in IN_A_LINE:
        return loop_in(seeded.lines[0]) is not None
    found = loop_over_lines(seeded.lines)
    over = found is not None and bool({*found.lines} & {*seeded.looped})
    return over or any(loop_in(seeded.lines[number]) for number in seeded.looped)


def _falsely(name: str, pages: Pages) -> str:
    start = perf_counter()
    notes = [list(text_alarms(_lines(page), LATIN)) for page in pages]
    milliseconds = (perf_counter() - start) * 1000 / len(pages)
    lines = sum(map(len, pages))
    loops = sum(loop_in(line) is not None for page in pages for line in page)
    loops += sum(len(found.lines) for page in pages if (found := loop_over_lines(page)) is not None)
    strange = sum(note.code == Alarm.SCRIPT for of_page in notes for note in of_page)
    share = f"{loops / lines:.2%}"
    return f"| {name} | {len(pages)} | {lines} | {loops} | {share} | {strange} | {milliseconds:.0f} |\n"


def _strange(name: str, alphabet: str, pages: Pages) -> str:
    """Write a tenth of each page's lines in another script."""
    chance, found, made = random.Random(0), 0, 0  # noqa: S311 - a seed, no secret
    for page in pages:
        lines = [_rewritten(line, alphabet) if chance.random() < 0.1 else line for line in page]
        if sum(sign in alphabet for line in lines for sign in line) < 30:
            continue
        made += 1
        found += any(note.code == Alarm.SCRIPT for note in text_alarms(_lines(lines), LATIN))
    return f"| {name} | {made} | {found} |\n"


def _rewritten(line: str, alphabet: str) -> str:
    return "".join(alphabet[ord(sign) % len(alphabet)] if sign.isalpha() else sign for sign in line)


def _lines(page: Sequence[str]) -> tuple[Line, ...]:
    return tuple(Line(LineId(f"l{number}"), (), (), text=text) for number, text in enumerate(page))


def _read(out: Path) -> Iterator[tuple[str, ...]]:
    for record in sorted((out / "json").rglob("*.json")):
        yield tuple(line.text for line in decode_record(record.read_bytes()).lines)


if __name__ == "__main__":
    main()

"""Every seeded mis-set-up is named with its cause, and what validate offers for it works when it is typed.

`python bench/misset.py` prints what validate says of each.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from htrkit.cli.main import main
from htrkit.domain.exits import ExitCode
from tests.fakes.misset import MISSET, MisSet, Place, Words, words_of

Row = dict[str, str]
Validate = Callable[[Words, Place], tuple[int, list[Row]]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    for number in (1, 2, 3):
        place.scan(f"{number}.png")
    return place


@pytest.fixture
def validate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Validate:
    """Validates in this process, without a page for trial, and gives the exit code and the findings."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()

    def run(words: Words, place: Place) -> tuple[int, list[Row]]:
        monkeypatch.setattr(sys, "argv", ["htrkit", "validate", *words, "--no-try-page", "--json"])
        code: Sequence[object] | object = ExitCode.DONE
        with monkeypatch.context() as patched:
            for name, value in place.environment.items():
                patched.setenv(name, value)
            try:
                main()
            except SystemExit as ended:
                code = ended.code
        said = capsys.readouterr()
        assert said.out, said.err
        return int(code or 0), json.loads(said.out)["findings"]  # type: ignore[call-overload]  # our codes are numbers

    return run


def found_in(rows: Sequence[Row], misset: MisSet) -> list[Row]:
    alike = [row for row in rows if (row["code"], row["severity"]) == (misset.code, misset.severity)]
    return [row for row in alike if misset.cause.lower() in row["message"].lower()]


@pytest.mark.parametrize("misset", MISSET, ids=lambda misset: misset.name)
def test_the_cause_is_named_and_what_is_offered_works(misset: MisSet, place: Place, validate: Validate) -> None:
    misset.plant(place)
    words = words_of(misset, place)
    code, rows = validate(words, place)
    found = found_in(rows, misset)

    assert found, rows
    assert found[0]["mend"]
    assert found[0]["why"]
    assert (code != ExitCode.DONE) is (misset.severity == "blocker")
    if misset.mended is not None:
        _, left = validate(misset.mended(words, found[0]["mend"], place), place)
        assert not found_in(left, misset), left
        assert not [row for row in left if row["code"] in {"settings", misset.code} and row["severity"] == "blocker"]


def test_a_good_set_up_has_nothing_of_it(place: Place, validate: Validate) -> None:
    words = [str(place.scans), "-d", "cpu", "-s", "none", "-o", str(place.out)]
    code, rows = validate(words, place)

    assert (code, [row for row in rows if row["severity"] != "note"]) == (ExitCode.DONE, [])
    assert not place.out.exists()


def test_there_are_thirty_and_nine_of_ten_can_be_mended_by_typing() -> None:
    assert len(MISSET) >= 30
    assert len({misset.name for misset in MISSET}) == len(MISSET)
    assert sum(misset.mended is not None for misset in MISSET) >= 0.9 * len(MISSET)


def test_nothing_of_it_loads_a_network(place: Place, validate: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = ("torch", "kraken", "transformers")
    for name in [name for name in sys.modules if name.partition(".")[0] in loaded]:
        monkeypatch.delitem(sys.modules, name)
    for misset in MISSET[10:20]:
        misset.plant(place)
        validate(words_of(misset, place), place)

    assert not [name for name in sys.modules if name.partition(".")[0] in loaded]

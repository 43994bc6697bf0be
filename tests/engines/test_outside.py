"""Engines of other packages are found, and what is broken in one is said of that one alone."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from htrkit.domain.engine import ModelForm
from htrkit.domain.errors import UsageProblem
from htrkit.domain.names import EngineName
from htrkit.engines.catalog import ENGINES
from htrkit.engines.outside import GROUP, all_engines, engine_called, outside_engines
from htrkit.engines.own import own_row

ROW = own_row("quill", title="Reads quills", code="quill.reading:Quill", source="https://example.org")


@pytest.fixture(autouse=True)
def quill() -> Iterator[None]:
    module = ModuleType("quill")
    module.ROW = ROW  # type: ignore[attr-defined]
    module.KRAKEN = replace(ROW, name=EngineName("kraken"))  # type: ignore[attr-defined]
    module.NONE = "no row"  # type: ignore[attr-defined]
    sys.modules["quill"] = module
    yield
    del sys.modules["quill"]
    outside_engines.cache_clear()


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_an_engine_of_another_package_stands_after_ours() -> None:
    def entries() -> list[EntryPoint]:
        return [entry("quill", "quill:ROW")]

    assert all_engines(entries) == (*ENGINES, ROW)
    assert engine_called("quill", entries) is ROW


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("quill", "nowhere:ROW", "cannot be imported"),
        ("quill", "quill:ABSENT", "cannot be imported"),
        ("quill", "quill:NONE", "no EngineRow but str"),
        ("kraken", "quill:KRAKEN", "another engine's"),
        ("feather", "quill:ROW", "its row quill"),
    ],
)
def test_a_broken_one_is_said_with_its_why_and_leaves_the_others_alone(name: str, value: str, why: str) -> None:
    def entries() -> list[EntryPoint]:
        return [entry(name, value)]

    found = outside_engines(entries)
    assert found.rows == ()
    assert why in found.broken[0].words
    assert engine_called("kraken", entries) is ENGINES[0]
    if name != "kraken":
        with pytest.raises(UsageProblem, match=why):
            engine_called(name, entries)


def test_a_package_that_ends_the_process_when_it_is_imported_does_not() -> None:
    class Ends(EntryPoint):
        def load(self) -> object:
            raise SystemExit(3)

    def entries() -> list[EntryPoint]:
        return [Ends("quill", "quill:ROW", GROUP)]

    assert "SystemExit" in outside_engines(entries).broken[0].words


def test_two_packages_with_the_same_engine_are_told_apart() -> None:
    def entries() -> list[EntryPoint]:
        return [entry("quill", "quill:ROW"), entry("quill", "quill:ROW")]

    found = outside_engines(entries)
    assert (found.rows, len(found.broken)) == ((ROW,), 1)


def test_for_our_own_engines_nobody_elses_are_looked_for() -> None:
    def entries() -> list[EntryPoint]:
        raise AssertionError

    assert engine_called("kraken", entries) is ENGINES[0]


def test_an_unknown_name_is_held_against_those_of_other_packages_too() -> None:
    def entries() -> list[EntryPoint]:
        return [entry("quill", "quill:ROW")]

    with pytest.raises(UsageProblem, match="Did you mean `quill`"):
        engine_called("quil", entries)


def test_an_own_row_needs_little_and_reads_without_a_model() -> None:
    assert ROW.model_form is ModelForm.NONE
    assert ROW.batch.least <= ROW.batch.default <= ROW.batch.most
    assert ROW.memory[0].of_item() > 0

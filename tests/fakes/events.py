"""Events of every kind, as chance has them."""

from dataclasses import fields
from typing import get_args, get_type_hints

from hypothesis import strategies as st

from htrkit.domain.events import Event, WrittenFile
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Note
from htrkit.domain.sample import DeviceSample, ProcessSample

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.integers(0, 2**53)
_SECONDS = st.floats(0, 1e9)
_FILES = st.builds(WrittenFile, path=_TEXTS, size=_NUMBERS, sha256=_TEXTS)
_MAYBE = st.none() | _NUMBERS
_DEVICES = st.builds(
    DeviceSample, _TEXTS, _MAYBE, _MAYBE, st.none() | st.integers(0, 100), st.none() | st.integers(0, 120)
)
_PROCESSES = st.builds(ProcessSample, _TEXTS, _NUMBERS, _NUMBERS, _MAYBE)
_NOTES = st.builds(Note, _TEXTS, _TEXTS, st.none() | _TEXTS.map(LineId), st.booleans())
KEYS = st.sampled_from([PageKey(name) for name in ("a", "b", "c", "é/d", "not-planned")])
_VALUES: dict[object, st.SearchStrategy[object]] = {
    str: _TEXTS,
    int: _NUMBERS,
    float: _SECONDS,
    float | None: st.none() | st.floats(0, 1),
    dict[str, float]: st.dictionaries(st.sampled_from(list(Step)).map(str), _SECONDS, max_size=3),
    tuple[str, ...]: st.lists(_TEXTS, max_size=2).map(tuple),
    tuple[Note, ...]: st.lists(_NOTES, max_size=2).map(tuple),
    tuple[WrittenFile, ...]: st.lists(_FILES, max_size=2).map(tuple),
    tuple[DeviceSample, ...]: st.lists(_DEVICES, max_size=2).map(tuple),
    tuple[ProcessSample, ...]: st.lists(_PROCESSES, max_size=2).map(tuple),
    FailureClass: st.sampled_from(list(FailureClass)),
    Step: st.sampled_from(list(Step)),
    PageKey: KEYS,
    PageKey | None: st.none() | KEYS,
    tuple[PageKey, ...]: st.lists(KEYS, max_size=2).map(tuple),
}


def _of(event: type[Event]) -> st.SearchStrategy[Event]:
    hints = get_type_hints(event)
    return st.builds(event, **{field.name: _VALUES[hints[field.name]] for field in fields(event)})


EVENTS: st.SearchStrategy[Event] = st.one_of([_of(event) for event in get_args(Event)])

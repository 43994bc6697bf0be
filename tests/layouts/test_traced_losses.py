"""What tracing drew no line for is said, each kind by itself, and pages that may have lost text are to be looked at."""

from htrkit.layouts.traced_losses import Lost, notes_of


def test_where_nothing_is_lost_nothing_is_said() -> None:
    assert notes_of(Lost()) == ()


def test_each_kind_is_said_with_its_number_and_specks_hold_no_text() -> None:
    notes = notes_of(Lost(tangles=3, rings=2) + Lost(rings=2, specks=5))

    assert [(note.code, note.flag) for note in notes] == [
        ("tangles-dropped", True),
        ("rings-dropped", True),
        ("specks-dropped", False),
    ]
    assert [note.message.rpartition(" ")[2] for note in notes] == ["3.", "4.", "5."]

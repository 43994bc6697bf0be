"""Tables line up whatever the script, and no line ends in spaces."""

from htrkit.ui.tables import pairs, table


def test_columns_line_up_with_wide_letters_and_numbers_stand_right() -> None:
    lines = table(("name", "n"), [("漢字", "1"), ("abc", "100")], right=frozenset({1})).split("\n")

    assert lines == ["name    n", "----  ---", "漢字    1", "abc   100"]


def test_no_line_ends_in_spaces() -> None:
    assert all(line == line.rstrip() for line in table(("a", "b"), [("x", ""), ("", "")]).split("\n"))


def test_values_of_several_lines_stay_in_their_column() -> None:
    assert pairs([("here", "one\ntwo"), ("source", "x")]) == "here    one\n        two\nsource  x"
    assert pairs([]) == ""

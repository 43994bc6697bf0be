"""What was typed is typed again as it was, and means the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from htrkit.cli.setting_options import ROWS, Typed, takes_settings
from htrkit.cli.typed_words import words_anew, words_for, words_of
from htrkit.config.choices import Progress
from htrkit.config.layers import Layer, resolve


def typed_by(words: list[str]) -> Typed:
    """Type the words as options of a command that takes all settings."""
    heard: list[Typed] = []

    @takes_settings()
    def command(*, typed: Typed) -> None:
        heard.append(typed)

    app = typer.Typer()
    app.command()(command)
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 0, ended.output
    return heard[0]


def examples() -> Iterator[Any]:
    """Give each option once, with a value of its kind."""
    values = {str: ["-1"], int: ["3"], float: ["2.5"], bool: [], list[str]: ["txt,alto"]}
    for row in ROWS:
        flag, _, off = row.flags[-1].partition("/")
        given = values[row.kind] if row.kind in values else [str(next(iter(row.kind)))]
        yield pytest.param([flag, *given], id=flag)
        if off:
            yield pytest.param([off], id=off)


@pytest.mark.parametrize("words", examples())
def test_every_option_is_typed_again_as_it_was(words: list[str]) -> None:
    typed = typed_by(words)

    assert typed.options
    assert typed_by(list(words_of(typed))) == typed


def test_files_pairs_and_several_formats_are_typed_again(tmp_path: Path) -> None:
    (tmp_path / "htrkit.toml").touch()
    words = ["-c", str(tmp_path / "htrkit.toml"), "--set", "dpi=400", "--set", "prompt=a b", "-f", "txt", "-f", "csv"]
    again = words_of(typed_by(words))

    assert again == (f"--config={tmp_path / 'htrkit.toml'}", "--format=txt,csv", "--set=dpi=400", "--set=prompt=a b")


def test_settings_that_nobody_typed_have_words_too() -> None:
    settings = {"jobs": 8, "parallel_gpus": False, "progress": Progress.PLAIN, "clamp": False, "executor_of_old": 1}

    assert list(words_for(settings)) == ["--jobs=8", "--no-parallel-gpus", "--progress=plain"]


def test_a_resumed_run_is_told_anew_what_it_may_be_told_wherever_it_was_set() -> None:
    resolved = resolve(
        [Layer("htrkit.toml", {"retries": 3, "dpi": 400}), Layer("environment", {"max_fail_rate": "off"})]
    )

    assert set(words_anew(resolved)) == {"--retries=3", "--max-fail-rate=off"}

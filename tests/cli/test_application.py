"""The command line as it is typed: names, help, versions, mistakes."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence

import pytest

from htrkit import __version__
from htrkit.cli.main import COMMANDS
from htrkit.domain.exits import ExitCode

HEAVY = {"torch", "kraken", "transformers", "lxml", "PIL", "numpy", "cv2", "scipy", "shapely"}


def htrkit(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "htrkit", *words],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100", "TERM": "dumb", "HOME": "/nonexistent", **environment},
    )


def loaded_by(words: Sequence[str]) -> set[str]:
    code = f"import sys; sys.argv = ['htrkit', *{list(words)!r}]\nfrom htrkit.cli.main import main\ntry:\n    main()\n"
    code += "except SystemExit:\n    pass\nprint('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


def test_help_names_every_command_with_its_line() -> None:
    done = htrkit("--help")

    assert done.returncode == ExitCode.DONE
    for name, line in COMMANDS.items():
        assert re.search(rf"{name}\s+{re.escape(line)}", done.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    done = htrkit(command, "--help")

    assert done.returncode == ExitCode.DONE, done.stderr
    assert f"htrkit {command}" in done.stdout


@pytest.mark.parametrize("words", [["--help"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    assert loaded_by(words) & HEAVY == set()


def test_the_version_is_on_stdout() -> None:
    assert htrkit("--version").stdout == f"htrkit {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["run", "--nonsense", "x"], ["run", "x"], ["validate", "--segmenter", "magic"], ["run", "-o"]],
    ids=" ".join,
)
def test_mistakes_in_words_are_usage_errors_on_stderr(words: list[str]) -> None:
    done = htrkit(*words)

    assert done.returncode == ExitCode.USAGE
    assert done.stdout == ""
    assert done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_knows_commands_and_options(shell: str) -> None:
    # Where the shell is found out is no terminal's affair here: a test may run below none.
    done = htrkit("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")

    assert done.returncode == ExitCode.DONE
    assert "_HTRKIT_COMPLETE" in done.stdout


def test_completion_offers_the_options_of_a_command() -> None:
    done = htrkit(_HTRKIT_COMPLETE="complete_bash", COMP_WORDS="htrkit run --seg", COMP_CWORD="2")

    assert "--segmenter" in done.stdout.split()


def on_a_terminal(*words: str) -> str:
    """Give what a command draws on a terminal of 100 columns, without its colours."""
    ours, its = pty.openpty()
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", "TERM": "xterm", "HOME": "/nonexistent"}
    command = [sys.executable, "-m", "htrkit", *words]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment):
        os.close(its)
        drawn = b""
        try:
            while read := os.read(ours, 65536):
                drawn += read
        except OSError:  # Linux says so when nobody holds the other side any more.
            pass
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", drawn.decode())


@pytest.mark.parametrize("words", [["run", "--help"], ["cluster", "slurm", "--help"]], ids=" ".join)
def test_help_in_a_pipe_is_plain_text_below_the_names_of_panels(words: list[str]) -> None:
    said = htrkit(*words).stdout

    assert said.isascii()
    panels = [line.removesuffix(":") for line in said.splitlines() if re.fullmatch(r"[A-Z]\w+:", line)]
    assert panels[:2] == ["Arguments", "Options"]
    assert {"Reading", "Running", "Pages", "Output"} < set(panels)
    pages = said.partition("\nPages:\n")[2].partition("\n\n")[0]
    assert "--sample" in pages
    assert "--format" not in pages


@pytest.mark.parametrize("words", [["--help"], ["cluster", "--help"], ["models", "--help"]], ids=" ".join)
def test_a_list_of_commands_in_a_pipe_wraps_what_it_says_of_each(words: list[str]) -> None:
    assert "..." not in htrkit(*words, COLUMNS="60").stdout.replace("[ARGS]...", "")


def test_help_in_a_pipe_takes_the_columns_that_there_are() -> None:
    widths = [max(map(len, htrkit("run", "--help", COLUMNS=columns).stdout.splitlines())) for columns in ("60", "110")]

    assert widths[0] <= 60 < widths[1] <= 110


def test_help_in_a_pipe_loads_no_drawing() -> None:
    assert "rich" not in loaded_by(["run", "--help"])


def test_help_on_a_terminal_is_drawn() -> None:
    drawn = on_a_terminal("run", "--help")

    assert "╭─ Reading " in drawn
    assert "--engine" in drawn


def test_help_says_what_each_setting_is_without_being_asked() -> None:
    told = " ".join(htrkit("run", "--help", COLUMNS="300").stdout.split())

    assert "(Default: kraken: latin-modern.)" in told
    assert "(Default: txt,page.)" in told

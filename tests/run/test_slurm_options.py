"""What is handed to sbatch as it was typed is one option on one line, or refused."""

import pytest

from htrkit.domain.errors import UsageProblem
from htrkit.run.slurm_options import extra_lines, memory_in, named


def test_names_are_handed_on() -> None:
    assert named("--partition", "gpu,gpu-long") == ("--partition=gpu,gpu-long",)
    assert named("--account", "my group") == ('--account="my group"',)
    assert named("--account", None) == ()


@pytest.mark.parametrize("name", ["", "gpu\n#SBATCH --nodelist=x", 'a"b', "a#b"])
def test_a_name_that_sbatch_would_read_otherwise_is_refused(name: str) -> None:
    with pytest.raises(UsageProblem, match="--partition"):
        named("--partition", name)


@pytest.mark.parametrize("words", ["64G", "4000", "0", "2t"])
def test_memory_is_handed_on(words: str) -> None:
    assert memory_in(words) == words


def test_no_memory_is_left_to_the_estimate() -> None:
    assert memory_in(None) is None


@pytest.mark.parametrize("words", ["", "64 GB", "much", "64G\n", "-1"])
def test_what_is_no_memory_is_refused(words: str) -> None:
    with pytest.raises(UsageProblem, match="64G"):
        memory_in(words)


def test_further_lines_may_bring_their_sbatch_with_them() -> None:
    lines = ("--constraint=l40s", " #SBATCH --nice=100 --exclude=node7 ", "-q long")

    assert extra_lines(lines) == ("--constraint=l40s", "--nice=100 --exclude=node7", "-q long")


@pytest.mark.parametrize("line", ["", "module load cuda", "--nice=1\nreboot"])
def test_further_lines_that_are_no_options_are_refused(line: str) -> None:
    with pytest.raises(UsageProblem, match="--constraint"):
        extra_lines((line,))

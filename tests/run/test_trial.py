"""A page is read for trial by a real process, nothing of it is kept, and whatever becomes of it is said."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from htrkit.config.settings import Settings
from htrkit.core.limits import cpu_limits
from htrkit.domain.errors import UsageProblem
from htrkit.domain.finding import Severity
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.domain.trial import Trial
from htrkit.engines.catalog import KRAKEN
from htrkit.run.bench import Bench
from htrkit.run.model_file import ModelFile
from htrkit.run.processes import module_command
from htrkit.run.trial import page_named, tried
from htrkit.run.workforce import Workforce

MODEL = ModelFile(Path("model"), ModelFacts("model", "0"))
BENCH = Bench(Settings(), KRAKEN, MODEL, MODEL, Reading("kraken", "7"), Path())
PAGES = [PageSource(PageKey(f"{box}/{name}"), f"scans/{box}/{name}.jpg") for box in "ab" for name in ("1", "x", box)]


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Trial]:
    """Reads a page that does what its name says, in a process without a network; temporary folders are ours."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def read(name: str, module: str = "tests.fakes.chaos_worker") -> Trial:
        def crewed(force: Workforce) -> Workforce:
            rules = replace(force.rules, limits=cpu_limits(segment_seconds=0.5))
            return replace(force, command=module_command(module), rules=rules)

        page = PageSource(PageKey(name), f"{name}.jpg", image_name=f"{name}.jpg")
        found = tried(BENCH, page, (), crewed=crewed)
        assert list(tmp_path.iterdir()) == []
        return found

    return read


@pytest.mark.slow
def test_what_was_read_is_given_with_what_it_cost_and_nothing_is_kept(trial: Callable[..., Trial]) -> None:
    found = trial("good-1")

    assert found.finding is None
    assert found.record is not None
    assert (found.record.key, len(found.record.lines)) == ("good-1", 3)
    assert found.seconds > 0
    assert found.pages_a_minute == pytest.approx(60 / found.seconds)
    assert found.start_seconds > 0
    assert found.memory_bytes > 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "failure"), [("fail-1", "broken"), ("segfault-1", "died"), ("hang-1", "timeout"), ("raise-1", "bug")]
)
def test_a_page_that_fails_kills_or_holds_its_process_is_a_finding(
    trial: Callable[..., Trial], name: str, failure: str
) -> None:
    found = trial(name)

    assert found.record is None
    assert found.pages_a_minute is None
    assert found.finding is not None
    assert (found.finding.code, found.finding.severity) == ("trial", Severity.WARNING)
    assert failure in found.finding.message
    assert "--no-try-page" in found.finding.mend


@pytest.mark.slow
def test_a_process_that_cannot_load_its_model_is_a_blocker_with_the_cause(trial: Callable[..., Trial]) -> None:
    found = trial("good-1", "tests.fakes.cannot_load").finding

    assert found is not None
    assert (found.code, found.severity) == ("model-load", Severity.BLOCKER)
    assert "m.safetensors: the network in this model is none" in found.message
    assert "-m latin-modern" in found.mend


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("1", "a/1"),
        ("6", "b/b"),
        ("b/x", "b/x"),
        ("scans/b/1.jpg", "b/1"),
        ("a.jpg", "a/a"),
        ("b", "b/b"),
    ],
)
def test_a_page_goes_by_number_name_path_or_file(wanted: str, key: str) -> None:
    assert page_named(PAGES, wanted).key == key


def test_a_name_that_two_pages_have_and_one_that_none_has_are_refused_with_what_to_type() -> None:
    with pytest.raises(UsageProblem, match="2 pages are called so") as several:
        page_named(PAGES, "x")
    assert "a/x, b/x" in several.value.mend
    for wanted in ("7", "0", "nobody", "-1"):
        with pytest.raises(UsageProblem, match="no such page among the 6") as none:
            page_named(PAGES, wanted)
        assert "--try-page a/1" in none.value.mend

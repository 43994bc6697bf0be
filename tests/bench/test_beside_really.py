"""With real networks: kraken's classes are called as they are now, and htrkit's stages give up their forward passes."""

import os
from pathlib import Path

import pytest

from bench.beside.contenders import API, FP32, Job, had
from bench.beside.limits import Calling, alone
from bench.beside.measuring import Broken, measured
from bench.beside.pages import EXAMPLES, Pages, copied, sources
from bench.beside.setting import CPU, MEDIEVAL, MODERN, Lines, Setup
from bench.beside.steps import STEPS_FILE, AloneStep, steps_in

GIVEN = Setup(MODERN, Lines.GIVEN)
"""The examples are of the 19th century and later."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return copied(sources(EXAMPLES / "pages")[:2], tmp_path_factory.mktemp("pages") / "given", Lines.GIVEN)


@pytest.mark.slow
def test_krakens_classes_read_page_by_page_and_their_networks_are_timed(pages: Pages, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    measured(API.commands(Job(GIVEN, pages.one, out, CPU)), out, environment=os.environ, card=None)
    assert (out / "000.txt").read_text().strip()
    (steps,) = steps_in(out / STEPS_FILE)
    assert 0 < steps.seconds[AloneStep.READ_NETWORK] < steps.seconds[AloneStep.READ]


@pytest.mark.slow
def test_the_networks_alone_are_timed_page_by_page_in_processes_side_by_side(pages: Pages, tmp_path: Path) -> None:
    setup = Setup(MEDIEVAL, Lines.GIVEN)
    found = alone(setup, pages.all, tmp_path / "alone", Calling(tuple(had(FP32.settings)), CPU, 2, os.environ))
    assert sorted(page.page for page in found.cpu) == ["000", "001"]
    assert found.network_cpu_seconds > 0
    assert found.open_cpu_seconds > 0
    for page in found.wall:
        assert page.seconds[AloneStep.READ_NETWORK] < page.seconds[AloneStep.READ]


@pytest.mark.slow
def test_a_process_that_cannot_load_its_networks_is_told_with_its_last_words(pages: Pages, tmp_path: Path) -> None:
    absent = Setup(tmp_path / "absent.safetensors", Lines.GIVEN)
    with pytest.raises(Broken, match=r"the networks alone: .*absent"):
        alone(absent, pages.all, tmp_path / "alone", Calling((), CPU, 1, os.environ))

"""A page worker whose networks are on a device server loads no library of networks: it starts at once, and is small."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes.kraken_networks import line_network, map_network, written
from tests.fakes.polyscriptors_models import write_polyscriptors
from tests.fakes.pylaia_models import plan, write_model
from tests.fakes.trocr_models import LESSONS, write_trocr

pytestmark = pytest.mark.slow

PROGRAM = """
import sys
import numpy as np
from htrkit.domain.failure import Step
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts, Reading
from htrkit.domain.source import PageSource
from htrkit.domain.stages import Raw
from htrkit.run import page_process
from htrkit.run.messages import SetUp
from htrkit.run.served_inference import ServedInference
from htrkit.run.worker_setup import bench_from, worker_from
from htrkit.run.workshop import stages_of

engine, model, segmentation, picture, out = sys.argv[1:]

class Elsewhere:
    def results(self, step, stage, items):
        return [Raw((np.array([3, 0, 4], np.int32), np.ones(3, np.float32))) for _ in items]

facts = ModelFacts("m", "0" * 64)
order = SetUp(
    {"segmenter": "none"}, engine, (model, facts), (segmentation, facts), Reading(engine, "1"), out, 1, served=True
)
worker = worker_from(order, entered=lambda step: None, inference=Elsewhere())
done = worker.work(PageSource(PageKey("p"), picture, image_name="p.png"))
if segmentation != "none":
    stages_of(bench_from(order), "cpu", computes=False)[Step.SEGMENT]()
heavy = ("torch", "kraken", "transformers", "openvino", "pypdfium2")
print(done.lines, [name for name in heavy if name in sys.modules])
"""


def pylaia(folder: Path) -> Path:
    write_model(folder / "pylaia", plan(sequencer="none"))
    return folder / "pylaia"


def polyscriptors(folder: Path) -> Path:
    (folder / "poly").mkdir()
    write_polyscriptors(folder / "poly")
    return folder / "poly"


def kraken(folder: Path) -> Path:
    return written(line_network(), folder, "lines")


def loaded(engine: str, model: Path, folder: Path, segmentation: Path | None = None) -> str:
    """Let a page worker do a page, and give its lines and the libraries that it has loaded."""
    picture = folder / "p.png"
    LESSONS[0].picture().save(picture)
    words = [sys.executable, "-c", PROGRAM, engine, str(model), str(segmentation or "none"), str(picture), str(folder)]
    environment = {**os.environ, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("made", [pylaia, polyscriptors])
def test_one_for_pylaia_reads_the_plan_without_torch(made: Callable[[Path], Path], tmp_path: Path) -> None:
    assert loaded("pylaia", made(tmp_path), tmp_path) == "1 []"


def test_one_for_kraken_has_what_stands_around_both_networks_from_the_cache(tmp_path: Path) -> None:
    segmentation = written(map_network(), tmp_path, "maps")
    assert loaded("kraken", kraken(tmp_path), tmp_path, segmentation) == "1 []"


def test_one_for_trocr_has_it_asked_of_transformers_by_another_process(tmp_path: Path) -> None:
    assert loaded("trocr", write_trocr(tmp_path / "trocr", steps=0), tmp_path) == "1 []"

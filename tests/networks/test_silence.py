"""OpenVINO talks to nobody, and a process that reads with a graph needs neither torch nor kraken."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from htrkit.networks.converting import convert
from htrkit.networks.kept import FOLDER, RECOGNITION, SEGMENTATION, entry_name
from tests.fakes.kraken_networks import line_network, map_network, written

pytestmark = pytest.mark.slow

NO_TALK = """
import socket, sys

def forbidden(event, _):
    if event.startswith("socket."):
        raise SystemExit(f"{event}: it wants to talk")

sys.addaudithook(forbidden)

class NoSocket(socket.socket):
    def __init__(self, *_, **__):
        raise SystemExit("a socket was opened")

socket.socket = NoSocket
"""
NOTHING_OF_TELEMETRY = """
loaded = [name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module is not None]
assert loaded == [], loaded
"""


def run(script: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_hook_would_see_whoever_talks() -> None:
    """The mutant of the tests below."""
    script = NO_TALK + "import _socket\n_socket.socket().connect(('127.0.0.1', 9))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "it wants to talk" in done.stderr


def test_a_conversion_talks_to_nobody(tmp_path: Path) -> None:
    model = written(line_network(), tmp_path)
    convert_it = """
from htrkit.networks.converting import main
assert main(sys.argv[1], "recognition", sys.argv[2]) == 0
"""
    run(NO_TALK + convert_it + NOTHING_OF_TELEMETRY, str(model), str(tmp_path / "entry"))
    assert (tmp_path / "entry" / "network.bin").is_file()


READ = """
import numpy as np
from pathlib import Path
from htrkit.domain.engine import Precision
from htrkit.networks.cpu import CpuLines, CpuMaps
from htrkit.networks.kept import read_entry

lines, maps = (read_entry(Path(place)) for place in sys.argv[1:3])
read = CpuLines(lines.graph, Precision.SINGLE, 1).frames([np.zeros((1, 12, 40), dtype=np.float32)])
seen = CpuMaps(maps.graph, Precision.SINGLE, 1).logits(np.zeros((1, 24, 40), dtype=np.float32))
assert len(read[0][0]) == 10 and seen.shape == (4, 12, 20)
"""
LOADED = """
import json
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
HEAVY = {"torch", "torchvision", "kraken", "scipy", "skimage", "lightning", "coremltools", "sklearn", "pandas"}


def test_reading_talks_to_nobody_and_loads_neither_torch_nor_kraken(tmp_path: Path) -> None:
    convert(written(line_network(), tmp_path, "lines"), RECOGNITION, tmp_path / "l")
    convert(written(map_network(), tmp_path, "maps"), SEGMENTATION, tmp_path / "m")
    told = run(NO_TALK + READ + NOTHING_OF_TELEMETRY + LOADED, str(tmp_path / "l"), str(tmp_path / "m"))
    assert HEAVY.isdisjoint(json.loads(told.splitlines()[-1]))


STAGES = """
from pathlib import Path
from PIL import Image
from htrkit.domain.computing import Computing, CpuBackend
from htrkit.domain.names import PageKey
from htrkit.domain.page import ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage
from htrkit.engines.kraken_lines import KrakenLines
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.layouts.sidecar import read_sidecar
from htrkit.domain.geometry import Size

def order(model):
    return LoadOrder(model, ModelFacts("m", "0" * 64), computing=Computing(CpuBackend.OPENVINO), cache=sys.argv[3])

def done(stage, page):
    prepared = stage.prepare(page)
    return stage.finish(prepared, stage.infer(prepared.items))

picture = Image.open(sys.argv[4]).convert("RGB")
truth = Path(sys.argv[5])
layout = read_sidecar(truth.read_bytes(), name=truth.name, image=Size(*picture.size))
read = done(KrakenLines(order(sys.argv[1])), OpenPage(PageKey("p"), picture, layout))
assert any(line.text for line in read.lines), read
done(KrakenBaselines(order(sys.argv[2])), OpenPage(PageKey("p"), picture))
"""


def test_stages_on_the_cpu_load_neither_torch_nor_kraken_and_talk_to_nobody(tmp_path: Path) -> None:
    examples = Path(__file__).parents[2] / "examples"
    lines, maps = written(line_network(), tmp_path, "lines"), written(map_network(), tmp_path, "maps")
    for model, task in ((lines, RECOGNITION), (maps, SEGMENTATION)):
        convert(model, task, tmp_path / FOLDER / entry_name((model,), task))
    picture, truth = examples / "pages" / "letter-cork.jpg", examples / "truth" / "letter-cork.xml"
    told = run(NO_TALK + STAGES + NOTHING_OF_TELEMETRY + LOADED, *map(str, (lines, maps, tmp_path, picture, truth)))
    assert HEAVY.isdisjoint(json.loads(told.splitlines()[-1]))

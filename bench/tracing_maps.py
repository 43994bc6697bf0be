"""Heat maps of pages and Kraken's layouts of them, made or from a cache: what `tracing_agreement.py` compares."""

import os
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from htrkit.domain.names import PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, ModelFacts
from htrkit.domain.stages import LoadOrder, OpenPage
from htrkit.files.kraken_models import load_network
from htrkit.layouts import kraken_tracing
from htrkit.layouts.heat_map import HeatMap, MapClasses
from htrkit.layouts.kraken_baselines import KrakenBaselines
from htrkit.run.model_choice import krakens_own_segmentation

HERE = Path(__file__).resolve().parent.parent
PICTURES = {".jpg", ".jpeg", ".png", ".tif", ".tiff"}
ORIGIN = LayoutOrigin(LayoutKind.KRAKEN, "blla")


@dataclass(frozen=True, slots=True)
class Known:
    """A page's map, what its channels mean, and Kraken's layout of it with the CPU seconds that it took."""

    heat: HeatMap
    metadata: Mapping[str, Any]
    layout: Layout
    seconds: float


def taken(folder: Path | None, cache: Path | None, every: int, number: int) -> Iterator[tuple[str, Known]]:
    """Give pages with their maps and Kraken's layouts, from the cache where they are there."""
    pictures = {named(path): path for path in found(folder)}
    kept = {path.stem for path in cache.glob("*.npz")} if cache else set()
    names = sorted(kept) if kept and not folder else [*pictures]
    order = LoadOrder(str(krakens_own_segmentation()), ModelFacts("blla", "0" * 64))
    stage = None
    for name in names[::every][: number or None]:
        known = read(cache / f"{name}.npz") if cache else None
        if known is None:
            stage = stage or KrakenBaselines(order)
            known = traced_by_kraken(pictures[name], order, stage)
            if cache:
                write(cache / f"{name}.npz", known)
        yield name, known


def found(folder: Path | None) -> Sequence[Path]:
    """Give the pictures below a folder, or of the shared pages."""
    shared = Path(os.environ.get("HTRKIT_SHARED", HERE.parent / "shared")) / "data"
    folders = [folder] if folder else [shared / "demo", shared / "bench"]
    if not any(place.is_dir() for place in folders):
        folders = [HERE / "examples" / "pages"]
    return sorted(path for place in folders for path in place.rglob("*") if path.suffix.lower() in PICTURES)


def named(picture: Path) -> str:
    """Give a page's name in the cache."""
    return "__".join(picture.with_suffix("").parts[-3:])


def traced_by_kraken(picture: Path, order: LoadOrder, stage: KrakenBaselines) -> Known:
    """Run the network and Kraken's tracing."""
    image = Image.open(picture)
    image = image if image.mode in {"1", "L", "RGB"} else image.convert("RGB")
    prepared = stage.prepare(OpenPage(PageKey(picture.stem), image))
    (raw,) = stage.infer(prepared.items)
    grey = prepared.kept[0]
    heat = HeatMap(sigmoid(raw.arrays[0]), grey, (image.width / grey.shape[1], image.height / grey.shape[0]))
    metadata = load_network(order, task="segmentation").user_metadata
    start = time.process_time()
    layout = kraken_tracing.traced(heat, MapClasses.of(metadata), origin=ORIGIN, direction=None)
    return Known(heat, metadata, layout, time.process_time() - start)


def read(path: Path) -> Known | None:
    """Read a page of the cache; None where it is not there."""
    if not path.exists() or not path.with_suffix(".pkl").exists():
        return None
    maps = np.load(path)
    kept = pickle.loads(path.with_suffix(".pkl").read_bytes())  # noqa: S301 - the reader's own, as the docstring asks
    heat = HeatMap(sigmoid(maps["logits"]), maps["grey"], tuple(maps["scale"].tolist()))
    return Known(heat, kept["metadata"], kept["layout"], kept["seconds"][1])


def write(path: Path, page: Known) -> None:
    """Keep a page in the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.clip(page.heat.values, 1e-7, 1 - 1e-7)
    logits = np.log(values / (1 - values))
    np.savez_compressed(path, logits=logits, grey=page.heat.grey, scale=np.array(page.heat.scale))
    kept = {"layout": page.layout, "metadata": page.metadata, "seconds": (0.0, page.seconds)}
    path.with_suffix(".pkl").write_bytes(pickle.dumps(kept))


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give what the network's last layer would."""
    return 1 / (1 + np.exp(-logits))

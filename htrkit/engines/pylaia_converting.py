"""`python -m htrkit.engines.pylaia_converting MODEL FOLDER`: a PyLaia network becomes an entry of the cache.

In a process of its own, as kraken's do: whoever reads with the graph needs no torch, and what ends the conversion ends
nothing else.
"""

import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from htrkit.domain.errors import PreflightRefused
from htrkit.files.pylaia_folder import pylaia_files
from htrkit.networks.conversion import told
from htrkit.networks.keeping import write_entry
from htrkit.networks.kept import About, Kept
from htrkit.networks.store import convert_apart, found_already, kept_or_made

TASK = "pylaia"
CONVERTING = "htrkit.engines.pylaia_converting"


def kept_symbols(place: Path, task: str, cache: Path | None) -> Kept:
    """Give the entry of a model, by its folder or a checkpoint, which is made where there is none.

    Raises PreflightRefused for what is no model, and NotConverted.
    """
    return kept_or_made(_files(place), task, cache, partial(convert_apart, place, (CONVERTING, str(place))))


def symbols_already(place: Path, task: str, cache: Path | None) -> Kept | None:
    """Give the entry of a model where there is one; None for what is no model, too."""
    with suppress(PreflightRefused):
        return found_already(_files(place), task, cache)
    return None


def convert(place: Path, entry: Path) -> None:
    """Write the network's graph alone: plan and symbols are read from the model's own files.

    Raises PreflightRefused, OSError, and whatever building the graph raises.
    """
    from htrkit.engines.pylaia_checkpoint import load_pylaia  # noqa: PLC0415 - torch: a second, and a quarter GB
    from htrkit.networks import pylaia_graph  # noqa: PLC0415 - as above

    network, _ = load_pylaia(place)
    plan = network.plan
    height = plan.height if plan.fixed_height else 0
    about = About(plan.channels, height, boxes=False, legacy_polygons=False, codec={}, metadata={})
    write_entry(entry, about, partial(pylaia_graph.line_graph, network))


def _files(place: Path) -> list[Path]:
    return [path for _, path in pylaia_files(place).named]


if __name__ == "__main__":
    sys.exit(told(lambda: convert(Path(sys.argv[1]), Path(sys.argv[2]))))

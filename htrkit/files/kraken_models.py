"""Kraken model files, loaded for one task with errors that name the file."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kraken.models import load_models

from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import LoadOrder

LOUD = ("kraken", "coremltools", "lightning", "lightning.fabric", "lightning.pytorch")


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries' warnings about their own affairs (missing optional packages, versions) from the user."""
    levels = {name: logging.getLogger(name).level for name in LOUD}
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def load_network(order: LoadOrder, *, task: str) -> Any:  # noqa: ANN401 - kraken's models share no typed base
    """Give the file's first model for `task` (`recognition`, `segmentation`), in evaluation mode on the order's device.

    Raises PreflightRefused where the file holds none.
    """
    with quiet_libraries():
        try:
            models = [model for model in load_models(order.path) if task in model.model_type]
        except (ValueError, RuntimeError, OSError) as error:
            raise PreflightRefused(
                f"{order.path}: Kraken cannot load this model: {' '.join(str(error).split())}.",
                mend="Give a model made by Kraken (.safetensors or .mlmodel); `htrkit models` lists some.",
            ) from error
    if not models:
        raise PreflightRefused(
            f"{order.path}: no {task} model is in this file.",
            mend=f"Give a Kraken {task} model; `htrkit models` lists some.",
        )
    model = models[0]
    model.eval()
    model.nn = model.nn.to(order.device)
    return model

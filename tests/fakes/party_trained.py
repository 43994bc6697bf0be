"""A small model of Party's own class that knows three pages by heart: by their colours, and by where the lines are."""

from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from kraken.containers import BaselineLine
from kraken.models import write_safetensors
from PIL import Image, ImageDraw

from tests.fakes import sidecars

WIDTH, HEIGHT = 300, 500
MODEL_SIZE = (224, 112)
"""Of the pictures that the model takes, height first, in another proportion than the pages."""
BASELINES = (((30, 120), (270, 124)), ((30, 260), (270, 264)), ((30, 400), (270, 404)))
TEXTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"blue": ("Abc", "zwölf", "ein b"), "red": ("Rot", "9 Uhr", "ü"), "pale": ("x", "von", "ſo")}
)
_INK = {"blue": (20, 20, 220), "red": (220, 20, 20), "pale": (90, 90, 90)}
_PAPER = {"blue": (250, 250, 255), "red": (255, 250, 250), "pale": (190, 190, 190)}
ENOUGH = 0.02
MOST_STEPS = 400


def party_is_here() -> bool:
    """Tell whether Party's own package is installed."""
    return any(entry.value.startswith("party.") for entry in entry_points(group="kraken.models", name="PartyModel"))


def picture(name: str) -> Image.Image:
    drawn = Image.new("RGB", (WIDTH, HEIGHT), _PAPER[name])
    pen = ImageDraw.Draw(drawn)
    for (left, top), (right, _) in BASELINES:
        pen.rectangle([left + 10, top - 40, right - 10, top], fill=_INK[name])
    return drawn


def outline(place: int) -> list[tuple[int, int]]:
    (left, top), (right, _) = BASELINES[place]
    return [(left, top - 40), (right, top - 40), (right, top + 10), (left, top + 10)]


def write_pages(folder: Path) -> None:
    """Write each page as PNG beside its PAGE XML."""
    folder.mkdir()
    for name in TEXTS:
        picture(name).save(folder / f"{name}.png")
        lines = [sidecars.line(f"l{place}", _shape(place)) for place in range(len(BASELINES))]
        size = f'imageWidth="{WIDTH}" imageHeight="{HEIGHT}"'
        document = sidecars.page(sidecars.region("r", *lines), size=size).replace('"1.jpg"', f'"{name}.png"')
        (folder / f"{name}.xml").write_text(document.replace(sidecars.REGION, _points("Coords", [(1, 1), (299, 499)])))


def trained() -> Any:
    """Give the model; its encoder stays as chance made it, and the rest learns in about a minute of one core."""
    from party.party import PartyModel, _box_prompt_fn, _curve_prompt_fn  # noqa: PLC0415 - not everybody has it

    torch.manual_seed(0)
    model = PartyModel(model_variant="tiny", image_size=MODEL_SIZE, pretrained=False)
    lines = [BaselineLine(id="l", baseline=list(BASELINES[place]), boundary=outline(place)) for place in range(3)]
    prompts = {
        "curves": torch.tensor([_curve_prompt_fn(line, (WIDTH, HEIGHT)) for line in lines]).view(-1, 4, 2),
        "boxes": torch.tensor([_box_prompt_fn(line, (WIDTH, HEIGHT)) for line in lines]).view(-1, 4, 2),
    }
    _learn(model, prompts)
    return model.eval()


def write_trained(model: Any, place: Path) -> Path:
    """Write it as Party's training does: nothing is said of the weights that it began with."""
    model.user_metadata = {"model_variant": "tiny", "image_size": list(MODEL_SIZE), "accuracy": [], "metrics": []}
    write_safetensors([model], place)
    return place


def _learn(model: Any, prompts: Mapping[str, torch.Tensor]) -> None:
    from party.dataset import get_default_transforms  # noqa: PLC0415 - as above

    scaled = get_default_transforms(MODEL_SIZE)
    with torch.no_grad():
        features = model.eval().nn["encoder"](torch.stack([scaled(picture(name)) for name in TEXTS]))[0]
    wanted = [model.tokenizer.encode(text) for texts in TEXTS.values() for text in texts] * len(prompts)
    tokens = torch.zeros(len(wanted), max(map(len, wanted)), dtype=torch.long)
    for row, ids in zip(tokens, wanted, strict=True):
        row[: len(ids)] = torch.tensor(ids)
    target = torch.where(tokens[:, 1:] == 0, -100, tokens[:, 1:])
    weights = [weight for name, weight in model.named_parameters() if not name.startswith("nn.encoder")]
    optimizer = torch.optim.AdamW(weights, lr=1e-3)
    for _ in range(MOST_STEPS):
        pages = model.nn["adapter"](features)
        shown = [model.nn["line_embedding"](**{kind: places}).unsqueeze(1) for kind, places in prompts.items()]
        hidden = torch.cat([page + lines for lines in shown for page in pages.unsqueeze(1)])
        scores = model(tokens[:, :-1], encoder_hidden_states=hidden)
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss.item() < ENOUGH:
            return
    raise AssertionError(f"the model has not learnt its lines: {loss.item()}")


def _shape(place: int) -> str:
    return _points("Coords", outline(place)) + _points("Baseline", BASELINES[place])


def _points(name: str, points: Any) -> str:
    return f'<{name} points="{" ".join(f"{x},{y}" for x, y in points)}"/>'

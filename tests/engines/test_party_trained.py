"""A model of Party's own class reads, through whole runs, exactly the lines that it was trained on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from kraken.containers import BaselineLine, Segmentation
from PIL import Image

from htrkit.cli.main import main
from htrkit.domain.geometry import Size
from htrkit.domain.names import LineId, PageKey
from htrkit.domain.page import Layout, LayoutKind, LayoutOrigin, Line, ModelFacts
from htrkit.domain.stages import LinePrompt, LoadOrder, OpenPage, ReadingOptions
from htrkit.engines.catalog import PARTY
from htrkit.engines.party_lines import PartyLines
from htrkit.engines.party_plugin import PartyNetwork
from tests.fakes.party_trained import (
    BASELINES,
    TEXTS,
    outline,
    party_is_here,
    picture,
    trained,
    write_pages,
    write_trained,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not party_is_here(), reason=f"needs Party's own package, which no registry has: {PARTY.needs[-1].command}"
    ),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
EXPECTED = {name: list(texts) for name, texts in TEXTS.items()}


@pytest.fixture(scope="module")
def learnt() -> Any:
    return trained()


@pytest.fixture(scope="module")
def model(learnt: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trained(learnt, tmp_path_factory.mktemp("model") / "party.safetensors")


@pytest.fixture
def run(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, list[str]]]:
    """Give what transcribes the three pages with `htrkit run`, and gives the text of each."""

    def transcribe(*more: str) -> dict[str, list[str]]:
        write_pages(tmp_path / "pages")
        words = ["run", str(tmp_path / "pages"), "-o", str(tmp_path / "out"), "-e", "party", "-m", str(model)]
        words += ["-d", "cpu", "--allow-slow-cpu", "--yes", "--workforce", "inline", "--progress", "none", *more]
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(sys, "argv", ["htrkit", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code in {0, None}
        return {name: (tmp_path / "out/txt" / f"{name}.txt").read_text().splitlines() for name in TEXTS}

    return transcribe


def page(name: str, *odd: Line) -> OpenPage:
    lines = tuple(Line(LineId(f"l{place}"), tuple(outline(place)), BASELINES[place]) for place in range(3))
    layout = Layout(LayoutOrigin(LayoutKind.PAGE_XML, "p.xml"), lines=lines[:1] + odd + lines[1:])
    return OpenPage(PageKey(name), picture(name), layout)


def stage(model: Path, options: ReadingOptions | None = None) -> PartyLines:
    return PartyLines(LoadOrder(str(model), ModelFacts("m", "0" * 64), options=options or ReadingOptions()))


def read(reader: PartyLines, opened: OpenPage) -> Layout:
    prepared = reader.prepare(opened)
    return reader.finish(prepared, reader.infer(prepared.items))


def texts(layout: Layout) -> list[str]:
    return [line.text for line in layout.lines]


@pytest.mark.parametrize("prompt", list(LinePrompt))
def test_a_run_gives_exactly_the_lines_that_were_learnt(run: Any, tmp_path: Path, prompt: LinePrompt) -> None:
    assert run("-f", "txt,page,alto,hocr", "--set", f"party_prompt={prompt}") == EXPECTED
    record = json.loads((tmp_path / "out/json/blue.json").read_text())
    assert [line["text"] for line in record["layout"]["lines"]] == EXPECTED["blue"]
    assert all(0 < line["confidence"] <= 1 for line in record["layout"]["lines"])
    for folder in ("page", "alto"):
        assert "zwölf" in (tmp_path / "out" / folder / "blue.xml").read_text()


# A step that is broken on purpose


def test_colours_in_another_order_are_read_otherwise(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled = PartyLines._scaled
    monkeypatch.setattr(PartyLines, "_scaled", lambda self, page: np.flip(scaled(self, page), 2).copy())
    found = run()
    assert (found["blue"], found["red"]) == (EXPECTED["red"], EXPECTED["blue"])


def test_pixels_that_are_not_normalised_are_read_otherwise(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(_: PartyNetwork, picture: Image.Image) -> torch.Tensor:
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).unsqueeze(0) / 255

    monkeypatch.setattr(PartyNetwork, "pixels", plain)
    assert run() != EXPECTED


def test_lines_in_another_order_are_read_otherwise(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written = PartyNetwork.written

    def shuffled(self: PartyNetwork, pixels: Any, prompts: torch.Tensor, told: Any, *, of: LinePrompt) -> Any:
        return written(self, pixels, prompts.flip(0), told, of=of)

    monkeypatch.setattr(PartyNetwork, "written", shuffled)
    assert run() == {name: lines[::-1] for name, lines in EXPECTED.items()}


def test_lines_measured_against_another_size_are_read_otherwise(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = PartyNetwork.prompt
    wrong = Size(600, 1000)
    monkeypatch.setattr(PartyNetwork, "prompt", lambda self, line, _, *, of: prompt(self, line, wrong, of=of))
    assert run() != EXPECTED


# Beside Party itself


@pytest.mark.parametrize("name", TEXTS)
def test_the_text_and_how_sure_it_is_are_those_of_partys_own_call(learnt: Any, model: Path, name: str) -> None:
    from party.configs import PartyRecognitionInferenceConfig  # noqa: PLC0415 - not everybody has it

    lines = [
        BaselineLine(id=f"l{place}", baseline=list(BASELINES[place]), boundary=outline(place)) for place in range(3)
    ]
    bounds = Segmentation(
        type="baselines", imagename="p", text_direction="horizontal-lr", script_detection=False, lines=lines
    )
    learnt.user_metadata["image_size"] = tuple(learnt.user_metadata["image_size"])
    config = PartyRecognitionInferenceConfig(accelerator="cpu", batch_size=2, add_lang_token=False)
    learnt.prepare_for_inference(config)
    theirs = {record.id: record for record in learnt.predict(picture(name), bounds)}
    for line in read(stage(model, ReadingOptions(lines_together=2)), page(name)).lines:
        assert line.text == theirs[line.id].prediction
        assert [one.confidence for one in line.characters] == pytest.approx(theirs[line.id].confidences, abs=1e-4)


@pytest.mark.parametrize("together", [1, 2])
def test_a_line_alone_is_read_as_in_a_batch(model: Path, together: int) -> None:
    alone = read(stage(model, ReadingOptions(lines_together=together)), page("red"))
    all_of_them = read(stage(model), page("red"))
    assert texts(alone) == texts(all_of_them) == EXPECTED["red"]
    for one, other in zip(alone.lines, all_of_them.lines, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-3)


def test_the_same_page_gives_the_same_again_after_others(model: Path) -> None:
    reader = stage(model)
    first = read(reader, page("blue"))
    read(reader, page("red"))
    assert read(reader, page("blue")) == first


def test_lines_that_would_cost_party_the_page_cost_it_nothing(model: Path) -> None:
    odd = (
        Line(LineId("point"), ((5, 5), (9, 5), (9, 9)), ((5, 5),)),
        Line(LineId("still"), ((5, 5), (9, 5), (9, 9)), ((5, 5), (5, 5))),
        Line(LineId("away"), ((900, 5), (990, 5), (990, 9)), ((900, 9), (990, 9))),
    )
    layout = read(stage(model), page("pale", *odd))
    assert texts(layout) == [EXPECTED["pale"][0], "", "", "", *EXPECTED["pale"][1:]]
    assert [line.unread is None for line in layout.lines] == [True, False, False, False, True, True]


def test_languages_are_told_and_lines_with_and_without_one_go_together(model: Path) -> None:
    told = stage(model, ReadingOptions(layout_languages=True))
    opened = page("blue", Line(LineId("d"), tuple(outline(0)), BASELINES[0], language="German"))
    (item,) = told.prepare(opened).items
    assert item.arrays[2].shape == (4, 1, 3)
    layout = read(told, opened)
    assert [texts(layout)[place] for place in (0, 2, 3)] == EXPECTED["blue"]


def test_it_reads_in_half_precision_too(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("htrkit.engines.party_lines.number_for", lambda _: torch.bfloat16)
    assert texts(read(stage(model), page("blue"))) == EXPECTED["blue"]


def test_it_writes_no_further_than_its_decoder_goes(model: Path) -> None:
    layout = read(stage(model, ReadingOptions(max_new_tokens=2)), page("blue"))
    assert texts(layout) == [text[:2] for text in EXPECTED["blue"]]
    assert {note.code for note in layout.notes} == {"truncated"}

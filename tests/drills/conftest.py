"""What several drills need."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

PAGES = 40


@pytest.fixture
def strips(tmp_path: Path) -> Path:
    """A folder of pictures of one line each, quick to read."""
    folder = tmp_path / "strips"
    folder.mkdir()
    for number in range(PAGES):
        strip = Image.new("L", (900, 60), 235)
        ImageDraw.Draw(strip).text((10, 5), f"line number {number}", fill=20, font_size=40)
        strip.save(folder / f"{number}.png")
    return folder

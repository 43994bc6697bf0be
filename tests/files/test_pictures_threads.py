"""Threads of one process look at pictures one after the other, since Pillow's settings are the process's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageFile
from PIL.TiffImagePlugin import OPEN_INFO

from htrkit.domain.geometry import Size
from htrkit.domain.names import PageKey
from htrkit.domain.source import PageSource
from htrkit.files.pictures import look_at_picture


def test_pillows_settings_are_as_before_when_many_threads_have_looked(tmp_path: Path) -> None:
    Image.new("L", (30, 20), 200).save(tmp_path / "a.tif")
    source = PageSource(PageKey("a"), str(tmp_path / "a.tif"))
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, dict(OPEN_INFO)
    with ThreadPoolExecutor(8) as threads:
        sizes = list(threads.map(lambda _: look_at_picture(source, dpi=300, max_megapixels=200.0), range(400)))
    assert set(sizes) == {Size(30, 20)}
    assert (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, dict(OPEN_INFO)) == before

"""However an XML file writes its image's name, the last part is found, and nothing is fetched."""

import pytest

from htrkit.core.image_names import ImageName, image_name


@pytest.mark.parametrize(
    ("written", "names", "folder"),
    [
        ("1.jpg", ("1.jpg",), None),
        ("images/1.jpg", ("1.jpg",), "images"),
        ("../images/1.jpg", ("1.jpg",), "images"),
        ("/home/ann/1.jpg", ("1.jpg",), "ann"),
        (r"C:\scans\box 1\1.jpg", (r"C:\scans\box 1\1.jpg", "1.jpg"), "box 1"),
        ("my%20scan.jpg", ("my%20scan.jpg", "my scan.jpg"), None),
        ("caf%E9.jpg", ("caf%E9.jpg", "caf\udce9.jpg"), None),
        ("a%2Fb.jpg", ("a%2Fb.jpg", "b.jpg"), "a"),
        ("https://iiif.example/box/1.jpg?dl=1#top", ("1.jpg",), "box"),
        ("file:///srv/box/1.jpg", ("1.jpg",), "box"),
        ("what?.jpg", ("what?.jpg",), None),
        ("a#b/1.jpg", ("1.jpg",), "a#b"),
        ("1.jpg/", ("1.jpg",), None),
        (None, (), None),
        ("", (), None),
        ("..", (), None),
        ("/", (), None),
        (".", (), None),
        ("1.", ("1.",), None),
    ],
)
def test_the_last_part_counts(written: str | None, names: tuple[str, ...], folder: str | None) -> None:
    assert image_name(written) == ImageName(names, folder)

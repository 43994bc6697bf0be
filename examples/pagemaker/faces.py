"""The handwriting faces: who drew each, and where its file comes from; none is kept in this repository."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class FaceMissing(Exception):
    """A face's file is not in the fonts folder, or is another version's; says where to get it."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face under the SIL Open Font License 1.1."""

    name: str
    author: str
    package: str
    """Where it comes from, with the version."""
    member: PurePosixPath
    """The file's path inside the package."""
    sha256: str
    """Of the file: another version would give other pages."""


def _fontsource(name: str, author: str, sha256: str) -> Face:
    key = name.lower().replace(" ", "-")
    member = PurePosixPath(f"package/files/{key}-latin-400-normal.woff")
    return Face(name, author, f"npm package @fontsource/{key}@5.3.0", member, sha256)


FACES = {
    "caveat": _fontsource(
        "Caveat", "Pablo Impallari", "38b98dbeb922a14a74dfb41f83fc24e0e645e2eed9ce72145fefbdae8828cbfb"
    ),
    "cedarville-cursive": _fontsource(
        "Cedarville Cursive", "Kimberly Geswein", "8d8360a98492b42d02c17e94c38bcd2a3cce6db6b9b430f3a110e71f81d7149c"
    ),
    "courgette": _fontsource(
        "Courgette", "Karolina Lach", "8cacc9a075ce6f2c68e0689b1be992376cf72ed0adf9a577cd9e0a8663b9d459"
    ),
    "ecolier-court": Face(
        "Écolier court",
        "Jean-Marie Douteau",
        "Debian package fonts-ecolier-court 1.00-6",
        PurePosixPath("usr/share/fonts/truetype/ecolier-court/Ecolier-court.ttf"),
        "bdbbded05cbb318d470d36475aefe2435847e025a2c7cd3610f8f13bf8e2a829",
    ),
    "herr-von-muellerhoff": _fontsource(
        "Herr Von Muellerhoff", "Alejandro Paul", "546db96a99d6321fa0318cd3ab66bc7d5e2e4d7632aa234d199f5cbe650eaf2d"
    ),
    "italianno": _fontsource(
        "Italianno", "Robert Leuschke", "4c93311e355d0ffab55fed06847d08d79bb9aa286ee9652e2998bd40a92519d6"
    ),
    "la-belle-aurore": _fontsource(
        "La Belle Aurore", "Kimberly Geswein", "d5ec94f05c2cb9ab9dd5bba03faede9a6d767803e36b6b5df36f64ada8546ce0"
    ),
    "marck-script": _fontsource(
        "Marck Script", "Denis Masharov", "c26db9210c0b2823550e11baaeb2b6d234e5e5a14e8e6497029f29844859610d"
    ),
    "parisienne": _fontsource(
        "Parisienne", "Brian J. Bonislawsky", "d566d44ead5b2531660c561b8488d850e7ed3de2967fd79ac86bb334d1bddec3"
    ),
    "pinyon-script": _fontsource(
        "Pinyon Script", "Nicole Fally", "691d0ee84337b51a6eb54d93b1b6b78aba889ac90aac606c7153358294088d56"
    ),
}
"""Every face that a sheet may name."""


def face_file(folder: Path, key: str) -> Path:
    """Find a face's file in the fonts folder; raises FaceMissing, which names the package, or KeyError."""
    face = FACES[key]
    path = folder / face.member.name
    if not path.is_file():
        raise FaceMissing(f"{path} is not there: take {face.member} from the {face.package} (see examples/README.md).")
    if hashlib.sha256(path.read_bytes()).hexdigest() != face.sha256:
        raise FaceMissing(f"{path} is another version of {face.name}: take {face.member} from the {face.package}.")
    return path

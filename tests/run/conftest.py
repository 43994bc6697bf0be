"""A shelf of small pages, and what a run over it comes to that nobody disturbs."""

from pathlib import Path

import pytest

from tests.fakes.runs import Shelf


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Four good pages and a broken one."""
    monkeypatch.chdir(tmp_path)
    shelf = Shelf(tmp_path)
    for name in ("a/1.png", "a/2.png", "b/1.png", "b/2.png"):
        shelf.scan(name)
    (tmp_path / "scans" / "a" / "9.jpg").write_bytes(b"")
    return shelf


@pytest.fixture
def undisturbed(shelf: Shelf) -> dict[str, bytes]:
    """What a run comes to that nobody cuts."""
    shelf.run()
    outputs = shelf.outputs()
    for path in sorted(shelf.out.path.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    return outputs

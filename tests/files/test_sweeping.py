"""Unfinished files of ours are swept away, and nothing else."""

import os
from pathlib import Path

from htrkit.files.sweeping import sweep


def placed(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def test_files_aside_are_swept_in_every_folder_of_out(tmp_path: Path) -> None:
    ours = [
        placed(tmp_path / name)
        for name in ("txt/box/.htrkit-12-0", ".htrkit-7-pages.csv", ".htrkit/.htrkit-12-run.json", "json/.htrkit-99-3")
    ]

    assert sweep(tmp_path) == len(ours)
    assert not any(path.exists() for path in ours)


def test_whole_files_hidden_ones_and_those_of_another_run_below_are_kept(tmp_path: Path) -> None:
    kept = [
        placed(tmp_path / name)
        for name in (
            "txt/1.txt",
            ".htrkit/run.json",
            ".htrkit/journal.jsonl",
            "txt/.hidden",
            "txt/.htrkit-mine",
            "txt/.htrkit-",
            "inner/.htrkit/run.json",
            "inner/txt/.htrkit-12-0",
            "inner/.htrkit-12-1",
        )
    ]

    assert sweep(tmp_path) == 0
    assert all(path.exists() for path in kept)


def test_what_was_written_to_after_a_moment_is_kept(tmp_path: Path) -> None:
    old, new = placed(tmp_path / "txt/.htrkit-12-0"), placed(tmp_path / "txt/.htrkit-13-0")
    os.utime(old, (1000, 1000))
    os.utime(new, (2000, 2000))

    assert sweep(tmp_path, untouched_since=1500) == 1
    assert (old.exists(), new.exists()) == (False, True)


def test_links_to_other_folders_are_not_followed(tmp_path: Path) -> None:
    elsewhere = placed(tmp_path / "elsewhere" / ".htrkit-1-0")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "txt").symlink_to(elsewhere.parent)

    assert sweep(tmp_path / "out") == 0
    assert elsewhere.exists()

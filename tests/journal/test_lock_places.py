"""The file system of a folder is found among the mounts, so that one whose locks mean nothing is known."""

from pathlib import Path

import pytest

from htrkit.journal.lock_places import NOT_TO_BE_TRUSTED, file_system_type, type_in

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 27 0:50 / /home rw,relatime shared:2 master:3 - nfs4 server:/home rw,vers=4.2
41 40 0:51 / /home/me/scratch rw - lustre 10.0.0.1@tcp:/scratch rw,flock
42 27 0:52 / /mnt/with\040space rw - cifs //nas/scans rw
43 27 0:53 / /mnt/twice rw - nfs a rw
44 27 0:54 / /mnt/twice rw - xfs b rw
45 27 0:55 / /mnt/sshfs rw - fuse.sshfs me@there: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/homework", "ext4"),
        ("/home", "nfs4"),
        ("/home/me/out", "nfs4"),
        ("/home/me/scratch/out", "lustre"),
        ("/mnt/with space/out", "cifs"),
        ("/mnt/twice/out", "xfs"),
        ("/mnt/sshfs", "fuse.sshfs"),
        ("/proc/1", "proc"),
    ],
)
def test_the_mount_nearest_above_the_folder_counts(folder: str, kind: str) -> None:
    assert type_in(MOUNTS, Path(folder)) == kind


@pytest.mark.parametrize("text", ["", "\n", "a b c", "1 2 3 4", "1 2 3 4 / - ", " - "])
def test_what_is_no_table_of_mounts_tells_nothing(text: str) -> None:
    assert type_in(text, Path("/home")) == ""


def test_shared_file_systems_are_not_trusted_and_disks_are() -> None:
    assert {"nfs", "nfs4", "lustre", "cifs", "smb3"} <= NOT_TO_BE_TRUSTED
    assert NOT_TO_BE_TRUSTED.isdisjoint({"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", ""})


def test_a_system_that_does_not_tell_its_mounts_is_no_hindrance(tmp_path: Path) -> None:
    assert file_system_type(tmp_path, tmp_path / "nothing") == ""


def test_a_link_is_followed_to_where_it_leads(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / / rw - ext4 x rw\n2 1 0:2 / {real.resolve()} rw - nfs x rw\n")

    assert file_system_type(tmp_path / "link" / "out", mounts) == "nfs"
    assert file_system_type(tmp_path, mounts) == "ext4"

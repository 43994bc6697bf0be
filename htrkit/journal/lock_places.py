"""Some file systems lock files on one host only, or say that they do and do not."""

import re
from pathlib import Path

NOT_TO_BE_TRUSTED = frozenset(
    {"nfs", "nfs4", "lustre", "cifs", "smb", "smb3", "smbfs", "afs", "beegfs", "9p", "fuse.sshfs"}
)
"""Types of file systems whose flock may be this host's alone, as their mount options decide (flock(2))."""
_ESCAPED = re.compile(r"\\([0-7]{3})")


def file_system_type(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str:
    """Give the type of the file system that holds the folder, as the kernel calls it; empty where it is not known."""
    try:
        return type_in(mounts.read_text(errors="surrogateescape"), folder.resolve())
    except (OSError, RuntimeError):
        return ""


def type_in(mountinfo: str, folder: Path) -> str:
    """Find the mount that holds the absolute folder in the text of `/proc/self/mountinfo` (proc(5))."""
    found, depth = "", 0
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind = before.split(" "), after.split(" ")[0]
        if len(fields) <= 4 or not kind:
            continue
        point = Path(_ESCAPED.sub(lambda digits: chr(int(digits[1], 8)), fields[4]))
        # A later mount on the same point hides the earlier one.
        if folder.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = kind, len(point.parts)
    return found

"""What shards bring: the same pages in one shard, two, four and eight, side by side, as processes of one machine.

    python bench/shards.py [PAGES]

Plan, cut, locks, journals, workers and files are the real ones; a page takes its worker 0.3 s of sleep, so that this
machine's cores do not count, and each shard has one worker. Time begins with the first process and ends with the last,
starts included. Fails where a page is lost or doubled.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from htrkit.run.out_folder import OutFolder  # noqa: E402 - found below the parent of this file's folder
from tests.fakes.chaos import shelf  # noqa: E402
from tests.fakes.shards import times_ended  # noqa: E402

PAGES = 400
SHARDS = (1, 2, 4, 8)
PAGE_SECONDS = 0.3


def main() -> int:
    """Run the series and print the table."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    sys.stdout.write("| shards | s | pages/s | times one | of the best possible |\n| --: | --: | --: | --: | --: |\n")
    one = 0.0
    for shards in SHARDS:
        seconds = taken(pages, shards)
        one = one or seconds
        best = pages * PAGE_SECONDS / shards
        row = f"| {shards} | {seconds:.1f} | {pages / seconds:.1f} | {one / seconds:.2f} | {best / seconds:.0%} |\n"
        sys.stdout.write(row)
        sys.stdout.flush()
    return 0


def taken(pages: int, shards: int) -> float:
    """Give the seconds in which all shards read the pages together; exits where any is lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="htrkit-bench-") as place:
        folder = Path(place)
        keys = [f"slow-{number:05}" for number in range(pages)]
        shelf(folder, keys)
        out = OutFolder(folder / "out")
        start = time.monotonic()
        going = [begun(folder, out, f"{number}/{shards}") for number in range(1, shards + 1)]
        codes = [one.wait() for one in going]
        seconds = time.monotonic() - start
        ended = times_ended(out)
        if any(codes) or set(ended.values()) != {1} or len(ended) != pages:
            sys.exit(f"{shards} shards: exit codes {codes}, {len(ended)} pages ended, most {max(ended.values())} times")
        return seconds


def begun(folder: Path, out: OutFolder, shard: str) -> subprocess.Popen[bytes]:
    """Start the process of a shard."""
    command = [sys.executable, "-m", "tests.fakes.shard_parent", str(out.path), "--shard", shard]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())

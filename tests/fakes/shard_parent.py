"""`python -m tests.fakes.shard_parent OUT [--shard K/N] [--newest]`: one process of a run in shards over `scans/`.

Everything is the real thing but for the workers, which read without a network, and for what a preflight looks at.
"""

import argparse
import sys
from pathlib import Path

from htrkit.config.layers import Layer
from htrkit.core.limits import cpu_limits
from htrkit.core.rules import Rules
from htrkit.domain.shards import Shard
from htrkit.run import shard_planning
from htrkit.run.again import Again
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Request
from htrkit.run.resuming import made_ready_again
from htrkit.run.running import carried_out
from htrkit.run.shard_planning import shard_planned
from tests.fakes.chaos_parent import SCANS, SETTINGS, STARTED, crew_by, ready_for


def main() -> None:
    """Plan the run where nobody has, and go on with a shard, or with all that is left."""
    options = argparse.ArgumentParser()
    options.add_argument("out", type=Path)
    options.add_argument("--shard")
    options.add_argument("--newest", action="store_true", help="Go on as `resume --shard` does.")
    asked = options.parse_args()
    # Stands in outputs, so that runs can be held against each other.
    shard_planning.utc_now = lambda: STARTED
    shard = Shard.read(asked.shard) if asked.shard else None
    again = Again(asked.out, {}, Path.cwd(), shard=shard, cut=None if asked.newest or shard is None else 1)
    if shard is not None and not asked.newest:
        layer = Layer("drill", SETTINGS)
        request = Request((SCANS,), asked.out, None, (layer,), {}, Path.cwd())
        shard_planned(request, shard, again=again, ready_of=lambda _: ready_for(OutFolder(asked.out)))
    crewed = crew_by(Rules(limits=cpu_limits(segment_seconds=120.0), max_fail_rate=None), workers=1, servers=0)
    with made_ready_again(again) as ready:
        ended = carried_out(ready.work, [], crewed=crewed)
    sys.exit(ended.counts.exit_code)


if __name__ == "__main__":
    main()

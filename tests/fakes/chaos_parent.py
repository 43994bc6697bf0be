"""`python -m tests.fakes.chaos_parent OUT`: a run over `scans/`, begun or gone on with, that may be killed at any time.

Everything is the real thing but for the workers, which read without a network.
"""

import argparse
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from htrkit.config.layers import Layer, resolve
from htrkit.core.limits import cpu_limits
from htrkit.core.lookup import engine_named
from htrkit.core.rules import Rules
from htrkit.domain.page import ModelFacts
from htrkit.engines.catalog import ENGINES
from htrkit.files.hashing import file_sha256
from htrkit.run.model_file import ModelFile
from htrkit.run.out_folder import OutFolder
from htrkit.run.preflight import Ready
from htrkit.run.processes import module_command
from htrkit.run.resuming import Again, made_ready_again
from htrkit.run.running import Crewed, carried_out, first_work, held, planned
from htrkit.run.selection import select
from htrkit.run.session import Ended, utc_now
from htrkit.run.workforce import Serving, Workforce

STARTED = "2026-11-25T07:00:00Z"
"""Stands in outputs, so that two runs can be held against each other."""
SCANS = "scans"
MODEL = Path("model.bin")
SETTINGS = {"formats": "txt,page,csv", "segmenter": "kraken"}
WORKERS = 2
WORKER = module_command("tests.fakes.chaos_worker")
SERVER = module_command("tests.fakes.chaos_server")


def main() -> None:
    """Begin the run, or go on with it where there is one; its exit code is the run's."""
    options = argparse.ArgumentParser()
    options.add_argument("out", type=Path)
    options.add_argument("--deaths", type=int, default=2)
    options.add_argument("--segment-seconds", type=float, default=120.0)
    options.add_argument("--servers", type=int, default=0)
    options.add_argument("--workers", type=int, default=WORKERS)
    asked = options.parse_args()
    rules = Rules(limits=cpu_limits(segment_seconds=asked.segment_seconds), deaths=asked.deaths, max_fail_rate=None)
    ended = taken_on(OutFolder(asked.out), crew_by(rules, asked.workers, asked.servers))
    sys.exit(ended.counts.exit_code)


def crew_by(rules: Rules, workers: int, servers: int) -> Crewed:
    """Give the drill's processes in place of those that the settings lead to."""
    serving = tuple(Serving(f"device:{number}", "cpu", threads=1) for number in range(servers))

    def crewed(force: Workforce) -> Workforce:
        return replace(force, workers=workers, rules=rules, command=WORKER, servers=serving, server_command=SERVER)

    return crewed


def taken_on(out: OutFolder, crewed: Crewed) -> Ended:
    """Take the run in OUT on from where it is."""
    if out.plan.exists():
        with made_ready_again(Again(out.path, {}, Path.cwd())) as again:
            return carried_out(again.work, [], crewed=crewed)
    with held(out, since=utc_now()) as lock:
        ready = ready_for(out)
        plan = planned(ready, inputs=(SCANS,), started=STARTED)
        return carried_out(replace(first_work(plan, ready, out), lock=lock), [], crewed=crewed)


def ready_for(out: OutFolder) -> Ready:
    """Give what a preflight would find."""
    resolved = resolve([Layer("drill", SETTINGS)])
    model = ModelFile(MODEL, ModelFacts(str(MODEL), file_sha256(MODEL)))
    found = select((SCANS,), settings=resolved.settings, out=out.path, stdin=BytesIO())
    return Ready(resolved, engine_named("kraken", ENGINES), model, model, found, frozenset(), ())


if __name__ == "__main__":
    main()

"""`python -m bench.gpu.one CHECK DEVICE FOLDER PAGES`: makes one check and writes its result to FOLDER/result.json."""

import json
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path

from bench.gpu.catalog import CHECKS, Check
from bench.gpu.outcomes import Outcome, Result, Skip, result_of
from bench.gpu.setting import Setting

RESULT = "result.json"


def main() -> None:
    """Make the check that the command names."""
    name, device, folder, pages = sys.argv[1:]
    (check,) = (one for one in CHECKS if one.name == name)
    result = made(check, Setting(device, Path(folder), int(pages)))
    (Path(folder) / RESULT).write_text(json.dumps(asdict(result)), encoding="utf-8")


def made(check: Check, setting: Setting) -> Result:
    """Make a check; whatever goes wrong in it is its result."""
    start = time.monotonic()
    try:
        found = check.make(setting)
    except Skip as reason:
        return Result(check.name, Outcome.SKIPPED, time.monotonic() - start, str(reason))
    except Exception as error:  # noqa: BLE001 - a check that raises has failed, and the others go on
        traceback.print_exc()
        words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        return Result(check.name, Outcome.FAIL, time.monotonic() - start, words)
    return result_of(check.name, found, time.monotonic() - start)


if __name__ == "__main__":
    main()

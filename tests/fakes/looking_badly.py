"""`python -m tests.fakes.looking_badly PARENT`: looks at pages, dies over `crash…`, and never ends over `hang…`."""

import os
import signal
import sys
import time
from pathlib import PurePath

from htrkit.domain.source import PageSource
from htrkit.run import look_process
from htrkit.run.page_looks import Look, Looking, look_at


def look_at_badly(number: int, page: PageSource, looking: Looking) -> Look:
    name = PurePath(page.path).name
    if name.startswith("crash"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("hang"):
        time.sleep(1000)
    return look_at(number, page, looking)


if __name__ == "__main__":
    if "never" in sys.argv:
        sys.exit(3)
    look_process.look_at = look_at_badly
    look_process.main()

"""`python -m htrkit.run.begin MODULE … FD PARENT`: a process that dies with its parent before it has imported anything.

Imports take a tenth of a second where the machine is idle, and seconds where it is not; a run that is killed meanwhile
must not leave this process behind for so long.
"""

import runpy
import sys

from htrkit.run.mortality import die_with


def main() -> None:
    """Ask to die with the parent, and be the module."""
    die_with(int(sys.argv[-1]))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

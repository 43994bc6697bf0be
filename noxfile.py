"""One command for everything: `nox -s tests`, `nox -s demo`; without a session, all checks."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nox

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".nox" / "htrkit"
"""The one environment that every session shares: torch is installed once."""
FROM_HERE = {"PYTHONPATH": str(HERE)}
"""For what uses the tests' simulated devices and engines."""

nox.options.sessions = ["lint", "types", "imports", "tests", "docs"]
nox.needs_version = ">=2024.4.15"


def shared_python(session: nox.Session, *groups: str) -> str:
    """Give the shared environment's Python, with htrkit and the dependency groups installed."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        session.run(sys.executable, "-m", "venv", str(ENVIRONMENT), external=True)
        session.run(str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip>=25.1", external=True)
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    for name, arguments in [("htrkit", ["--editable", str(HERE)]), *((g, ["--group", g]) for g in groups)]:
        stamp = ENVIRONMENT / f"{name}.stamp"
        if not stamp.exists() or stamp.read_text() != wanted:
            session.run(str(python), "-m", "pip", "install", "--quiet", *arguments, external=True)
            stamp.write_text(wanted)
    return str(python)


def measure(session: nox.Session, script: str, *given: str, groups: tuple[str, ...] = ()) -> None:
    """Run a script of bench/ in the shared environment."""
    python = shared_python(session, *groups)
    session.run(python, str(HERE / "bench" / script), *given, external=True, env=FROM_HERE)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Ruff: every rule, and the format."""
    python = shared_python(session, "check")
    session.run(python, "-m", "ruff", "check", ".", external=True)
    session.run(python, "-m", "ruff", "format", "--check", ".", external=True)


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Run mypy, strict."""
    session.run(shared_python(session, "check"), "-m", "mypy", external=True)


@nox.session(venv_backend="none")
def imports(session: nox.Session) -> None:
    """Hold the contracts between folders."""
    shared_python(session, "check")
    session.run(str(ENVIRONMENT / "bin" / "lint-imports"), external=True)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run every test, the slow ones included."""
    python = shared_python(session, "test")
    session.run(python, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *session.posargs, external=True)


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """Read the example pages and show each page's CER; outputs go to demo-out/."""
    python = shared_python(session)
    session.run(python, str(HERE / "examples" / "demo.py"), *session.posargs, external=True)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html; a warning is an error."""
    python = shared_python(session, "docs")
    session.run(
        python, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build/html", external=True
    )


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Time kraken and htrkit on the same pages; `-- --full`: runs that grow, two devices as well, into the docs."""
    measure(session, "beside_kraken.py", *session.posargs)


@nox.session(venv_backend="none")
def overhead(session: nox.Session) -> None:
    """Measure what the frame itself costs: a run of 100,000 pages with nothing to do, or as many as are given."""
    measure(session, "frame_overhead.py", *session.posargs)


@nox.session(venv_backend="none")
def devices(session: nox.Session) -> None:
    """Run simulated devices: how batches grow, and what a second device gains, bound by the devices and by the CPU."""
    measure(session, "batch_traces.py", groups=("test",))
    measure(session, "two_devices.py", *session.posargs, groups=("test",))


@nox.session(venv_backend="none")
def gpu(session: nox.Session) -> None:
    """Check devices, engines, batches, memory and runs on a real GPU, within ten minutes; without CUDA it says so."""
    measure(session, "gpu_check.py", *session.posargs)


@nox.session(venv_backend="none")
def slow_disk(session: nox.Session) -> None:
    """Measure what reading files ahead gains on a slow disk, and that it costs nothing on a fast one."""
    measure(session, "slow_disk.py", *session.posargs)


@nox.session(venv_backend="none")
def soak(session: nox.Session) -> None:
    """Let an engine leak on purpose, and print the memory of each process over the run, with recycling and without."""
    measure(session, "soak.py", *session.posargs, groups=("test",))


@nox.session(venv_backend="none")
def drills(session: nox.Session) -> None:
    """Break real runs on purpose: interrupted, killed, without room; TEST_DRILLS=short does so for seconds only."""
    python = shared_python(session, "test")
    form = {"TEST_DRILLS": os.environ.get("TEST_DRILLS", "full")}
    session.run(python, "-m", "pytest", "tests/drills", *session.posargs, external=True, env=form)


@nox.session(venv_backend="none")
def ray(session: nox.Session) -> None:
    """Lead 1,500 pages over three Ray nodes, one killed and one added meanwhile; TEST_RAY_PAGES=240 takes fewer."""
    python = shared_python(session, "test")
    # Beside what is there already, of which nothing may change: no session has an environment of its own.
    known = session.run(python, "-m", "pip", "freeze", "--exclude-editable", external=True, silent=True)
    constraints = ENVIRONMENT / "ray-constraints.txt"
    constraints.write_text(str(known))
    wanted = ["-m", "pip", "install", "--quiet", "--constraint", str(constraints), "ray>=2.60"]
    session.run(python, *wanted, external=True, success_codes=[0, 1])
    form = {"TEST_RAY_PAGES": os.environ.get("TEST_RAY_PAGES", "1500")}
    # Where Ray cannot be had, its tests are skipped, and pytest has nothing to run.
    session.run(python, "-m", "pytest", "tests/ray", *session.posargs, external=True, env=form, success_codes=[0, 5])


@nox.session(venv_backend="none")
def slurm(session: nox.Session) -> None:
    """Read a shelf in shards on a real Slurm that is started for it; TEST_SLURM_PAGES=2000 for a long one."""
    daemons = ("slurmctld", "slurmd", "sbatch")
    if any(shutil.which(name) is None for name in daemons):
        apt = shutil.which("apt-get")
        if apt is None or os.geteuid() != 0:
            session.skip("there is no Slurm here, and only root can install one, with apt-get")
        form = {"DEBIAN_FRONTEND": "noninteractive"}
        session.run(apt, "update", "-qq", external=True, env=form, success_codes=[0, 100])
        wanted = ["install", "-qq", "--yes", "--no-install-recommends", "slurmctld", "slurmd", "slurm-client"]
        session.run(apt, *wanted, external=True, env=form, success_codes=[0, 100])
        if any(shutil.which(name) is None for name in daemons):
            session.skip("Slurm's packages cannot be had here")
    python = shared_python(session, "test")
    tests = ["-m", "pytest", "tests/slurm", *session.posargs]
    session.run(python, "-m", "tests.slurm.own_cluster", python, *tests, external=True)

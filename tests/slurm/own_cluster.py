"""`python -m tests.slurm.own_cluster COMMAND…`: a real Slurm of one node with two made-up GPUs, while a command runs.

Nothing of the machine's own Slurm, if it has one, is read or changed: folder, ports and keys are this cluster's alone.
"""

import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "TEST_SLURM_CONF"
"""Names the cluster to the tests; without it they skip."""
PLUGINS = ("/usr/lib/*/slurm-wlm", "/usr/lib/*/slurm", "/usr/lib64/slurm")
GPUS, CORES = 2, 4
NULL_DEVICE = 1, 3
"""What `/dev/null` is to Linux."""
UP_SECONDS, DOWN_SECONDS = 60.0, 20.0
REQUEUE_SECONDS = 15
"""A job that is put back waits until the credential of its last start has gone stale: two minutes elsewhere."""
CONF = """\
ClusterName=htrkit
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/{auth}
AuthInfo=cred_expire={requeue}
CredType=cred/{cred}
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=10
GresTypes=gpu
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=64000 Gres=gpu:{gpus}
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class CannotRun(Exception):
    """This machine cannot run a Slurm of its own; the message says why."""


class DidNotStart(Exception):
    """It should have run here, and did not; the message is what the daemons said."""


@dataclass(slots=True)
class Cluster:
    """A cluster in a folder."""

    folder: Path
    daemons: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def conf(self) -> Path:
        """What all of Slurm's commands read."""
        return self.folder / "slurm.conf"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of whoever uses the cluster."""
        return {**os.environ, "SLURM_CONF": str(self.conf), VARIABLE: str(self.conf)}

    def ask(self, *words: str) -> str:
        """Give what one of Slurm's commands says; empty where it fails."""
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=self.environment, timeout=60)
        return done.stdout.strip() if done.returncode == 0 else ""

    def write(self) -> None:
        """Lay out its folder; raises CannotRun."""
        auth = self._authentication()
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        files = self._devices()
        host = socket.gethostname().partition(".")[0]
        (self.folder / "gres.conf").write_text(f"AutoDetect=off\nNodeName={host} Name=gpu File={files}\n")
        controller, node = free_ports()
        text = CONF.format(
            host=host,
            auth=auth,
            cred=auth,
            controller=controller,
            node=node,
            folder=self.folder,
            cores=CORES,
            gpus=GPUS,
            requeue=REQUEUE_SECONDS,
        )
        self.conf.write_text(text)

    def _devices(self) -> str:
        """Make what Slurm takes for GPUs, since it looks whether they are devices; raises CannotRun."""
        try:
            for number in range(GPUS):
                os.mknod(self.folder / f"gpu{number}", stat.S_IFCHR | 0o600, os.makedev(*NULL_DEVICE))
        except OSError as error:
            raise CannotRun(f"no device can be made here ({error.strerror})") from error
        return f"{self.folder}/gpu[0-{GPUS - 1}]"

    def _authentication(self) -> str:
        """Give the plug-in that needs no daemon beside Slurm's own; raises CannotRun."""
        if has_plugin("auth_none") and has_plugin("cred_none"):
            return "none"
        if has_plugin("auth_slurm") and has_plugin("cred_slurm"):
            key = self.folder / "slurm.key"
            key.write_bytes(os.urandom(1024))
            key.chmod(0o600)
            return "slurm"
        raise CannotRun("this Slurm has no authentication that needs no daemon: neither auth/none nor auth/slurm")

    def start(self) -> None:
        """Start both daemons and wait until the node is idle; raises DidNotStart."""
        for daemon in ("slurmctld", "slurmd"):
            words = [daemon, "-D", "-f", str(self.conf)]
            with (self.folder / f"{daemon}.said").open("wb") as said:
                self.daemons.append(
                    subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self.environment)
                )
        deadline = time.monotonic() + UP_SECONDS
        while self.ask("sinfo", "-h", "-o", "%T") != "idle":
            if time.monotonic() > deadline or any(one.poll() is not None for one in self.daemons):
                raise DidNotStart(self.said())
            time.sleep(0.2)

    def said(self) -> str:
        """Give the end of what the daemons said."""
        logs = [place for place in sorted(self.folder.iterdir()) if place.suffix in {".said", ".log"}]
        return "\n".join(f"{place.name}: {place.read_text(errors='replace')[-2000:]}" for place in logs)

    def stop(self) -> None:
        """End all jobs, and then the daemons by their ids."""
        if len(self.daemons) > 1 and all(one.poll() is None for one in self.daemons):
            self.ask("scancel", "--full", "--signal=KILL", "--me")
            self.ask("scancel", "--me")
            deadline = time.monotonic() + DOWN_SECONDS
            while self.ask("squeue", "-h") and time.monotonic() < deadline:
                time.sleep(0.2)
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(DOWN_SECONDS)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def has_plugin(name: str) -> bool:
    """Tell whether Slurm was installed with a plug-in."""
    return any(True for folder in PLUGINS for _ in Path("/").glob(f"{folder[1:]}/{name}.so"))


def free_ports() -> tuple[int, int]:
    """Give two ports that nobody listens at now."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Give a cluster that is up, and leave nothing of it behind; raises CannotRun, DidNotStart."""
    if os.geteuid() != 0:
        raise CannotRun("slurmd starts jobs as root alone")
    missing = [name for name in ("slurmctld", "slurmd", "sbatch", "scontrol") if shutil.which(name) is None]
    if missing:
        raise CannotRun(f"{', '.join(missing)}: not installed")
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="own-slurm-")))
    try:
        cluster.write()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


def main(words: Sequence[str]) -> int:
    """Run the command on a cluster of its own; gives its exit code, and 0 where there can be no cluster."""
    try:
        with own_cluster() as cluster:
            return subprocess.run(words, check=False, env=cluster.environment).returncode
    except CannotRun as why:
        sys.stderr.write(f"skipped: {why}\n")
        return 0
    except DidNotStart as said:
        sys.stderr.write(f"Slurm does not come up:\n{said}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

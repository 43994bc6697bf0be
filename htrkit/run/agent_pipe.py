"""An agent's process, and the one pipe to it: started and spoken with by whatever the cluster places."""

import os
import select
import signal
import socket
import subprocess
import time

from htrkit.run.mortality import cause_of_death, kernel_kills
from htrkit.run.processes import DEATH_SECONDS, module_command
from htrkit.run.wire import received

AGENT = "htrkit.run.agent_process"
RECEIVE_BYTES = 1 << 20
GATHER_SECONDS = 0.01
"""After the first word, others that follow on its heels travel with it."""
MOST_AT_ONCE = 1 << 24


class AgentPipe:
    """A pipe that knows nothing of what it carries.

    To be made in the thread that lives as long as the agent shall: the kernel kills the agent when that thread ends.
    """

    def __init__(self) -> None:
        self._end, theirs = socket.socketpair()
        words = [*module_command(AGENT), str(theirs.fileno()), str(os.getpid())]
        with theirs:
            self._popen = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        self._end.setblocking(False)
        self._out = bytearray()
        self._kernel_kills = kernel_kills()
        self._cause = ""

    def talk(self, content: bytes, patience_seconds: float) -> tuple[bytes, str]:
        """Send, wait for an answer of whatever kind, and give it; then why the agent is gone, empty while it lives.

        Both ways at once, since an agent that waits to be heard does not listen.
        """
        self._out += content
        heard = bytearray()
        until = time.monotonic() + patience_seconds
        while not self._cause and len(heard) < MOST_AT_ONCE:
            left = max(until - time.monotonic(), 0.0)
            reading, writing, _ = select.select([self._end], [self._end] if self._out else [], [], left)
            if writing:
                self._send()
            if reading:
                self._hear(heard)
                until = min(until, time.monotonic() + GATHER_SECONDS)
            if not left:
                break
        return bytes(heard), self._cause

    def kill(self) -> None:
        """Kill the agent; all that it has started dies with it."""
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def close(self) -> None:
        """Close the pipe, and kill the agent unless it has ended by itself."""
        self._end.close()
        if self._popen.poll() is None:
            self.kill()
        self._bury()

    @property
    def pid(self) -> int:
        """The agent's process id."""
        return self._popen.pid

    def _send(self) -> None:
        try:
            sent = self._end.send(self._out)
        except BlockingIOError:
            return
        except OSError:
            self._out.clear()  # it has gone, and that will be heard
            return
        del self._out[:sent]

    def _hear(self, heard: bytearray) -> None:
        content = received(self._end, RECEIVE_BYTES)
        if content is None:
            self._cause = self._bury()
        else:
            heard += content

    def _bury(self) -> str:
        try:
            code = self._popen.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return "did not end when it was told to"
        return cause_of_death(code, kernel_killed=kernel_kills() > self._kernel_kills)

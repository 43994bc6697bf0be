"""`htrkit gpus` as it is typed, on a driver whose state is a file."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from htrkit.cli.gpus import gpus
from htrkit.domain.errors import UsageProblem
from htrkit.domain.exits import ExitCode
from tests.fake_nvml.fixtures import FakeDriver
from tests.fake_nvml.states import (
    DRIVER_NOT_LOADED,
    FIRST,
    GB,
    LOST,
    SECOND,
    TWO_L40S,
    FakeInstance,
    FakeProcess,
    state_text,
)

COMMAND = [sys.executable, "-m", "htrkit", "gpus"]
BARE = {"PATH": "/usr/bin:/bin", "TERM": "dumb", "HOME": "/nonexistent", "OMP_NUM_THREADS": "1"}
IN_ITS_TERMINAL = """
import fcntl, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
# Tests that run in the background of a script were started with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["htrkit", "gpus", "--watch"]
from htrkit.cli.main import main
main()
"""


def typed(driver: FakeDriver, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**BARE, **driver.environment, **environment},
    )


@pytest.mark.parametrize("columns", [80, 120])
def test_two_cards_fit_the_terminal(fake_driver: FakeDriver, columns: int) -> None:
    held = (FakeProcess(os.getpid(), 37 * GB),)
    fake_driver.has([replace(FIRST, used_bytes=38 * GB, utilisation=97, temperature=71, processes=held), SECOND])
    done = typed(fake_driver, COLUMNS=str(columns))

    assert (done.returncode, done.stderr) == (ExitCode.DONE, "")
    assert max(map(len, done.stdout.splitlines())) <= columns
    assert re.search(r"cuda:0 +L40S +38\.0 GB +8\.0 GB +46\.0 GB .*97 % +71 °C +34/350 W", done.stdout)
    assert re.search(rf"cuda:0 +{os.getpid()} .*37\.0 GB +other", done.stdout)
    assert "NVIDIA driver 550.54.15, CUDA 12.4" in done.stdout
    for name in (FIRST.uuid, SECOND.uuid, "kraken", "qwen3-vl"):
        assert name in done.stdout


def test_json_is_one_document_of_all_devices(fake_driver: FakeDriver) -> None:
    done = typed(fake_driver, "--json")
    document = json.loads(done.stdout)

    assert (done.returncode, done.stderr, document["schema"]) == (ExitCode.DONE, "", 1)
    assert [one["device"] for one in document["devices"]] == ["cuda:0", "cuda:1", "cpu"]
    assert document["devices"][0]["memory"]["free_bytes"] == 46 * GB - GB // 2
    assert document["devices"][2]["memory"]["total_bytes"] > 0
    assert set(document["devices"][0]["batches"]) >= {"kraken", "trocr"}


def test_a_lost_card_is_a_device_with_a_state(fake_driver: FakeDriver) -> None:
    fake_driver.has([replace(FIRST, lost=LOST), SECOND])
    done = typed(fake_driver)

    assert done.returncode == ExitCode.DONE
    assert "(lost)" in done.stdout
    assert "cuda:0: it has fallen off the bus" in done.stdout
    assert re.search(r"cuda:1 +L40S +500\.0 MB", done.stdout)


def test_an_instance_is_a_device_of_its_own(fake_driver: FakeDriver) -> None:
    fake_driver.has([replace(FIRST, instances=(FakeInstance("MIG-1a"), FakeInstance("MIG-1b")))])
    devices = json.loads(typed(fake_driver, "--json").stdout)["devices"]

    assert [one["device"] for one in devices] == [None, "cuda:0", "cuda:1", "cpu"]
    assert [one["state"] for one in devices] == ["divided", "ready", "ready", "ready"]


def test_only_what_slurm_left_has_a_name(fake_driver: FakeDriver) -> None:
    done = typed(fake_driver, CUDA_VISIBLE_DEVICES=SECOND.uuid)

    assert re.search(r"^– +L40S \(hidden\)", done.stdout, re.MULTILINE)
    assert re.search(r"^cuda:0 .*GPU-9999", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("state", "words"),
    [(state_text([]), "no GPU"), (state_text(TWO_L40S, init=DRIVER_NOT_LOADED), "not at work")],
)
def test_without_a_gpu_the_device_is_the_cpu(fake_driver: FakeDriver, state: str, words: str) -> None:
    fake_driver.write(state)
    done = typed(fake_driver)

    assert done.returncode == ExitCode.DONE
    assert words in done.stderr
    assert re.search(r"^cpu +\d+ cores, ", done.stdout, re.MULTILINE)
    assert "cuda" not in done.stdout


def test_without_a_driver_the_device_is_the_cpu() -> None:
    done = subprocess.run([*COMMAND, "--json"], capture_output=True, text=True, check=False, env=BARE)
    document = json.loads(done.stdout)

    if document["driver"] != "absent":
        pytest.skip("there is an NVIDIA driver here")
    assert (done.returncode, [one["device"] for one in document["devices"]]) == (ExitCode.DONE, ["cpu"])
    assert "There is no NVIDIA driver here" in done.stderr


def test_torch_is_not_asked(fake_driver: FakeDriver) -> None:
    code = "import sys; sys.argv = ['htrkit', 'gpus', '--json']\nfrom htrkit.cli.main import main\ntry:\n    main()\n"
    code += "except SystemExit:\n    pass\nprint('LOADED', *sys.modules)"
    environment = {**BARE, **fake_driver.environment}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    loaded = set(done.stdout.rpartition("LOADED")[2].split())

    assert "pynvml" in loaded
    assert loaded & {"torch", "kraken", "transformers", "numpy", "PIL", "lxml"} == set()


def test_a_watch_that_has_no_terminal_is_one_moment(fake_driver: FakeDriver) -> None:
    done = typed(fake_driver, "--watch")

    assert done.returncode == ExitCode.DONE
    assert "cuda:1" in done.stdout
    assert "\x1b" not in done.stdout
    assert "needs a terminal" in done.stderr


def test_a_watch_makes_no_document() -> None:
    with pytest.raises(UsageProblem, match="one moment"):
        gpus(as_json=True, watched=True)


class Screen:
    """`htrkit gpus --watch` in a terminal of its own, small enough to be a narrow one."""

    def __init__(self, driver: FakeDriver, term: str) -> None:
        self.keys, end = pty.openpty()
        environment = {**BARE, **driver.environment, "TERM": term, "COLUMNS": "80", "LINES": "24"}
        # A session of its own whose terminal this is: Ctrl-C reaches what runs in its foreground.
        self.going = subprocess.Popen(
            [sys.executable, "-c", IN_ITS_TERMINAL],
            stdin=end,
            stdout=end,
            stderr=end,
            env=environment,
            start_new_session=True,
        )
        os.close(end)
        self.seen = ""

    def press(self, key: bytes) -> None:
        os.write(self.keys, key)

    def read_until(self, pattern: str) -> None:
        deadline = time.monotonic() + 60
        while not re.search(pattern, self.seen):
            assert time.monotonic() < deadline, self.seen[-2000:]
            if not self._read(0.2):
                assert re.search(pattern, self.seen), self.seen[-2000:]

    def end(self) -> int:
        deadline = time.monotonic() + 60
        while self._read(5):
            assert time.monotonic() < deadline, self.seen[-2000:]
        return self.going.wait(30)

    def _read(self, seconds: float) -> bool:
        """Read what there is; False where nothing will come any more."""
        if select.select([self.keys], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.keys, 65536).decode("utf-8", "replace")
            except OSError:  # the other end is closed
                return False
        return self.going.poll() is None or bool(select.select([self.keys], [], [], 0)[0])


@contextmanager
def screen(driver: FakeDriver, term: str = "xterm") -> Iterator[Screen]:
    shown = Screen(driver, term)
    try:
        yield shown
    finally:
        if shown.going.poll() is None:
            shown.going.kill()
            shown.going.wait()
        os.close(shown.keys)


OTHER_SCREEN, OWN_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leave", "code"), [(b"q", ExitCode.DONE), (b"\x03", ExitCode.DONE), (None, ExitCode.TERMINATED)]
)
def test_a_watch_follows_the_cards_until_it_is_left(
    fake_driver: FakeDriver, leave: bytes | None, code: ExitCode
) -> None:
    with screen(fake_driver) as shown:
        shown.read_until(r"cuda:0 +L40S +500\.0 MB")
        fake_driver.has([replace(FIRST, used_bytes=45 * GB), SECOND])
        shown.read_until(r"cuda:0 +L40S +45\.0 GB")
        if leave is None:
            shown.going.send_signal(signal.SIGTERM)
        else:
            shown.press(leave)

        assert shown.end() == code
        drawn, _, left = shown.seen.rpartition(OWN_SCREEN)
    assert OTHER_SCREEN in drawn
    assert ("45.0 GB" in left) == (code is ExitCode.DONE)


@pytest.mark.slow
def test_other_keys_do_not_leave(fake_driver: FakeDriver) -> None:
    with screen(fake_driver) as shown:
        shown.read_until(r"500\.0 MB")
        shown.press(b"x")
        fake_driver.has([replace(FIRST, used_bytes=45 * GB), SECOND])
        shown.read_until(r"45\.0 GB")
        shown.press(b"Q")

        assert shown.end() == ExitCode.DONE


@pytest.mark.slow
def test_a_terminal_that_cannot_be_drawn_on_again_shows_one_moment(fake_driver: FakeDriver) -> None:
    with screen(fake_driver, term="dumb") as shown:
        assert shown.end() == ExitCode.DONE
        assert "\x1b" not in shown.seen
        assert "needs a terminal" in shown.seen

"""`python -m htrkit.run.agent_process FD PARENT`: one agent of a cluster, with our own supervisor in it."""

import faulthandler
import os
import shutil
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from htrkit.core.shown import shown
from htrkit.domain.errors import HtrkitError, PreflightRefused
from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Halt
from htrkit.domain.source import PageSource
from htrkit.files.atomic import unwritable
from htrkit.run.agent_channel import AgentChannel
from htrkit.run.agent_desk import AgentDesk, Unjudging
from htrkit.run.agent_messages import BeAgent, CannotWork, EndNow, HasEnded, IsPlaced, Piece, Wants, unpacked
from htrkit.run.agent_setup import Mustered, mustered, own_folder
from htrkit.run.fetching import Fetching
from htrkit.run.messages import clipped
from htrkit.run.mortality import die_with
from htrkit.run.supervising import Listening, supervisor_of


class Dismissed(Exception):
    """The driver wants the agent to end before it is ready, or has gone."""

    def __init__(self, halt: Halt | None) -> None:
        super().__init__(halt)
        self.halt = halt


def main() -> None:
    """Be the agent that the other end of the pipe describes."""
    descriptor, parent = int(sys.argv[-2]), int(sys.argv[-1])
    die_with(parent)
    faulthandler.enable()
    channel = AgentChannel(socket.socket(fileno=descriptor))
    order = channel.next()
    if not isinstance(order, BeAgent):
        return
    try:
        folder = own_folder(order.run_id)
    except OSError as error:
        channel.say(_lacking(error, "its temporary folder"))
        return
    # What is copied into the agent's folder is gone with it; a supervisor that is cut off cannot be heard any more.
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            _work(channel, order, folder)
    finally:
        _remove(folder)


def _work(channel: AgentChannel, order: BeAgent, folder: Path) -> None:
    """Set up, then take leases until the driver has no more."""
    try:
        found = mustered(order, folder, fetched_by(channel), os.environ)
    except Dismissed as dismissed:
        channel.say(HasEnded(dismissed.halt))
        return
    except HtrkitError as error:
        channel.say(CannotWork(error.what, error.mend))
        return
    except ConnectionError:
        raise
    except OSError as error:
        channel.say(_lacking(error, str(folder)))
        return
    except Exception as error:  # noqa: BLE001 - an agent that cannot start must say why, whatever it is
        traceback.print_exc()
        channel.say(CannotWork(f"{type(error).__name__}: {error}", "Please report this with the agent's log."))
        return
    channel.say(IsPlaced(found.force.workers, found.out_is_here))
    ended = _to_its_end(channel, found)
    # After the last word nobody waits for this process.
    _remove(folder)
    channel.say(ended)


def _to_its_end(channel: AgentChannel, found: Mustered) -> HasEnded | CannotWork:
    """Take leases; a node whose own files fail says so, since no page is to blame."""
    try:
        return _supervised(channel, found)
    except ConnectionError:
        raise
    except OSError as error:
        traceback.print_exc()
        return _lacking(error, str(found.folder))


def _supervised(channel: AgentChannel, found: Mustered) -> HasEnded:
    sources: dict[PageKey, PageSource] = {}
    workers = found.force.workers
    fetching = None if found.inputs_are_here else Fetching(found.below, channel.say, 2 * workers)
    returns = None if found.out_is_here else Path(found.force.set_up.out)
    if returns is not None:
        returns.mkdir(exist_ok=True)
    desk = AgentDesk(channel, sources, fetching, returns)
    listening = Listening(desk.tell, (desk,), Unjudging())
    with supervisor_of(found.force, sources, listening, workers=workers, inlet=desk) as supervisor:
        end = supervisor.run()
    return HasEnded(end.halt, clipped(desk.trouble or end.message))


def _remove(folder: Path) -> None:
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def _lacking(error: OSError, place: str) -> CannotWork:
    """Say which of the node's files failed, and why."""
    where = shown(error.filename or place)
    return CannotWork(f"{where}: {error.strerror or error}.", "Look at this node's disk; the others go on without it.")


def fetched_by(channel: AgentChannel) -> Callable[[str, Path], None]:
    """Give what brings one file of the driver's here, before there is any page.

    It raises Dismissed, PreflightRefused and OutputUnwritable.
    """

    def fetch(path: str, place: Path) -> None:
        fetched_bytes = 0
        while True:
            channel.say(Wants(path, fetched_bytes))
            match channel.next():
                case Piece(there=True) as piece:
                    fetched_bytes += _put(place, piece)
                    if piece.last:
                        return
                case EndNow(halt):
                    raise Dismissed(halt)
                case None:
                    raise Dismissed(None)
                case _:
                    raise PreflightRefused(
                        f"{shown(path)}: cannot be read here, nor where the run was started.", mend="Bring it back."
                    )

    return fetch


def _put(place: Path, piece: Piece) -> int:
    """Write a piece, and give its bytes; raises OutputUnwritable."""
    content = unpacked(piece.content)
    try:
        with place.open("ab" if piece.offset else "wb") as file:
            file.write(content)
    except OSError as error:
        raise unwritable(error, place) from error
    return len(content)


if __name__ == "__main__":
    main()

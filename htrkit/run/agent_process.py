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
from htrkit.domain.source import PageSource
from htrkit.run.agent_channel import AgentChannel
from htrkit.run.agent_desk import AgentDesk, Unjudging
from htrkit.run.agent_messages import BeAgent, CannotWork, HasEnded, IsPlaced, Piece, Wants, unpacked
from htrkit.run.agent_setup import Mustered, mustered, own_folder
from htrkit.run.fetching import Fetching
from htrkit.run.messages import clipped
from htrkit.run.mortality import die_with
from htrkit.run.supervising import Listening, supervisor_of


def main() -> None:
    """Be the agent that the other end of the pipe describes."""
    descriptor, parent = int(sys.argv[-2]), int(sys.argv[-1])
    die_with(parent)
    faulthandler.enable()
    channel = AgentChannel(socket.socket(fileno=descriptor))
    order = channel.next()
    if not isinstance(order, BeAgent):
        return
    # What is copied into the agent's folder is gone with it; a supervisor that is cut off cannot be heard any more.
    folder = own_folder(order.run_id)
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            _work(channel, order, folder)
    finally:
        _remove(folder)


def _work(channel: AgentChannel, order: BeAgent, folder: Path) -> None:
    """Set up, then take leases until the driver has no more."""
    try:
        found = mustered(order, folder, fetched_by(channel), os.environ)
    except HtrkitError as error:
        channel.say(CannotWork(error.what, error.mend))
        return
    except Exception as error:  # noqa: BLE001 - an agent that cannot start must say why, whatever it is
        traceback.print_exc()
        channel.say(CannotWork(f"{type(error).__name__}: {error}", "Please report this with the agent's log."))
        return
    channel.say(IsPlaced(found.force.workers, found.out_is_here))
    ended = _supervised(channel, found)
    # After the last word nobody waits for this process.
    _remove(folder)
    channel.say(ended)


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
    return HasEnded(end.halt, clipped(end.message))


def _remove(folder: Path) -> None:
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)


def fetched_by(channel: AgentChannel) -> Callable[[str, Path], None]:
    """Give what brings one file of the driver's here, before there is any page."""

    def fetch(path: str, place: Path) -> None:
        with place.open("wb") as file:
            while True:
                channel.say(Wants(path, file.tell()))
                piece = channel.next()
                if not isinstance(piece, Piece) or not piece.there:
                    raise PreflightRefused(
                        f"{shown(path)}: cannot be read here, nor where the run was started.", mend="Bring it back."
                    )
                file.write(unpacked(piece.content))
                if piece.last:
                    return

    return fetch


if __name__ == "__main__":
    main()

"""What an agent's desk makes of the driver's words when its node has no room for what it is sent."""

import socket
from dataclasses import asdict
from pathlib import Path

from htrkit.domain.names import PageKey
from htrkit.domain.schedule import Asked, Halt
from htrkit.domain.source import PageSource
from htrkit.run.agent_channel import AgentChannel
from htrkit.run.agent_desk import AgentDesk
from htrkit.run.agent_messages import EndNow, LeasedPage, Piece, TakeLease, packed
from htrkit.run.fetching import Fetching
from htrkit.run.messages import framed


def test_a_node_without_room_for_a_page_drains_and_says_why(tmp_path: Path) -> None:
    home, end = socket.socketpair()
    with home, end:
        channel = AgentChannel(end)
        desk = AgentDesk(channel, {}, Fetching(tmp_path / "in", channel.say, 2))
        (tmp_path / "in").write_bytes(b"in the way of a folder")
        source = asdict(PageSource(PageKey("a"), "/scans/a.jpg"))
        home.sendall(framed(TakeLease((LeasedPage(source, 0, 0),))))
        assert list(desk.heard(1.0)) == []
        home.sendall(framed(Piece("/scans/a.jpg", 0, packed(b"a"), last=True)))

        assert list(desk.heard(2.0)) == [Asked(Halt.TROUBLE, 2.0)]
        assert desk.trouble == f"{tmp_path}/in/scans: cannot be written (Not a directory)."
        home.sendall(framed(EndNow(Halt.TERMINATED)))
        assert list(desk.heard(3.0)) == [], "a second word would end the pages in hand at once"

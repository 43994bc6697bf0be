"""An OpenAI-compatible server on loopback that misbehaves as it is told, request by request."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MODEL = "tiny-reader"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    body: Any


Handler = BaseHTTPRequestHandler
Manner = Callable[[Handler, Asked], None]
"""How one request is treated."""


@dataclass(slots=True)
class Manners:
    """What the server does: the next requests for text by the script, all others by `usual`."""

    usual: Manner
    script: deque[Manner] = field(default_factory=deque)
    models: Manner | None = None
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def treat(self, handler: Handler, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            manner = self.script.popleft() if self.script else self.usual
        try:
            manner(handler, asked)
        finally:
            with self._lock:
                self._now -= 1

    @property
    def texts_asked(self) -> int:
        return len(self.asked)


def says(text: str, **more: Any) -> Manner:
    """Answer with a text; `more` goes into the choice, but for `usage`."""
    usage = more.pop("usage", {"prompt_tokens": 1000, "completion_tokens": 7})
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop", **more}
    return gives(200, {"choices": [choice], "usage": usage})


def gives(status: int, body: Any, **headers: str) -> Manner:
    def manner(handler: Handler, asked: Asked) -> None:
        del asked
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return manner


def cuts_off(handler: Handler, asked: Asked) -> None:
    """Promise more than is sent, and break the connection off."""
    del asked
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.wfile.flush()
    handler.connection.close()


def flows_on(piece: bytes, *, until: threading.Event, pause_seconds: float = 0.0) -> Manner:
    """Send a body that does not end."""

    def manner(handler: Handler, asked: Asked) -> None:
        del asked
        handler.send_response(200)
        handler.end_headers()
        try:
            while not until.wait(pause_seconds):
                handler.wfile.write(piece)
                handler.wfile.flush()
        except OSError:
            return

    return manner


def sleeps(until: threading.Event) -> Manner:
    """Answer nothing until the test is over."""

    def manner(handler: Handler, asked: Asked) -> None:
        del handler, asked
        until.wait(30)

    return manner


@contextmanager
def inference_server(usual: Manner | None = None, *, port: int = 0) -> Iterator[tuple[str, Manners]]:
    """Give the address of a server, and what it can be told."""
    manners = Manners(usual or says("a line"))

    class Speaking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            asked = Asked(self.path, dict(self.headers), None)
            (manners.models or gives(200, {"data": [{"id": MODEL}]}))(self, asked)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            manners.treat(self, Asked(self.path, dict(self.headers), json.loads(content)))

        def log_message(self, *words: object) -> None:
            del words

    server = ThreadingHTTPServer(("127.0.0.1", port), Speaking)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is what is tested
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", manners
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

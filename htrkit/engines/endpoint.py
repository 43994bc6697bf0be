"""An inference server's address and the HTTP behind it: bounded in time and bytes, and the key never leaves it."""

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from htrkit.core.retries import Miss, Missed, retry_after
from htrkit.core.shown import shown
from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.server_errors import PageRefusedByServer, ServerRefused
from htrkit.engines.server_access import KEY_VARIABLE, Key, address_of

MOST_BYTES = 16_000_000
"""Of an answer: a page's text with the probabilities of all its tokens has less than a tenth of that."""
MOST_SAID = 300
"""Characters of a server's own words that are passed on."""
ANSWER_SECONDS = 600.0
"""For a request's whole answer: a page on a server with many others waiting."""
LOOK_SECONDS = 5.0
"""For a look whether the server is there."""
CONNECT_SECONDS = 10.0
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
BUSY, OVERLOADED = frozenset({429}), frozenset({502, 503, 504, 529})
LASTING: Mapping[int, str] = {
    401: "asks for a key, or refuses the one it was sent",
    402: "asks for payment",
    403: "does not allow it",
    404: "does not know the model, or nothing is served at that address",
    405: "does not take such requests at that address",
}
"""What no other page would fare better with."""


class NotAnswered(Exception):
    """A try without an answer; another may bring one."""

    def __init__(self, missed: Missed) -> None:
        super().__init__(missed.miss)
        self.missed = missed


class Refused(PageRefusedByServer):
    """The server will not take this request, however often it is sent."""

    def __init__(self, status: int, said: str) -> None:
        told = f": {said}" if said else ""
        super().__init__(
            f"The inference server refuses the page (status {status}){told}.",
            mend="Send a smaller picture or another prompt, or look into the server's own log.",
            failure=FailureClass.SERVER,
            step=Step.RECOGNISE,
        )
        self.status = status


class Endpoint:
    """One server, for as many threads as like."""

    def __init__(
        self,
        address: str,
        key: Key | None = None,
        *,
        seconds: float = ANSWER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.address = address_of(address)
        self._key = key
        self._seconds = seconds
        self._clock = clock
        # What is packed may unpack to any size; only plain bytes can be counted as they come.
        headers = {"Accept-Encoding": "identity", "Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key.secret}"
        # A proxy of the environment is not asked for what is on this machine; no redirect ever sees the key.
        proxied = urlsplit(self.address).hostname not in LOCAL
        timeout = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds), pool=None)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=16)
        self._client = httpx.Client(
            headers=headers, timeout=timeout, limits=limits, trust_env=proxied, follow_redirects=False
        )

    def close(self) -> None:
        """Let all connections go."""
        self._client.close()

    def chat(self, request: Mapping[str, Any]) -> bytes:
        """Send a request for one answer; give the answer's body. Raises NotAnswered, Refused, ServerRefused."""
        return self._asked("POST", "/chat/completions", orjson.dumps(request))

    def models(self) -> tuple[str, ...]:
        """Give the names that the server knows; raises NotAnswered, Refused, ServerRefused."""
        try:
            listed = orjson.loads(self._asked("GET", "/models"))["data"]
            return tuple(str(one["id"]) for one in listed)
        except (ValueError, TypeError, KeyError) as error:
            raise ServerRefused(
                f"{self.address}: what answers there is no OpenAI-compatible server.",
                mend="The address mostly ends in /v1, as in --server http://HOST:8000/v1",
            ) from error

    def _asked(self, method: str, place: str, content: bytes | None = None) -> bytes:
        try:
            return self._sent(self._client.build_request(method, self.address + place, content=content))
        except httpx.TimeoutException as error:
            slow = Miss.UNREACHED if isinstance(error, httpx.ConnectTimeout) else Miss.SLOW
            raise NotAnswered(Missed(slow)) from None
        except (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol):
            raise NotAnswered(Missed(Miss.UNREACHED)) from None
        except (httpx.TransportError, httpx.DecodingError):
            raise NotAnswered(Missed(Miss.CUT)) from None

    def _sent(self, request: httpx.Request) -> bytes:
        due = self._clock() + self._seconds
        response = self._client.send(request, stream=True)
        try:
            body = bytearray()
            for piece in response.iter_raw():
                body += piece
                if len(body) > MOST_BYTES:
                    raise _too_long()
                if self._clock() > due:
                    raise NotAnswered(Missed(Miss.SLOW))
        finally:
            response.close()
        if response.status_code == httpx.codes.OK:
            return bytes(body)
        raise self._unanswered(response.status_code, bytes(body), response.headers)

    def _unanswered(self, status: int, body: bytes, headers: httpx.Headers) -> Exception:
        if status in BUSY or status in OVERLOADED:
            miss = Miss.BUSY if status in BUSY else Miss.OVERLOADED
            return NotAnswered(Missed(miss, retry_after(headers.get("Retry-After"))))
        if status >= 500 or status in {408, 425}:
            return NotAnswered(Missed(Miss.FAULT))
        said = self._said(body)
        if status in LASTING or 300 <= status < 400:
            return _refused(self.address, status, said)
        return Refused(status, said)

    def _said(self, body: bytes) -> str:
        """Give the server's own words, one line of them, without the key."""
        try:
            error = orjson.loads(body)
            error = error.get("error", error) if isinstance(error, dict) else error
            told = error.get("message", "") if isinstance(error, dict) else error
        except ValueError:
            told = body[: 4 * MOST_SAID].decode("utf-8", "replace")
        words = shown(" ".join(str(told).split()))
        if self._key is not None:
            words = self._key.hidden_in(words)
        return words[:MOST_SAID]


def _too_long() -> PageRefusedByServer:
    return PageRefusedByServer(
        f"The inference server's answer is longer than {MOST_BYTES // 1_000_000} MB, and was not taken.",
        mend="Give it a limit with --max-new-tokens, and look what answers at the address.",
        failure=FailureClass.SERVER,
        step=Step.RECOGNISE,
    )


def _refused(address: str, status: int, said: str) -> ServerRefused:
    what = LASTING.get(status, "points to another address")
    told = f" ({said})" if said else ""
    mend = f"Set {KEY_VARIABLE} to a key that the server takes." if status in {401, 403} else ""
    if not mend:
        mend = f"Look at the address, and at the names that {address}/models lists; -m takes one of them."
    return ServerRefused(f"{address}: the inference server {what}: status {status}{told}.", mend=mend)

"""What is said to an OpenAI-compatible server and what it answers: one picture, one text."""

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from htrkit.domain.failure import FailureClass, Step
from htrkit.domain.server_errors import PageRefusedByServer

CUT_OFF = "length"
"""The `finish_reason` of a text that came to its limit."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a server is asked for with every picture; all of it can change the text."""

    model: str
    prompt: str
    """Empty for a model that is given nothing but the picture."""
    system: str = ""
    most_tokens: int = 4096

    def request(self, jpeg: bytes, *, probabilities: bool) -> Mapping[str, Any]:
        """Give the body of one request; `probabilities` asks for those of the tokens."""
        address = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
        content: list[Mapping[str, Any]] = [{"type": "image_url", "image_url": {"url": address}}]
        if self.prompt:
            content.append({"type": "text", "text": self.prompt})
        messages: list[Mapping[str, Any]] = [{"role": "user", "content": content}]
        if self.system:
            messages.insert(0, {"role": "system", "content": self.system})
        asked = {"logprobs": True} if probabilities else {}
        return {
            "model": self.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": self.most_tokens,
            **asked,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A text as the server gave it."""

    text: str
    cut_off: bool = False
    """Whether it came to its limit, so that the rest is missing."""
    confidence: float | None = None
    """Mean probability of the tokens, 0 to 1; None where the server does not tell."""
    read_tokens: int = 0
    """Of prompt and picture; 0 where the server does not count."""
    written_tokens: int = 0


def answer_in(body: bytes) -> Answer:
    """Read the body of an answer; raises PageRefusedByServer for what is none."""
    try:
        said = orjson.loads(body)
    except ValueError as error:
        raise _no_answer("it is no JSON", body) from error
    choices = said.get("choices") if isinstance(said, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _no_answer("it holds no choice", body)
    choice = choices[0]
    message = choice.get("message")
    text = _text(message.get("content") if isinstance(message, dict) else None)
    if text is None:
        raise _no_answer("its first choice holds no text", body)
    usage = said.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Answer(
        text,
        cut_off=choice.get("finish_reason") == CUT_OFF,
        confidence=_confidence(choice.get("logprobs")),
        read_tokens=_count(counts.get("prompt_tokens")),
        written_tokens=_count(counts.get("completion_tokens")),
    )


def _text(content: object) -> str | None:
    """Give the text, in one piece or in several; without control characters, which no XML can hold."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str)) if parts else None
    if not isinstance(content, str):
        return None
    return "".join(sign for sign in content if sign >= " " or sign in "\n\t").replace("\x7f", "")


def _confidence(told: object) -> float | None:
    tokens = told.get("content") if isinstance(told, dict) else None
    if not isinstance(tokens, Sequence) or isinstance(tokens, str):
        return None
    logs = [token.get("logprob") for token in tokens if isinstance(token, dict)]
    chances = [math.exp(min(log, 0.0)) for log in logs if isinstance(log, (int, float)) and not math.isnan(log)]
    return round(sum(chances) / len(chances), 4) if chances else None


def _count(told: object) -> int:
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else 0


def _no_answer(why: str, body: bytes) -> PageRefusedByServer:
    return PageRefusedByServer(
        f"The inference server's answer cannot be read: {why} ({len(body):,} bytes).",
        mend="Look what answers at the address of --server, and into its log.",
        failure=FailureClass.SERVER,
        step=Step.RECOGNISE,
    )

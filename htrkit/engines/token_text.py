"""What single tokens say: bytes of text, since a sign may be spread over several of them."""

from collections.abc import Sequence
from functools import cache
from typing import Any


def token_bytes(tokenizer: Any, tokens: Sequence[int]) -> list[bytes]:  # noqa: ANN401 - transformers' own types are loose
    """Give what each token of a byte-level vocabulary adds to the text, in UTF-8; special ones add nothing.

    Joined and decoded that is what the tokenizer itself makes of all tokens.
    """
    special = set(tokenizer.all_special_ids)
    added = tokenizer.added_tokens_decoder
    names = tokenizer.convert_ids_to_tokens(list(tokens))
    table = _bytes_of_signs()
    found = []
    for token, name in zip(tokens, names, strict=True):
        if token in special or name is None:
            found.append(b"")
        elif token in added:
            found.append(b"" if added[token].special else str(added[token].content).encode())
        else:
            found.append(bytes(table[sign] for sign in name if sign in table))
    return found


@cache
def _bytes_of_signs() -> dict[str, int]:
    """Give the byte that each sign of a byte-level vocabulary stands for, as GPT-2 has it.

    Bytes that print stand for themselves, the others for the signs from U+0100 on.
    """
    printing = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in set(printing)]
    return {chr(byte): byte for byte in printing} | {chr(256 + place): byte for place, byte in enumerate(others)}

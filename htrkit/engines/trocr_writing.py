"""Token by token from encoded pictures to text: greedily without those that are finished, or with beams."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import DynamicCache, EncoderDecoderCache, GenerationConfig
from transformers.modeling_outputs import BaseModelOutput

from htrkit.core.shown import shown
from htrkit.domain.errors import PreflightRefused
from htrkit.domain.stages import ReadingOptions
from htrkit.engines.token_confidence import probabilities_of
from htrkit.engines.trocr_config import TrocrConfig, first_line

USUAL_TOKENS = 256
"""Of a line at most: twice what a long one has in a script that costs a token for each letter."""


@dataclass(frozen=True, slots=True)
class Written:
    """One line's tokens after the one that starts all, up to and with the one that ends it, if it came to that."""

    tokens: "NDArray[np.int32]"
    probabilities: "NDArray[np.float32]"


def writing_rules(config: TrocrConfig, options: ReadingOptions) -> GenerationConfig:
    """Give how a network writes: as its makers say, but greedily or with the beams asked for, and never by chance.

    Their length is not taken over: where they did not think of it, it is 20 tokens. Raises PreflightRefused for a model
    that does not say which token starts a line and which ends it.
    """
    rules = _of_makers(config)
    rules.do_sample, rules.temperature, rules.top_p, rules.top_k = False, None, None, None
    rules.num_beams, rules.num_return_sequences, rules.use_cache = options.beams, 1, True
    rules.return_dict_in_generate = rules.output_scores = rules.output_logits = rules.output_attentions = False
    if options.beams == 1:
        rules.early_stopping, rules.length_penalty = None, None
    rules.max_length, rules.min_length = None, None
    rules.max_new_tokens = options.max_new_tokens or USUAL_TOKENS
    if config.longest is not None:
        # Of those places, RoBERTa's decoders leave the first two empty.
        rules.max_new_tokens = max(min(rules.max_new_tokens, config.longest - 3), 1)
    told = (rules, config.told, config.told.decoder)
    rules.decoder_start_token_id = _first(told, "decoder_start_token_id", "bos_token_id")
    rules.eos_token_id = _first(told, "eos_token_id")
    if rules.decoder_start_token_id is None or rules.eos_token_id is None:
        raise PreflightRefused(
            f"{shown(config.name)}: does not say which token starts a line, or which ends it.",
            mend="Add decoder_start_token_id and eos_token_id to its generation_config.json, as its makers trained it.",
        )
    padding = _first(told, "pad_token_id")
    rules.pad_token_id = padding if padding is not None else ends_of(rules)[0]
    return rules


def _of_makers(config: TrocrConfig) -> GenerationConfig:
    """Give what the model's folder says of writing; old ones say it in config.json."""
    if not (config.folder / "generation_config.json").is_file():
        return GenerationConfig.from_model_config(config.told)
    try:
        return GenerationConfig.from_pretrained(config.folder)
    except (OSError, ValueError, TypeError) as error:
        raise PreflightRefused(
            f"{shown(config.name)}: its generation_config.json cannot be read: {first_line(error)}.",
            mend="Get the model's files again.",
        ) from error


def ends_of(rules: GenerationConfig) -> tuple[int, ...]:
    """Give the tokens that end a line."""
    ends = rules.eos_token_id
    return tuple(ends) if isinstance(ends, list) else (ends,)


def write(network: Any, pixels: torch.Tensor, rules: GenerationConfig) -> list[Written]:  # noqa: ANN401
    """Give what is written in each picture; `pixels` has shape (lines, channels, height, width), as it was trained."""
    encoded = network.encoder(pixel_values=pixels, return_dict=True)
    # `generate` puts every beam's copy in their place.
    states = encoded[0]
    if rules.num_beams == 1:
        written: list[Written] = network.generate(
            pixels, encoder_outputs=encoded, generation_config=rules, custom_generate=greedily
        )
        return written
    sequences = network.generate(pixels, encoder_outputs=encoded, generation_config=rules)
    return [_retraced(network, states[row : row + 1], sequences[row], rules) for row in range(len(sequences))]


def greedily(  # what transformers' `generate` calls a way of decoding with
    model: Any,  # noqa: ANN401
    input_ids: torch.Tensor,
    logits_processor: Any,  # noqa: ANN401
    stopping_criteria: Any,  # noqa: ANN401
    generation_config: GenerationConfig,
    **conditions: Any,  # noqa: ANN401
) -> list[Written]:
    """Take the likeliest token each time, with the model's own rules, and go on without the lines that are finished.

    transformers' own greedy search computes all lines until the longest one ends.
    """
    del generation_config
    count = len(input_ids)
    rows = torch.arange(count, device=input_ids.device)
    states, cache = conditions["encoder_outputs"][0], EncoderDecoderCache(DynamicCache(), DynamicCache())
    sure = torch.zeros((count, 0), device=input_ids.device)
    written: dict[int, Written] = {}
    while len(rows):
        logits = _next_scores(model, input_ids[:, -1:], states, cache)
        tokens = logits_processor(input_ids, logits.clone()).argmax(1)
        input_ids = torch.cat([input_ids, tokens.unsqueeze(1)], 1)
        sure = torch.cat([sure, probabilities_of(logits, tokens).unsqueeze(1)], 1)
        ended = stopping_criteria(input_ids, None)
        if bool(ended.any()):
            for row, line, probabilities in zip(
                rows[ended].tolist(), input_ids[ended, 1:].cpu(), sure[ended].cpu(), strict=True
            ):
                written[row] = Written(line.int().numpy(), probabilities.numpy())
            kept = (~ended).nonzero().squeeze(1)
            rows, input_ids, sure, states = rows[kept], input_ids[kept], sure[kept], states[kept]
            cache.batch_select_indices(kept)
    return [written[row] for row in range(count)]


def _next_scores(model: Any, last: torch.Tensor, states: torch.Tensor, cache: EncoderDecoderCache) -> torch.Tensor:  # noqa: ANN401
    """Give the scores of the token after the last, float32 of shape (lines, vocabulary)."""
    encoded = BaseModelOutput(last_hidden_state=cast(Any, states))
    outputs = model(
        decoder_input_ids=last, encoder_outputs=encoded, past_key_values=cache, use_cache=True, return_dict=True
    )
    scores: torch.Tensor = outputs.logits[:, -1].float()
    return scores


def _retraced(model: Any, states: torch.Tensor, sequence: torch.Tensor, rules: GenerationConfig) -> Written:  # noqa: ANN401
    """Give what a beam wrote, with the probabilities that the model gives to it token by token when asked again.

    That is one pass over the finished text; the beams' own scores would be the vocabulary's for every token and beam.
    """
    tokens = sequence[1:]
    ends = torch.isin(tokens, torch.tensor(ends_of(rules), device=tokens.device)).nonzero()
    if len(ends):
        tokens = tokens[: int(ends[0]) + 1]
    before = torch.cat([sequence[:1], tokens[:-1]]).unsqueeze(0)
    encoded = BaseModelOutput(last_hidden_state=cast(Any, states))
    logits = model(decoder_input_ids=before, encoder_outputs=encoded, use_cache=False, return_dict=True).logits[0]
    return Written(tokens.cpu().int().numpy(), probabilities_of(logits, tokens).cpu().numpy())


def _first(told: Sequence[Any], *names: str) -> Any:  # noqa: ANN401 - a token, or several
    found = (getattr(place, name, None) for name in names for place in told)
    return next((one for one in found if one is not None), None)

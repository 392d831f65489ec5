"""P(success) in a micro world from what a model itself believes at forks, locks and turns.

The closed form of the world (`micro.closed_form`) takes the shares of the generator. A model has
wrong beliefs of its own. Here every right trace is read by the model, and its distributions at the
labelled places take the place of the generator's.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import torch

from ssdmath.config.decoding import Decoding
from ssdmath.mechanism.forward import Row, TeacherForced
from ssdmath.mechanism.generated_contexts import labelled
from ssdmath.mechanism.tokenizer import ModelTokenizer
from ssdmath.micro.card import unbroken
from ssdmath.micro.problems import Item
from ssdmath.micro.traces import Composition, build
from ssdmath.models.tempered import log_target

CHECKS = ("Wait", "Check")  # turns after which the trace goes on, so that they decide nothing yet


def success(
    folder: str,
    items: Sequence[Item],
    prompts: Sequence[Sequence[int]],
    composition: Composition,
    decodings: Sequence[Decoding],
) -> np.ndarray:
    """P(success) of every item under every decoding, float64 [items, decodings].

    Of a right trace of each item, the product over its labelled places of the probability of what
    is right there, after the decoding. Self-checks, which correct some slips, are not covered.
    """
    model, tokenizer = TeacherForced(folder), ModelTokenizer(folder)
    checks = [token for word in CHECKS for token in tokenizer.ids_of(word)]
    rows = []
    for item, prompt in zip(items, prompts, strict=True):
        labels = _right_trace(item, tokenizer, composition)
        place = Row(0, prompt, labels["token_ids"], labels["places"])
        logp = model.log_probabilities(model.hidden([place])).double().cpu()
        turns = torch.tensor([label == "turn" for label in labels["labels"]])
        rows.append([_product(logp, labels["right"], turns, checks, d) for d in decodings])
    return np.array(rows)


def _right_trace(item: Item, tokenizer: ModelTokenizer, composition: Composition) -> dict[str, Any]:
    """A trace on a right route without a slip or a check, labelled token by token."""
    flawless = replace(
        unbroken(composition),
        slip=0.0,
        mistake_easy=0.0,
        mistake_medium=0.0,
        mistake_hard=0.0,
        short_check=0.0,
        long_check=0.0,
        run_on=0.0,
        unclosed=0.0,
    )
    trace = build(item, composition=flawless, rng=Random(item.statement))
    return labelled(item, trace, tokenizer, len(trace.text), flawless)


def _product(
    logp: torch.Tensor,
    right: Sequence[Sequence[int]],
    turns: torch.Tensor,
    checks: Sequence[int],
    decoding: Decoding,
) -> float:
    """The product over the places of the mass of the right tokens; logp [places, vocabulary]."""
    q = reshaped(logp, decoding).exp()
    mass = torch.stack([row[tokens].sum() for row, tokens in zip(q, map(list, right), strict=True)])
    decided = torch.where(turns, 1 - q[:, checks].sum(dim=-1), 1.0)
    return float((mass / decided).prod())


def reshaped(logp: torch.Tensor, decoding: Decoding) -> torch.Tensor:
    """Log q after a decoding; a composed one reshapes twice, as a perfect student is decoded."""
    if decoding.target is None:
        return log_target(logp, decoding)
    student = decoding.model_copy(update={"target": None})
    return log_target(log_target(logp, decoding.target), student)

"""Composed decodings in an engine with a sampler of its own: base's logits become a student's.

A perfect student of a target has base's tempered logits inside the target's support and none
outside. The engine then decodes it by its own temperature and filters. `filters` decides the
support, as in the transformers engine.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding, slug
from ssdmath.sampling.filters import Filters, chunks, supports

TARGET = "target"  # the argument that a request to vLLM carries


def arguments(decoding: Decoding) -> dict[str, str] | None:
    """What a request to vLLM carries beside its temperature and filters; None: nothing."""
    return None if decoding.target is None else {TARGET: slug(decoding.target)}


def target_of(given: Mapping[str, Any] | None) -> Decoding | None:
    """The target in the arguments of a request; None where there is none."""
    text = (given or {}).get(TARGET)
    return None if text is None else _parsed(text)


@cache
def _parsed(text: str) -> Decoding:
    return Decoding.parse(text)  # one object for all its rows, as `Filters.of` wants it


class StudentLogits:
    """Changes the logits of batches; keeps the tensors of the last batch's targets."""

    def __init__(self) -> None:
        """Start without a batch."""
        self._targets: list[Decoding] = []
        self._filters: Filters | None = None

    def apply(self, logits: Tensor, targets: Mapping[int, Decoding]) -> None:
        """Make the rows of targets those of their perfect students, in place.

        `logits` [rows, vocabulary] float32 are the model's own. `targets` maps row numbers to
        decodings that are not greedy; the other rows stay as they are.
        """
        if not targets:
            return
        filters = self._filters_of(list(targets.values()), logits.device)
        rows = torch.tensor(list(targets), device=logits.device)
        for chunk in chunks(filters.untruncated, logits.shape[1]):
            tempered = logits[rows[chunk]].double() / filters.temperature[chunk, None]
            logits[rows[chunk]] = tempered.float()
        for chunk in chunks(filters.truncated, logits.shape[1]):
            z = logits[rows[chunk]]
            student = torch.full_like(z, -torch.inf)
            for part, ids, gap in supports(z, chunk, filters):
                student[part] = student[part].scatter_(1, ids, gap.float())
            logits[rows[chunk]] = student

    def _filters_of(self, targets: list[Decoding], device: torch.device) -> Filters:
        if self._filters is None or targets != self._targets:
            self._targets, self._filters = targets, Filters.of(targets, device)
        return self._filters

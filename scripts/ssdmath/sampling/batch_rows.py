"""The completions a batch is working on: what each has drawn, under which decoding and noise."""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.filters import Filters, draw, log_probabilities
from ssdmath.sampling.gumbel import signed
from ssdmath.sampling.requests import Request, Sample


class Rows:
    """One row a slot; a slot without a request is free and whatever it draws is dropped."""

    def __init__(
        self, slots: int, *, max_tokens: int, ends: Sequence[int], device: torch.device
    ) -> None:
        """Have free slots for completions of up to `max_tokens`, cut short by any of `ends`."""
        self.requests: list[Request | None] = [None] * slots
        self.max_tokens = max_tokens
        self.last = torch.zeros(slots, dtype=torch.int64, device=device)  # input of the next step
        self._ends = torch.tensor(list(ends), dtype=torch.int64, device=device)
        self._tokens = torch.zeros(slots, max_tokens, dtype=torch.int32, device=device)
        self._counts = torch.zeros(slots, dtype=torch.int64, device=device)
        self._logprob = torch.zeros(slots, dtype=torch.float64, device=device)
        self._keys = torch.zeros(slots, dtype=torch.int64, device=device)
        self.live = torch.zeros(slots, dtype=torch.bool, device=device)
        self._seen: Tensor | None = None  # made when a presence penalty first needs it
        self._filters: Filters | None = None

    def start(self, slot: int, request: Request) -> None:
        """Take a request into a free slot; its next input is the last token of its prompt."""
        self.requests[slot] = request
        self.last[slot] = request.prompt_ids[-1]
        self._counts[slot] = 0
        self._logprob[slot] = 0.0
        self._keys[slot] = signed(request.key)
        self.live[slot] = True
        if self._seen is not None:
            self._seen[slot] = False
        self._filters = None

    def move(self, source: int, target: int) -> None:
        """Move a row to a free slot."""
        self.requests[target], self.requests[source] = self.requests[source], None
        columns = [self.last, self._tokens, self._counts, self._logprob, self._keys, self.live]
        for column in [*columns, self._seen] if self._seen is not None else columns:
            column[target] = column[source]
        self.live[source] = False
        self._counts[source] = 0
        self._filters = None

    def step(self, logits: Tensor) -> Tensor:
        """Draw one token for the first rows (logits [rows, vocabulary]); slots that are done."""
        rows = len(logits)
        filters = self._decodings(rows)
        seen = self._used(logits, filters)
        counts = self._counts[:rows]
        tokens = draw(logits, filters, self._keys[:rows], counts, seen)
        self._logprob[:rows] += log_probabilities(logits, tokens)
        self._tokens[:rows].scatter_(1, counts[:, None], tokens[:, None].int())
        if seen is not None:
            seen.scatter_(1, tokens[:, None], True)
        self.last[:rows] = tokens
        counts += self.live[:rows]  # a free slot stays where it is
        done = torch.isin(tokens, self._ends) | (counts >= self.max_tokens)
        return (done & self.live[:rows]).nonzero()[:, 0]

    def finish(self, slots: Tensor) -> list[Sample]:
        """Take finished rows out; FloatingPointError if a model's logits are no numbers."""
        samples = [
            self._sample(*row)
            for row in zip(
                slots.tolist(),
                self._tokens[slots].tolist(),
                self._counts[slots].tolist(),
                self._logprob[slots].tolist(),
                torch.isin(self.last[slots], self._ends).tolist(),
                strict=True,
            )
        ]
        self.live[slots] = False
        self._counts[slots] = 0
        return samples

    def _sample(
        self, slot: int, tokens: list[int], count: int, logprob: float, ended: bool
    ) -> Sample:
        request = self.requests[slot]
        if request is None or not math.isfinite(logprob):
            raise FloatingPointError(f"slot {slot}: {request}: log probability {logprob}")
        self.requests[slot] = None
        finish: Literal["stop", "length"] = "stop" if ended else "length"
        return Sample(request, tuple(tokens[:count]), finish, logprob)

    def _decodings(self, rows: int) -> Filters:
        if self._filters is None or len(self._filters.temperature) != rows:
            idle = Decoding(temperature=0)  # the cheapest: nobody reads what a free slot draws
            decodings = [one.decoding if one else idle for one in self.requests[:rows]]
            self._filters = Filters.of(decodings, self.last.device)
        return self._filters

    def _used(self, logits: Tensor, filters: Filters) -> Tensor | None:
        """Tokens already in each completion, kept only once a presence penalty asks for it."""
        if self._seen is None and filters.penalised:
            shape = (len(self.requests), logits.shape[1])
            self._seen = torch.zeros(shape, dtype=torch.bool, device=logits.device)
            for slot, request in enumerate(self.requests):
                drawn = self._tokens[slot, : self._counts[slot]] if request else ()
                self._seen[slot, list(map(int, drawn))] = True
        return None if self._seen is None else self._seen[: len(logits)]


def closing_moves(requests: Sequence[Request | None], wanted: int) -> list[tuple[int, int]]:
    """Moves (source, target) that bring every row into the first `wanted` slots."""
    gaps = [slot for slot, one in enumerate(requests[:wanted]) if one is None]
    late = [slot for slot, one in enumerate(requests) if one is not None and slot >= wanted]
    return list(zip(late, gaps, strict=False))

"""The completions in a running batch: the tokens of each so far, its decoding and its noise key."""

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.drawing import draw, log_probabilities, power_masses
from ssdmath.sampling.filters import Filters
from ssdmath.sampling.gumbel import signed
from ssdmath.sampling.requests import Request, Sample


class Rows:
    """One row per slot; a slot without a request is free, and its draws are dropped."""

    def __init__(
        self, slots: int, *, max_tokens: int, ends: Sequence[int], device: torch.device
    ) -> None:
        """Start with free slots; a completion ends at `max_tokens` or with any token of `ends`."""
        self.requests: list[Request | None] = [None] * slots
        self.running = 0  # slots with a request
        self.max_tokens = max_tokens
        self.last = torch.zeros(slots, dtype=torch.int64, device=device)  # input of the next step
        self._ends = torch.tensor(list(ends), dtype=torch.int64, device=device)
        self._tokens = torch.zeros(slots, max_tokens, dtype=torch.int32, device=device)
        self._counts = torch.zeros(slots, dtype=torch.int64, device=device)
        self._logprob = torch.zeros(slots, dtype=torch.float64, device=device)
        self._keys = torch.zeros(slots, dtype=torch.int64, device=device)
        self.active = torch.zeros(slots, dtype=torch.bool, device=device)
        self._used: Tensor | None = None  # allocated when a presence penalty first needs it
        self._trace: Tensor | None = None  # of `Sample.trace`; allocated when a power needs it
        self._filters: Filters | None = None

    def start(self, slot: int, request: Request) -> None:
        """Put a request into a free slot; its first input is the last token of its context."""
        self.requests[slot] = request
        self.running += 1
        self.last[slot] = request.context[-1]
        fixed = len(request.prefix)
        if fixed:
            self._tokens[slot, :fixed] = torch.tensor(request.prefix, dtype=torch.int32)
        self._counts[slot] = fixed
        self._logprob[slot] = 0.0
        self._keys[slot] = signed(request.key)
        self.active[slot] = True
        if self._used is not None:
            self._used[slot] = False
        self._filters = None

    def move(self, source: int, target: int) -> None:
        """Move a row to a free slot."""
        self.requests[target], self.requests[source] = self.requests[source], None
        columns = [self.last, self._tokens, self._counts, self._logprob, self._keys, self.active]
        optional = (self._used, self._trace)
        for column in [*columns, *(column for column in optional if column is not None)]:
            column[target] = column[source]
        self.active[source] = False
        self._counts[source] = 0
        self._filters = None

    def step(self, logits: Tensor) -> Tensor:
        """Draw a token for each row of logits [rows, vocabulary]; return the slots that ended."""
        rows = len(logits)
        filters = self._decodings(rows)
        used_tokens = self._used_tokens(logits, filters)
        counts = self._counts[:rows]
        tokens = draw(logits, filters, self._keys[:rows], counts, used_tokens)
        logp = log_probabilities(logits, tokens)
        self._logprob[:rows] += logp
        if filters.any_power:
            self._note(counts, logp, power_masses(logits, filters.powers))
        self._tokens[:rows].scatter_(1, counts[:, None], tokens[:, None].int())
        if used_tokens is not None:
            used_tokens.scatter_(1, tokens[:, None], True)
        self.last[:rows] = tokens
        counts += self.active[:rows]  # a free slot does not advance
        ended = torch.isin(tokens, self._ends) | (counts >= self.max_tokens)
        return (ended & self.active[:rows]).nonzero()[:, 0]

    def finish(self, slots: Tensor) -> list[Sample]:
        """Free slots and return their samples; FloatingPointError if the model's logits are NaN."""
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
        self.active[slots] = False
        self._counts[slots] = 0
        return samples

    def _sample(
        self, slot: int, tokens: list[int], count: int, logprob: float, stopped: bool
    ) -> Sample:
        request = self.requests[slot]
        if request is None or not math.isfinite(logprob):
            raise FloatingPointError(f"slot {slot}: {request}: log probability {logprob}")
        self.requests[slot] = None
        self.running -= 1
        finish: Literal["stop", "length"] = "stop" if stopped else "length"
        trace = self._traced(slot, len(request.prefix), count) if request.decoding.power else ()
        return Sample(request, tuple(tokens[:count]), finish, logprob, trace)

    def _note(self, counts: Tensor, *values: Tensor) -> None:
        """Keep what `Sample.trace` holds of the tokens just drawn, each value [rows]."""
        if self._trace is None:
            shape = (len(self.requests), self.max_tokens, len(values))
            self._trace = torch.zeros(shape, dtype=torch.float64, device=counts.device)
        rows = torch.arange(len(counts), device=counts.device)
        self._trace[rows, counts] = torch.stack(values, dim=1)

    def _traced(self, slot: int, start: int, end: int) -> tuple[tuple[float, float], ...]:
        if self._trace is None:
            return ()
        return tuple((logp, mass) for logp, mass in self._trace[slot, start:end].tolist())

    def _decodings(self, rows: int) -> Filters:
        if self._filters is None or len(self._filters.temperature) != rows:
            idle = Decoding(temperature=0)  # the cheapest, as the draws of a free slot are dropped
            occupants = self.requests[:rows]
            decodings = [request.decoding if request else idle for request in occupants]
            self._filters = Filters.of(decodings, self.last.device)
        return self._filters

    def _used_tokens(self, logits: Tensor, filters: Filters) -> Tensor | None:
        """Mark the tokens in each completion: bool [rows, vocabulary], None without any penalty."""
        if self._used is None and filters.penalised:
            shape = (len(self.requests), logits.shape[1])
            self._used = torch.zeros(shape, dtype=torch.bool, device=logits.device)
            for slot, request in enumerate(self.requests):
                drawn = self._tokens[slot, : self._counts[slot]] if request else ()
                self._used[slot, list(map(int, drawn))] = True
        return None if self._used is None else self._used[: len(logits)]


def closing_moves(requests: Sequence[Request | None], slots: int) -> list[tuple[int, int]]:
    """List moves (source, target) that bring all requests into the first `slots` slots."""
    gaps = [slot for slot, request in enumerate(requests[:slots]) if request is None]
    late = [slot for slot, request in enumerate(requests) if request and slot >= slots]
    return list(zip(late, gaps, strict=False))

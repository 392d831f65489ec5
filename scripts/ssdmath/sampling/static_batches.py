"""Static batches of prompts of equal length, for architectures with a cache of their own.

Equal lengths need neither padding nor a mask, so linear attention, convolutions and sliding windows
compute what they would compute for a row alone. Rows that end leave the batch. This is slower than
`continuous_batches` where lengths vary.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ssdmath.sampling.batch_rows import Rows, closing_moves
from ssdmath.sampling.kv_cache import ROWS, padded
from ssdmath.sampling.requests import OnTokens, Request, Sample


class StaticBatches:
    """One run over a list of requests; iterate over `samples` once."""

    def __init__(
        self,
        model: Any,  # any causal LM of transformers
        requests: Sequence[Request],
        *,
        batch: int,
        max_tokens: int,
        ends: Sequence[int],
    ) -> None:
        """Divide all requests into batches of at most `batch` rows."""
        self._model = model
        self._batches = list(_equal_lengths(requests, batch))
        self._max_tokens, self._ends = max_tokens, ends

    def samples(self, on_tokens: OnTokens) -> Iterator[Sample]:
        """Draw everything, yielding each sample as it finishes; report the tokens of each step."""
        for requests in self._batches:
            used = padded(len(requests), ROWS)
            rows = Rows(
                used, max_tokens=self._max_tokens, ends=self._ends, device=self._model.device
            )
            for slot, request in enumerate(requests):
                rows.start(slot, request)
            with torch.inference_mode():
                cache = self._prompts(requests, used)
            while used:
                running = rows.running
                with torch.inference_mode():
                    cache, finished = self._step(rows, used, cache)
                    used = _shrink(rows, used, cache) if finished else used
                on_tokens(running)
                yield from finished

    def _step(self, rows: Rows, used: int, cache: Any) -> tuple[Any, list[Sample]]:
        out = self._model(
            input_ids=rows.last[:used, None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        ended = rows.step(out.logits[:, -1])
        return out.past_key_values, rows.finish(ended) if len(ended) else []

    def _prompts(self, requests: Sequence[Request], rows: int) -> Any:
        """Fill the cache with every row's prompt but its last token, computing each prompt once."""
        prompts = {request.context: None for request in requests}
        ids = torch.tensor([prompt[:-1] for prompt in prompts], device=self._model.device)
        if not ids.numel():
            return None
        cache = self._model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
        number = {prompt: row for row, prompt in enumerate(prompts)}
        spread = [number[request.context] for request in requests]
        spread += [0] * (rows - len(requests))
        cache.reorder_cache(torch.tensor(spread, device=self._model.device))
        return cache


def _equal_lengths(requests: Sequence[Request], batch: int) -> Iterator[list[Request]]:
    ordered = sorted(requests, key=lambda request: (len(request.context), request.context))
    start = 0
    for end, request in enumerate(ordered, start=1):
        last = end == len(ordered)
        if last or end - start == batch or len(ordered[end].context) > len(request.context):
            yield ordered[start:end]
            start = end


def _shrink(rows: Rows, used: int, cache: Any) -> int:
    """Drop free rows from the batch and its cache as soon as that saves a block of rows."""
    slots = padded(rows.running, ROWS) if rows.running else 0
    if slots and slots < used:
        kept: Tensor = torch.arange(slots, device=rows.last.device)
        for source, target in closing_moves(rows.requests, slots):
            rows.move(source, target)
            kept[target] = source
        cache.reorder_cache(kept)
    return slots

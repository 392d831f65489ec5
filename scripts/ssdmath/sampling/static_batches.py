"""Static batches of prompts of one length, for architectures whose cache is their own affair.

Equal lengths need no padding and no mask, so linear attention, convolutions and sliding windows see
what they would see alone; rows that finish leave the batch. Slower than `slots` where lengths vary.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ssdmath.sampling.batch_rows import Rows, closing_moves
from ssdmath.sampling.kv_cache import ROWS, padded
from ssdmath.sampling.requests import Request, Sample


class Aligned:
    """One run over a list of requests; `samples` is its only use."""

    def __init__(
        self,
        model: Any,  # any causal LM of transformers
        requests: Sequence[Request],
        *,
        batch: int,
        max_tokens: int,
        ends: Sequence[int],
    ) -> None:
        """Plan all requests in batches of at most `batch` rows."""
        self._model = model
        self._batches = list(_equal_lengths(requests, batch))
        self._max_tokens, self._ends = max_tokens, ends

    def samples(self) -> Iterator[Sample]:
        """Draw everything, yielding each sample as it finishes."""
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
                with torch.inference_mode():
                    cache, finished = self._step(rows, used, cache)
                    used = _shrink(rows, used, cache) if finished else used
                yield from finished

    def _step(self, rows: Rows, used: int, cache: Any) -> tuple[Any, list[Sample]]:
        out = self._model(
            input_ids=rows.last[:used, None],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        done = rows.step(out.logits[:, -1])
        return out.past_key_values, rows.finish(done) if len(done) else []

    def _prompts(self, requests: Sequence[Request], rows: int) -> Any:
        """The cache of every row's prompt but its last token, each prompt computed once."""
        prompts = {request.prompt_ids: None for request in requests}
        ids = torch.tensor([prompt[:-1] for prompt in prompts], device=self._model.device)
        if not ids.numel():
            return None
        cache = self._model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
        number = {prompt: row for row, prompt in enumerate(prompts)}
        spread = [number[request.prompt_ids] for request in requests]
        spread += [0] * (rows - len(requests))
        cache.reorder_cache(torch.tensor(spread, device=self._model.device))
        return cache


def _equal_lengths(requests: Sequence[Request], batch: int) -> Iterator[list[Request]]:
    ordered = sorted(requests, key=lambda one: (len(one.prompt_ids), one.prompt_ids))
    start = 0
    for end, request in enumerate(ordered, start=1):
        last = end == len(ordered)
        if last or end - start == batch or len(ordered[end].prompt_ids) > len(request.prompt_ids):
            yield ordered[start:end]
            start = end


def _shrink(rows: Rows, used: int, cache: Any) -> int:
    """Drop free rows from the batch and its cache as soon as that saves a block of rows."""
    live = sum(one is not None for one in rows.requests)
    wanted = padded(live, ROWS) if live else 0
    if wanted and wanted < used:
        kept: Tensor = torch.arange(wanted, device=rows.last.device)
        for source, target in closing_moves(rows.requests, wanted):
            rows.move(source, target)
            kept[target] = source
        cache.reorder_cache(kept)
    return wanted

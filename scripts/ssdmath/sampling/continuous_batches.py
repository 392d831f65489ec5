"""Continuous batching: a row that finishes gives its slot to the next request.

A prompt is computed once for all its draws (every decoding and seed of a sweep) and copied into
their slots; a step feeds each row's last token, so the first token needs no path of its own.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ssdmath.sampling.batch_rows import Rows, closing_moves
from ssdmath.sampling.kv_cache import COLUMNS, ROWS, PromptStore, SlotStore, padded
from ssdmath.sampling.requests import Request, Sample

PROMPT_TOKENS = 4096  # of one prefill pass
PROMPT_BYTES = 64 << 20  # of prompts computed ahead of their slots
SLOT_BYTES = 256 << 20  # up to here room for the longest completion is made at once


class Slots:
    """One run over a list of requests; `samples` is its only use."""

    def __init__(
        self,
        model: Any,  # a causal LM of transformers whose attention is cache.ATTENTION
        requests: Sequence[Request],
        *,
        batch: int,
        max_tokens: int,
        ends: Sequence[int],
    ) -> None:
        """Plan all requests over at most `batch` slots (rounded up to whole blocks of rows)."""
        self._model = model
        self._uses = Counter(request.prompt_ids for request in requests)
        order = {prompt: number for number, prompt in enumerate(self._uses)}
        self._queue = deque(sorted(requests, key=lambda request: order[request.prompt_ids]))
        self._upcoming = deque(self._uses)  # prompts not computed yet, in the queue's order
        self._prompts: dict[tuple[int, ...], Tensor] = {}
        self._used = padded(min(batch, len(requests)), ROWS)
        self._rows = Rows(self._used, max_tokens=max_tokens, ends=ends, device=model.device)
        self._store = _slot_store(model, self._used, max(map(len, self._uses)), max_tokens)
        self._born = [0] * self._used  # a live row holds this many tokens plus the steps done
        self._steps = self._longest = 0

    def samples(self) -> Iterator[Sample]:
        """Draw everything, yielding each sample as it finishes."""
        with torch.inference_mode():
            self._fill(list(range(self._used)))
            self._shrink()
        while self._used:
            yield from self._advance()

    def _advance(self) -> list[Sample]:
        with torch.inference_mode():
            done = self._step()
            if not len(done):
                return []
            finished = self._rows.finish(done)
            self._store.free(done)
            self._rearrange()
            return finished

    def _step(self) -> Tensor:
        used, rows, store = self._used, self._rows, self._store
        store.open(used, self._longest + self._steps)
        hidden = self._model.model(
            input_ids=rows.last[:used, None],
            position_ids=store.lengths[:used, None],
            use_cache=False,
            store=store,
        ).last_hidden_state
        done = rows.step(self._model.lm_head(hidden[:, 0]))
        store.close(rows.live[:used])
        self._steps += 1
        return done

    def _rearrange(self) -> None:
        """Give free slots to waiting requests; without any, close the gaps the finished left."""
        free = [slot for slot in range(self._used) if self._rows.requests[slot] is None]
        if self._queue and len(free) * 32 >= self._used:
            self._fill(free)
        if not self._queue:
            self._shrink()

    def _fill(self, free: Sequence[int]) -> None:
        for slot, request in zip(free, self._take(len(free)), strict=False):
            prompt = request.prompt_ids
            if prompt not in self._prompts:
                self._compute_prompts()
            self._store.place(slot, self._prompts[prompt])
            self._rows.start(slot, request)
            self._born[slot] = len(prompt) - 1 - self._steps
            self._uses[prompt] -= 1
            if not self._uses[prompt]:
                del self._prompts[prompt]
        self._measure()

    def _take(self, count: int) -> Iterator[Request]:
        for _ in range(min(count, len(self._queue))):
            yield self._queue.popleft()

    def _shrink(self) -> None:
        """Move the last rows into free slots as soon as that saves a block of rows."""
        live = sum(one is not None for one in self._rows.requests)
        wanted = padded(live, ROWS) if live else 0
        if wanted == self._used:
            return
        for source, target in closing_moves(self._rows.requests, wanted):
            self._store.move(source, target)
            self._rows.move(source, target)
            self._born[target] = self._born[source]
        self._used = wanted
        self._measure()

    def _measure(self) -> None:
        live = (born for born, one in zip(self._born, self._rows.requests, strict=True) if one)
        self._longest = max(live, default=0)

    def _compute_prompts(self) -> None:
        """Prefill the next prompts, those of one padded length together."""
        ahead = max(1, PROMPT_BYTES // (self._store.token_bytes * len(self._upcoming[0])))
        batch = [self._upcoming.popleft() for _ in range(min(ahead, 64, len(self._upcoming)))]
        by_length: dict[int, list[tuple[int, ...]]] = {}
        for prompt in batch:
            by_length.setdefault(padded(len(prompt) - 1, COLUMNS), []).append(prompt)
        for columns, prompts in by_length.items():
            size = max(1, PROMPT_TOKENS // columns)
            for start in range(0, len(prompts), size):
                self._prefill(prompts[start : start + size], columns)

    def _prefill(self, prompts: Sequence[tuple[int, ...]], columns: int) -> None:
        ids = torch.zeros(len(prompts), columns, dtype=torch.int64)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt) - 1] = torch.tensor(prompt[:-1], dtype=torch.int64)
        store = PromptStore()
        self._model.model(input_ids=ids.to(self._model.device), use_cache=False, store=store)
        for row, prompt in enumerate(prompts):
            self._prompts[prompt] = store.prompt(row, len(prompt) - 1)


def _slot_store(model: Any, slots: int, longest_prompt: int, max_tokens: int) -> SlotStore:
    config = model.config
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    token = 2 * config.num_hidden_layers * config.num_key_value_heads * size * model.dtype.itemsize
    room = max(256, SLOT_BYTES // (token * slots))
    return SlotStore(
        layers=config.num_hidden_layers,
        slots=slots,
        kv_heads=config.num_key_value_heads,
        columns=longest_prompt + min(max_tokens, room),
        size=size,
        like=torch.empty(0, dtype=model.dtype, device=model.device),
    )

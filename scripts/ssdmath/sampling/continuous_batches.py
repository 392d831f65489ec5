"""Continuous batching: a completion that ends gives its slot to the next request.

A prompt is computed once for all its draws (all decodings and indices of a sweep) and copied into
their slots. It is computed without its last token: each step feeds the last token of every row, so
the first step of a completion is a step like any other.
"""

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from ssdmath.sampling.batch_rows import Rows, closing_moves
from ssdmath.sampling.kv_cache import COLUMNS, ROWS, PromptStore, SlotStore, padded
from ssdmath.sampling.requests import OnTokens, Request, Sample

PROMPT_TOKENS = 4096  # in one forward pass over prompts
PROMPT_BYTES = 64 << 20  # of keys and values of prompts computed before their slots are free
SLOT_BYTES = 256 << 20  # if it suffices, slots are allocated for the longest completion at once


class ContinuousBatches:
    """One run over a list of requests; iterate over `samples` once."""

    def __init__(
        self,
        model: Any,  # a causal LM of transformers whose attention is kv_cache.ATTENTION
        requests: Sequence[Request],
        *,
        batch: int,
        max_tokens: int,
        ends: Sequence[int],
    ) -> None:
        """Queue all requests for at most `batch` slots (rounded up to whole blocks of rows)."""
        self._model = model
        self._uses = Counter(request.context for request in requests)
        order = {prompt: number for number, prompt in enumerate(self._uses)}
        self._queue = deque(sorted(requests, key=lambda request: order[request.context]))
        self._upcoming = deque(self._uses)  # prompts to compute, in the order of the queue
        self._prompts: dict[tuple[int, ...], Tensor] = {}
        self._used = padded(min(batch, len(requests)), ROWS)
        self._rows = Rows(self._used, max_tokens=max_tokens, ends=ends, device=model.device)
        longest = max(map(len, self._uses))
        room = max(len(request.prompt_ids) for request in requests) + max_tokens - longest
        self._store = _slot_store(model, self._used, longest, room)
        self._offset = [0] * self._used  # an active row holds this many tokens plus the steps done
        self._steps = self._longest = 0

    def samples(self, on_tokens: OnTokens) -> Iterator[Sample]:
        """Draw everything, yielding each sample as it finishes; report the tokens of each step."""
        with torch.inference_mode():
            self._fill(list(range(self._used)))
            self._shrink()
        while self._used:
            running = self._rows.running
            finished = self._advance()
            on_tokens(running)
            yield from finished

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
        store.close(rows.active[:used])
        self._steps += 1
        return done

    def _rearrange(self) -> None:
        """Fill free slots with waiting requests; without any, shrink the batch."""
        free = [slot for slot in range(self._used) if self._rows.requests[slot] is None]
        if self._queue and len(free) * 32 >= self._used:  # filling has a cost of its own
            self._fill(free)
        if not self._queue:
            self._shrink()

    def _fill(self, free: Sequence[int]) -> None:
        for slot in free[: len(self._queue)]:
            request = self._queue.popleft()
            prompt = request.context
            if prompt not in self._prompts:
                self._compute_prompts()
            self._store.place(slot, self._prompts[prompt])
            self._rows.start(slot, request)
            self._offset[slot] = len(prompt) - 1 - self._steps
            self._uses[prompt] -= 1
            if not self._uses[prompt]:
                del self._prompts[prompt]
        self._measure()

    def _shrink(self) -> None:
        """Move the last rows into free slots as soon as that saves a block of rows."""
        slots = padded(self._rows.running, ROWS) if self._rows.running else 0
        if slots == self._used:
            return
        for source, target in closing_moves(self._rows.requests, slots):
            self._store.move(source, target)
            self._rows.move(source, target)
            self._offset[target] = self._offset[source]
        self._used = slots
        self._measure()

    def _measure(self) -> None:
        """Note the largest offset of an active row: plus the steps done, the longest row."""
        rows = zip(self._offset, self._rows.requests, strict=True)
        self._longest = max((offset for offset, request in rows if request), default=0)

    def _compute_prompts(self) -> None:
        """Compute the next prompts, those of the same padded length together."""
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


def _slot_store(model: Any, slots: int, longest_prompt: int, most_tokens: int) -> SlotStore:
    config = model.config
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    token = 2 * config.num_hidden_layers * config.num_key_value_heads * size * model.dtype.itemsize
    room = max(256, SLOT_BYTES // (token * slots))
    return SlotStore(
        layers=config.num_hidden_layers,
        slots=slots,
        kv_heads=config.num_key_value_heads,
        columns=longest_prompt + min(most_tokens, room),
        size=size,
        like=torch.empty(0, dtype=model.dtype, device=model.device),
    )

"""What a draw is and what an engine does. Imports no torch, so that importing it is fast."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from ssdmath.config.decoding import Decoding, slug


@dataclass(frozen=True, slots=True)
class Request:
    """One completion to draw."""

    problem: str
    index: int  # 0-based number of the draw of this problem
    decoding: Decoding
    prompt_ids: tuple[int, ...]
    key: int  # 64 bits that determine all noise of this draw (`draw_key`)
    prefix: tuple[int, ...] = ()  # the completion's first tokens, where they are fixed already

    @property
    def context(self) -> tuple[int, ...]:
        """What the model reads before it draws: the prompt and the fixed part of the completion."""
        return self.prompt_ids + self.prefix


class Chain(NamedTuple):
    """What a completion with a power cost (docs/method.md, section 2)."""

    drawn: int  # tokens, those of rejected proposals included
    accepted: int  # moves, those among them whose redraw was what stood there
    changed: int  # moves after which the completion was another


@dataclass(frozen=True, slots=True)
class Sample:
    """A finished completion."""

    request: Request
    token_ids: tuple[int, ...]  # as drawn, the end-of-sequence token included
    finish: Literal["stop", "length"]
    logprob: float  # sum of log p of the tokens drawn, under T=1, untruncated, without penalty
    # Of a draft or redraw with a power alpha, for each token drawn: log p, and log of the sum of
    # p^alpha over the vocabulary.
    trace: tuple[tuple[float, float], ...] = ()
    chain: Chain | None = None  # of a finished completion with a power


OnTokens = Callable[[int], None]  # is told how many tokens were drawn since the last call


def unheard(tokens: int) -> None:
    """The `on_tokens` of a caller that shows no progress."""


class Engine(Protocol):
    """A model that completes prompts; a draw depends on its request, not on its batch."""

    def generate(
        self, requests: Sequence[Request], *, max_tokens: int, on_tokens: OnTokens = unheard
    ) -> Iterator[Sample]:
        """Draw all requests, yielding each sample as it finishes, in any order.

        `on_tokens` is told each drawn token once, as soon as the engine knows of it.
        """
        ...

    def decode(self, token_ids: Sequence[int]) -> str:
        """Text of a completion without its end-of-sequence token; `</think>` is kept."""
        ...


def draw_key(
    *, model: str, prompt_ids: Sequence[int], decoding: Decoding, seed: int, index: int
) -> int:
    """The noise key (docs/method.md, section 2): 64 bits of a SHA-256 over the arguments."""
    return noise_key(json.dumps([model, list(prompt_ids), slug(decoding), seed, index]))


def noise_key(inputs: str) -> int:
    """64 bits of the SHA-256 of a text."""
    return int.from_bytes(hashlib.sha256(inputs.encode()).digest()[:8], "big")


def cell_requests(
    *,
    model: str,
    prompts: Mapping[str, Sequence[int]],
    decoding: Decoding,
    seed: int,
    draws: int,
) -> tuple[Request, ...]:
    """List all draws of a cell: every prompt (problem id -> token ids) `draws` times, in order.

    `model` is the fingerprint of the weights, so every checkpoint gets its own noise.
    """
    return tuple(
        Request(
            problem=problem,
            index=index,
            decoding=decoding,
            prompt_ids=tuple(prompt_ids),
            key=draw_key(
                model=model, prompt_ids=prompt_ids, decoding=decoding, seed=seed, index=index
            ),
        )
        for problem, prompt_ids in prompts.items()
        for index in range(draws)
    )

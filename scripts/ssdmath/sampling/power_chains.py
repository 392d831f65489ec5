"""Whole completions drawn from p^alpha by Metropolis-Hastings (docs/method.md, section 2).

A chain starts from a draft, drawn token by token from p^alpha renormalised (T = 1/alpha). A move
picks one of the completion's positions at random, redraws everything from there on in the same way,
and accepts the result with the probability that leaves p^alpha over whole completions unchanged
(Karan and Du 2025, arXiv 2510.14901, algorithm 1 with a single block). The probability is p's at
T = 1, and a completion is whole when it ends by itself or is cut off at the cap.

All chains of a group move together: a move is one run of the engine. What a chain does depends on
its request alone, because its noise is a function of the request's key and of the number of the
move, and the engine gives a row the same bits in any batch.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, Self

import torch

from ssdmath.sampling.gumbel import signed, uniform
from ssdmath.sampling.requests import Chain, Request, Sample, noise_key

Draw = Callable[[Sequence[Request]], Iterator[Sample]]  # the engine; gives samples their trace
Masses = Sequence[float]  # log of the sum of p^alpha over the vocabulary, at each position


def draw_chains(draw: Draw, requests: Sequence[Request], *, group: int) -> Iterator[Sample]:
    """Draw requests with a power; `group` chains move together and are yielded together."""
    for start in range(0, len(requests), group):
        together = requests[start : start + group]
        chains = [_State(draft.request, draft, len(draft.token_ids)) for draft in draw(together)]
        for move in range(1, 1 + max(chain.moves for chain in chains)):
            chains = _moved(draw, chains, move)
        yield from (chain.finished() for chain in chains)


def log_acceptance(current: Masses, proposed: Masses, cut: int) -> float:
    """Log of the probability, at most 0, of accepting a redraw from position `cut` on.

    With x the current and x' the proposed completion, equal before `cut`, and q the probability of
    a redraw, it is min(1, p(x')^alpha q(x) len(x) / (p(x)^alpha q(x') len(x'))). The lengths are
    there because `cut` was one of len(x) positions, and is one of len(x') on the way back. A redraw
    draws each token from p^alpha / Z, where Z is the sum of p^alpha over the vocabulary, so that
    p^alpha / q is the product of the Zs, whose logs are `current` and `proposed`.
    """
    weight = math.fsum(proposed[cut:]) - math.fsum(current[cut:])
    return min(0.0, weight + math.log(len(current)) - math.log(len(proposed)))


class _State(NamedTuple):
    """A chain on its way."""

    request: Request
    sample: Sample  # the current completion, with the trace of all its tokens
    drawn: int  # tokens so far, those of rejected redraws included
    accepted: int = 0  # moves
    changed: int = 0  # moves after which the completion was another

    @property
    def moves(self) -> int:
        """The number of moves of the chain."""
        power = self.request.decoding.power
        if power is None:
            raise ValueError(f"{self.request}: a chain without a power")
        return power.moves

    @property
    def masses(self) -> list[float]:
        """The log of the sum of p^alpha at each position of the current completion."""
        return [mass for _, mass in self.sample.trace]

    def redraw(self, move: int, cut: int) -> Request:
        """The request for everything from a position on."""
        key, prefix = _key(self.request, move, "redraw"), self.sample.token_ids[:cut]
        return replace(self.request, key=key, prefix=prefix)

    def after(self, redrawn: Sample, threshold: float) -> Self:
        """The chain after a move: accept if the log of a uniform number is below the ratio's."""
        cut = len(redrawn.request.prefix)
        proposed = replace(redrawn, trace=self.sample.trace[:cut] + redrawn.trace)
        drawn = self.drawn + len(redrawn.token_ids) - cut
        masses = [mass for _, mass in proposed.trace]
        if math.log(threshold) > log_acceptance(self.masses, masses, cut):
            return self._replace(drawn=drawn)
        changed = self.changed + (proposed.token_ids != self.sample.token_ids)
        return self._replace(
            sample=proposed, drawn=drawn, accepted=self.accepted + 1, changed=changed
        )

    def finished(self) -> Sample:
        """The sample of the chain's request."""
        logprob = math.fsum(logp for logp, _ in self.sample.trace)
        chain = Chain(self.drawn, self.accepted, self.changed)
        return Sample(self.request, self.sample.token_ids, self.sample.finish, logprob, chain=chain)


def _moved(draw: Draw, chains: Sequence[_State], move: int) -> list[_State]:
    """The chains after one more move; those that have made all of theirs stay."""
    moving = [chain for chain in chains if move <= chain.moves]
    keys = torch.tensor([signed(_key(chain.request, move, "decide")) for chain in moving])
    places, thresholds = uniform(keys, torch.zeros_like(keys), torch.arange(2)).unbind(dim=1)
    requests = {}
    for chain, place in zip(moving, places.tolist(), strict=True):
        length = len(chain.sample.token_ids)
        requests[chain.request.key] = chain.redraw(move, min(length - 1, int(place * length)))
    redrawn = {sample.request.key: sample for sample in draw([*requests.values()])}
    after = {
        chain.request.key: chain.after(redrawn[requests[chain.request.key].key], threshold)
        for chain, threshold in zip(moving, thresholds.tolist(), strict=True)
    }
    return [after.get(chain.request.key, chain) for chain in chains]


def _key(request: Request, move: int, use: str) -> int:
    """The noise key of one use of one move."""
    return noise_key(f"{request.key:016x} {move} {use}")

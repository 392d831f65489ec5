"""One sampling job of a 4B model, simulated: lengths of completions, cache, time limit of a queue.

The engine is modelled on vLLM's scheduler: a completion enters the batch if its tokens so far find
room in the cache; when the cache is full, the completion that entered last is put back to the head
of the queue, and what it has is computed again when it returns.
"""

import heapq
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from statistics import NormalDist

import numpy as np

from ssdmath.sampling.schedule import SHORTEST

CAP, MEDIAN, CAPPED = 48_000, 14_000, 0.06  # tokens; share cut off: mean 17,800 per completion
PROBLEM_SHARE = 0.7  # of the variance of log length is between problems
PROMPT = 200
LOAD = 90.0  # seconds from a job's start to its first token
FIXED = 0.008  # seconds per step with one completion: 8 GB of weights read, kernels launched
BANDWIDTH = 2.7e12  # bytes per second
PER_SLOT = 77e-6  # seconds per completion and step: fitted, so that 2,000 prompts take 3 h
PREFILL = 30_000  # tokens per second computed again: 2 x 4e9 operations each at 240 Tflop/s
LIMIT = 4 * 3600.0  # seconds, a common time limit of a cluster's jobs


@dataclass(frozen=True)
class Setting:
    """How an engine is set: completions at once, and the cache that they share."""

    name: str = "bfloat16, 128 at once"
    slots: int = 128
    token_bytes: int = 32_000  # of cache: 8 layers of full attention among 32
    cache_bytes: float = 58e9  # what an 80 GB card has free beside weights and activations

    @property
    def room(self) -> int:
        """The tokens that the cache holds."""
        return int(self.cache_bytes / self.token_bytes)

    def seconds(self, running: int, steps: int, context: int) -> float:
        """The time of `steps` steps of a batch that begins them with `context` tokens."""
        read = context * steps + running * steps * (steps - 1) // 2
        return steps * (FIXED + running * PER_SLOT) + read * self.token_bytes / BANDWIDTH


DEFAULT = Setting()


@dataclass(frozen=True)
class Run:
    """The time of one job in seconds, and the part that was not work at full batch."""

    wall: float
    tail: float  # seconds after the last completion has started
    lost: float  # loading, the tail's seconds beyond its tokens at full speed, work thrown away
    preempted: int = 0  # how often a completion lost its cache


def lengths(
    problems: int, cells: int, rng: np.random.Generator, share: float = PROBLEM_SHARE
) -> np.ndarray:
    """Log-normal lengths [cells, problems] under the cap; a problem is long in every cell."""
    sigma = math.log(CAP / MEDIAN) / NormalDist().inv_cdf(1 - CAPPED)
    own = rng.normal(size=problems) * math.sqrt(share)
    draw = rng.normal(size=(cells, problems)) * math.sqrt(1 - share)
    return np.minimum(CAP, np.exp(math.log(MEDIAN) + sigma * (own + draw))).astype(int)


def job(queue: Sequence[int], *, limit: float = math.inf, setting: Setting = DEFAULT) -> Run:
    """Draw completions of these lengths in this order; start again those a time limit cuts off."""
    wall = lost = tail = 0.0
    preempted, waiting = 0, list(queue)
    while waiting:
        session = Session(waiting, setting)
        session.draw(limit - LOAD)
        wall += LOAD + session.clock
        preempted += session.preempted
        drawn_again = sum(session.done.values()) / full_speed(setting)  # the time limit's waste
        lost += LOAD + drawn_again
        if not session.done:
            tail += session.tail
            lost += session.tail - session.tail_tokens / full_speed(setting)
        waiting = session.left
    return Run(wall, tail, lost, preempted)


@dataclass
class Session:
    """One start of an engine."""

    lengths: list[int]
    setting: Setting
    clock: float = 0.0  # seconds
    tail: float = 0.0  # seconds since the last completion started
    tail_tokens: int = 0
    preempted: int = 0
    done: dict[int, int] = field(default_factory=dict)  # tokens of each unfinished completion

    def __post_init__(self) -> None:
        """Start with all completions waiting."""
        self._waiting = deque(range(len(self.lengths)))
        self._running: list[int] = []  # in the order of their start
        self._ends: list[tuple[int, int]] = []  # heap of (step at which it ends, completion)
        self._step = self._context = 0
        self._entered: dict[int, int] = {}  # the step at which it would have had no token yet

    @property
    def left(self) -> list[int]:
        """The lengths of the completions that were not finished, in their order."""
        return [self.lengths[number] for number in sorted({*self.done, *self._waiting})]

    def draw(self, limit: float) -> None:
        """Draw until all is finished, or until the clock has passed `limit`."""
        self._enter()
        while self._running and self.clock <= limit:
            running = len(self._running)
            to_end = self._ends[0][0] - self._step
            to_full = (self.setting.room - self._context) // running
            self._advance(max(1, min(to_end, to_full)))
            if to_full < to_end:
                self._preempt()
            else:
                self._finish()
                self._enter()
        self.clock = min(self.clock, limit)
        for number in self._running:
            self.done[number] = self._step - self._entered[number]

    def _enter(self) -> None:
        while self._waiting and len(self._running) < self.setting.slots:
            number = self._waiting[0]
            done = self.done.get(number, 0)
            if self._running and self._context + PROMPT + done > self.setting.room:
                return
            self._waiting.popleft()
            if number in self.done:
                self.clock += self.done.pop(number) / PREFILL
            self._entered[number] = self._step - done
            self._context += PROMPT + done
            self._running.append(number)
            heapq.heappush(self._ends, (self._entered[number] + self.lengths[number], number))

    def _advance(self, steps: int) -> None:
        running = len(self._running)
        seconds = self.setting.seconds(running, steps, self._context)
        self.clock += seconds
        self._step += steps
        self._context += running * steps
        if not self._waiting:
            self.tail += seconds
            self.tail_tokens += running * steps

    def _preempt(self) -> None:
        number = self._running.pop()
        self._ends.remove((self._entered[number] + self.lengths[number], number))
        heapq.heapify(self._ends)
        self.done[number] = self._step - self._entered[number]
        self._context -= PROMPT + self.done[number]
        self._waiting.appendleft(number)
        self.preempted += 1

    def _finish(self) -> None:
        while self._ends and self._ends[0][0] <= self._step:
            _, number = heapq.heappop(self._ends)
            self._running.remove(number)
            self._context -= PROMPT + self.lengths[number]


@cache
def full_speed(setting: Setting = DEFAULT) -> float:
    """Tokens per second before the tail, of a long queue, one decoding after the other."""
    drawn = lengths(3000, 2, np.random.default_rng(1))
    session = Session([int(length) for length in drawn.ravel()], setting)
    session.draw(math.inf)
    return (int(drawn.sum()) - session.tail_tokens) / (session.clock - session.tail)


def ordered(
    drawn: np.ndarray,
    order: str,
    rng: np.random.Generator,
    share: float = PROBLEM_SHARE,
    slots: int = DEFAULT.slots,
) -> list[int]:
    """The queue of a sweep: cell by cell, longest first, or shortest last (by earlier lengths).

    Shortest last: cell by cell, but for the shortest, which are left to the end.
    """
    flat = drawn.ravel()
    if order == "cell by cell":
        return [int(length) for length in flat]
    falling = np.argsort(-_expected(drawn, rng, share).ravel(), kind="stable")
    if order == "shortest last":
        head = max(0, len(flat) - SHORTEST * slots)
        falling = np.concatenate([np.sort(falling[:head]), falling[head:]])
    return [int(length) for length in flat[falling]]


def _expected(drawn: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """The length to expect for every cell from one draw per problem of another model."""
    mean = np.log(drawn).mean(axis=0)
    noise = rng.normal(size=mean.shape) * mean.std() * math.sqrt(1 / share - 1)
    return np.broadcast_to(mean + noise, drawn.shape)

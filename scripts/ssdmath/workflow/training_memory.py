"""Whether a training fits the GPUs that it is granted, asked before the first job of a run.

Without this a study samples for days and then dies in its first training, on a cluster three times
over. The need is the plan's estimate (plan/memory.py). The card is the smallest one that this
machine shows; on a cluster it is the one that the profile states, because the submitting machine
is another one. Where neither says how large a card is, nothing is checked.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import util
from typing import Any

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.study import Study, StudyError
from ssdmath.config.training import AdapterConfig, TrainingConfig
from ssdmath.jobs import cards, gpus
from ssdmath.plan import memory, model_shape
from ssdmath.workflow import hardware

RULE, KERNELS = "train", "fla"
SWITCH = "SSDMATH_MEMORY_CHECK"  # `off` lets a training start that the estimate refuses
LORA = AdapterConfig(rank=1, alpha=1, targets=["q_proj"])  # the smallest adapters


def check(study: Study, workflow: Any, card: int | None) -> None:
    """Raise StudyError if a training that this run would start does not fit.

    `card` are the bytes of the smallest card that it may get (`card_bytes`).
    """
    jobs = [job for job in workflow.dag.needrun_jobs() if job.rule.name == RULE]
    shape, local = model_shape.of(study), bool(workflow.local_exec)
    if not jobs or shape is None or card is None or os.environ.get(SWITCH) == "off":
        return
    granted = max(gpus.asked(job.resources) for job in jobs)
    lacking = hardware.own_python(workflow) and util.find_spec(KERNELS) is None
    slow = local and shape.delta is not None and lacking
    if granted and (message := Grant(granted, card, local, not slow).refusal(study, shape)):
        raise StudyError(message)


def card_bytes(stated: Mapping[str, Any], *, local: bool) -> int | None:
    """Bytes of the smallest card that a job may get; None where nobody says.

    `stated` are the figures of the profile (`set-resources: plan:`).
    """
    if local:
        visible = gpus.visible(os.environ)
        if not visible:
            return None  # it runs on the CPU
        if listed := cards.named(cards.cards(), visible):
            return min(card.bytes for card in listed)
    gigabytes = stated.get("gpu_memory_gb")
    return None if gigabytes is None else int(gigabytes) * 10**9


@dataclass(frozen=True)
class Grant:
    """What a training gets: how many GPUs of which size, and whether fla is installed there."""

    gpus: int
    bytes: int
    local: bool  # Snakemake itself counts the GPUs, and has to be told of another number
    kernels: bool

    def refusal(self, study: Study, shape: ShapeConfig) -> str | None:
        """Say in one line what does not fit and what would; None if everything fits."""
        training, kernels, exact = study.largest_training, self.kernels, study.learns_exactly
        if training is None:
            return None
        tokens = study.plan.prompt_tokens + study.sampling.cap
        terms = memory.terms(
            shape, training, tokens=tokens, gpus=self.gpus, kernels=kernels, exact=exact
        )
        step = sum(terms.values())
        signal = memory.signal(shape, tokens=tokens, kernels=kernels, exact=exact)
        most = max(step, sum(signal.values()))
        if most <= self.bytes:
            return None
        stage = "a step" if step > self.bytes else "the gradient signal, measured on one GPU,"
        need = f"{stage} over {tokens:,} tokens needs about {gb(most)} per GPU"
        number = f"{self.gpus} GPU{'s' * (self.gpus > 1)} of {gb(self.bytes)}"
        needs = partial(memory.gpus_needed, shape, tokens=tokens, size=self.bytes, exact=exact)
        ways = [*self._ways(training, needs), f"a card of {gb(most)}"]
        allowed = f"{'; '.join(ways)} (an estimate: docs/plan.md; {SWITCH}=off starts anyway)"
        return f"training: {need}, `{RULE}` is granted {number}; allowed: {allowed}"

    def _ways(self, training: TrainingConfig, needs: Callable[..., int | None]) -> Iterator[str]:
        """What makes the training fit, beside a larger card; `needs` as `memory.gpus_needed`."""
        needed = needs(training, kernels=self.kernels)
        if needed is not None and needed > self.gpus:
            pool = f" --resources gpu={needed}" if self.local else ""
            yield f"--set-resources {RULE}:gpu={needed}{pool}"
        adapted = training.model_copy(update={"lora": LORA})
        if not training.lora and needs(adapted, kernels=self.kernels):
            yield "adapters (training.lora)"
        if not self.kernels and needs(training, kernels=True):
            yield "flash-linear-attention, which envs/gpu.txt installs"


def gb(size: float) -> str:
    """Whole gigabytes, rounded up."""
    return f"{math.ceil(size / 1e9)} GB"

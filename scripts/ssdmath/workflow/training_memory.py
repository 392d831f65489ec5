"""Whether a training fits the GPUs that it is granted, asked before the first job of a run.

Without this a study samples for days and then dies in its first training, on a cluster three times
over. The need is the plan's estimate (plan/memory.py). The card is the smallest one that this
machine shows; on a cluster it is the one that the profile states, because the submitting machine
is another one. Where neither says how large a card is, nothing is checked.
"""

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
        tokens, training = study.plan.prompt_tokens + study.sampling.cap, study.largest_training
        if training is None:
            return None
        exact = study.learns_exactly
        step = self._step(shape, training, tokens, exact=exact)
        signal = sum(
            memory.signal(shape, tokens=tokens, kernels=self.kernels, exact=exact).values()
        )
        if max(step, signal) <= self.bytes:
            return None
        stage = "a step" if step > self.bytes else "the gradient signal, measured on one GPU,"
        need = f"{stage} over {tokens:,} tokens needs about {gb(max(step, signal))} per GPU"
        number = f"{self.gpus} GPU{'s' * (self.gpus > 1)} of {gb(self.bytes)}"
        ways = [
            *self._ways(shape, training, tokens, exact=exact),
            f"a card of {gb(max(step, signal))}",
        ]
        allowed = f"{'; '.join(ways)} (an estimate: docs/plan.md; {SWITCH}=off starts anyway)"
        return f"training: {need}, `{RULE}` is granted {number}; allowed: {allowed}"

    def _step(
        self, shape: ShapeConfig, training: TrainingConfig, tokens: int, *, exact: bool
    ) -> float:
        terms = memory.terms(
            shape, training, tokens=tokens, gpus=self.gpus, kernels=self.kernels, exact=exact
        )
        return sum(terms.values())

    def _ways(
        self, shape: ShapeConfig, training: TrainingConfig, tokens: int, *, exact: bool
    ) -> Iterator[str]:
        """What makes the training fit, beside a larger card."""

        def needs(training: TrainingConfig, *, kernels: bool) -> int | None:
            return memory.gpus_needed(
                shape, training, tokens=tokens, size=self.bytes, kernels=kernels, exact=exact
            )

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

"""Whether vLLM can start on the GPUs that a sampling job is granted, asked before the first job.

vLLM refuses a model whose weights leave no room for the cache of one completion of the full length.
What it takes for a whole batch is another question: draws that find no room are computed again.
"""

import math
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ssdmath.config.model import SamplingConfig
from ssdmath.config.planning import ShapeConfig
from ssdmath.config.study import Study, StudyError
from ssdmath.plan import memory, model_shape
from ssdmath.sampling.backends import Grant
from ssdmath.workflow.training_memory import SWITCH, gb

RULES = "sample_"


def check(study: Study, workflow: Any, card: int | None) -> None:
    """Raise StudyError if a model that this run would sample from with vLLM does not fit.

    `card` are the bytes of the smallest card that a job may get (`training_memory.card_bytes`).
    """
    shape = model_shape.of(study)
    if study.sampling.engine != "vllm" or shape is None or card is None:
        return
    if os.environ.get(SWITCH) == "off":
        return
    for job in workflow.dag.needrun_jobs():
        granted = Grant.of(job.resources, 1) if job.rule.name.startswith(RULES) else None
        if granted and granted.gpus and (found := Room(card, granted).refusal(study, shape)):
            raise StudyError(found)


def smaller(card: int | None, stated: Mapping[str, Any]) -> str | None:
    """Say in one line that the plan counts with a larger card than this machine has."""
    planned = int(stated.get("gpu_memory_gb", 0)) * 10**9
    if card is None or card >= planned:
        return None
    found = f"the plan counts with GPUs of {gb(planned)}, this machine's smallest has {gb(card)}"
    return f"{found}: fewer draws fit at once (sampling.batch), and its hours are too few"


class Room(NamedTuple):
    """What a sampling job gets: a share of GPUs of that many bytes."""

    bytes: int
    grant: Grant

    def refusal(self, study: Study, shape: ShapeConfig) -> str | None:
        """Say in one line what does not fit and what would; None if everything fits."""
        percent = self.grant.gpu_memory_percent
        tokens = study.plan.prompt_tokens + study.sampling.cap
        need = self._need(shape, study.sampling, tokens)
        if need <= self._share:
            return None
        what = f"weights in {study.sampling.dtype} and the cache of one row of {tokens:,} tokens"
        got = f"vLLM gets {percent} % of {self.grant.gpus} x {gb(self.bytes)}"
        ways = [*self._ways(study, shape), f"a card of {gb(100 * need / percent)}"]
        allowed = f"{'; '.join(ways)} (an estimate; {SWITCH}=off starts anyway)"
        return f"sampling: {what} need about {gb(need)} per GPU, {got}; allowed: {allowed}"

    @property
    def _share(self) -> float:
        return self.bytes * self.grant.gpu_memory_percent / 100

    def _need(self, shape: ShapeConfig, section: SamplingConfig, tokens: int) -> float:
        types = {"dtype": section.dtype, "kv_cache_dtype": section.kv_cache_dtype}
        return sum(memory.sampling(shape, tokens=tokens, gpus=self.grant.gpus, **types).values())

    def _ways(self, study: Study, shape: ShapeConfig) -> Iterator[str]:
        """What makes the model fit, beside a larger card."""
        prompt, section = study.plan.prompt_tokens, study.sampling
        half = section.model_copy(update={"dtype": "bfloat16"})
        halved = self._need(shape, half, prompt + section.cap)
        if section.dtype == "float32" and halved <= self._share:
            yield "sampling.dtype: bfloat16"
        fixed = self._need(shape, section, 0)
        each = self._need(shape, section, 1) - fixed
        if (cap := math.floor((self._share - fixed) / each) - prompt) > 0:
            yield f"sampling.cap up to {cap:,}"

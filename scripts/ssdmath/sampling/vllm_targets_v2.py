"""The logits processor for composed decodings in vLLM's model runner V2, which runs on a GPU.

A request keeps its slot there, and each step says which slot stands in which row.
"""

from typing import Any

from torch import Tensor
from vllm import SamplingParams
from vllm.v1.worker.gpu.sample.logits_processor import LogitsContext, LogitsProcessor

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.student_logits import StudentLogits, target_of


class TargetProcessor(LogitsProcessor):  # type: ignore[misc]
    """Gives requests with a target a student's logits; vLLM calls it before the temperature."""

    def __init__(self, vllm_config: Any, req_states: Any) -> None:
        """Start with empty slots; the arguments are vLLM's."""
        self._targets: dict[int, Decoding | None] = {}
        self._students = StudentLogits()

    def add_request(self, req_idx: int, sampling_params: SamplingParams) -> bool:
        """Take a request into a slot, over the one that was there; whether it has a target."""
        target = self._targets[req_idx] = target_of(sampling_params.extra_args)
        return target is not None

    def apply(self, logits: Tensor, ctx: LogitsContext) -> Tensor:
        """Change those rows in place; logits [rows, vocabulary] float32.

        RuntimeError if a request has more than one row, as with speculative decoding.
        """
        slots = ctx.idx_mapping_np.tolist()
        if len(slots) != len(logits):
            raise RuntimeError(f"vLLM: {len(logits)} rows of logits for {len(slots)} requests")
        of_rows = {row: self._targets.get(slot) for row, slot in enumerate(slots)}
        self._students.apply(logits, {row: one for row, one in of_rows.items() if one is not None})
        return logits

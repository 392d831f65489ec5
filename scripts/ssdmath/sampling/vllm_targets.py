"""The logits processor for composed decodings in vLLM's model runner V1, which runs on a CPU.

Rows move there: requests join and leave a batch, and vLLM moves or swaps rows to close gaps. Runner
V2 has an interface of its own (`vllm_targets_v2`).
"""

from typing import Any

from torch import Tensor
from vllm import SamplingParams
from vllm.v1.sample.logits_processor import BatchUpdate, LogitsProcessor, process_dict_updates

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.student_logits import StudentLogits, target_of


class TargetProcessor(LogitsProcessor):  # type: ignore[misc]
    """Gives requests with a target a student's logits, before vLLM applies the temperature."""

    def __init__(self, vllm_config: Any, device: Any, is_pin_memory: bool) -> None:
        """Start with an empty batch; the arguments are vLLM's."""
        self._targets: dict[int, Decoding] = {}
        self._students = StudentLogits()

    def is_argmax_invariant(self) -> bool:
        """False: vLLM calls processors of the other kind after the temperature."""
        return False

    def update_state(self, batch_update: BatchUpdate | None) -> None:
        """Follow the requests that joined, left or moved to another row."""
        process_dict_updates(self._targets, batch_update, _target)

    def apply(self, logits: Tensor) -> Tensor:
        """Change those rows in place; logits [rows, vocabulary] float32."""
        self._students.apply(logits, self._targets)
        return logits


def _target(parameters: SamplingParams, *_tokens: Any) -> Decoding | None:
    return target_of(parameters.extra_args)

"""Stops a training whose loss is no number any more.

transformers would go on with weights that are no numbers, and log a loss of 0 for every such step.
"""

import math
from collections.abc import Mapping
from typing import Any

import transformers


class LossError(ValueError):
    """A loss that is no number; one line."""


class FiniteLoss(transformers.TrainerCallback):  # type: ignore[misc]
    """Reads the loss of every step as it is logged, before a state is written."""

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, Any], **_: object
    ) -> None:
        """Raise LossError unless the loss is finite."""
        loss = logs.get("loss", 0.0)
        if not math.isfinite(loss):
            raise LossError(
                f"training: step {state.global_step}: the loss is {loss}; allowed: a number "
                "(a lower learning_rate or clip, or more warmup_steps)"
            )

"""The optimizer of every training, and what it keeps: AdamW (Loshchilov and Hutter, 1711.05101).

The trainer, the plan's estimates of memory and disk, and the memory that a training job asks for
all read this module. Master weights, gradients and moments are float32: in bfloat16, most updates
would fall below the gap between two neighbouring weights (docs/method.md, section 7).
"""

from typing import Any

from ssdmath.config.training import TrainingConfig

NAME = "adamw_torch_fused"  # one of transformers' OptimizerNames
EPSILON = 1e-8  # added to the square root of the second moment

# Bytes per trained parameter.
WEIGHT_BYTES = 4  # master weight, float32; a frozen parameter has one, too
GRADIENT_BYTES = 4  # float32
MOMENT_BYTES = 2 * 4  # the mean of the gradient and of its square, float32
STATE_BYTES = WEIGHT_BYTES + MOMENT_BYTES  # what a resumable state holds


def arguments(section: TrainingConfig) -> dict[str, Any]:
    """Name the optimizer and its constants as SFTConfig does; the config sets the others."""
    return {
        "optim": NAME,
        "adam_epsilon": EPSILON,
        "adam_beta1": section.betas[0],
        "adam_beta2": section.betas[1],
        "weight_decay": section.weight_decay,
    }

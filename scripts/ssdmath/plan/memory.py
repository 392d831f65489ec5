"""How much memory a training step takes on a GPU: the formula of docs/plan.md, term by term.

It is an estimate from the model's shape, made before anything runs. The optimizer's module says
what weights, gradients and moments take; the forward pass runs in bfloat16; every layer is
recomputed in the backward pass (gradient checkpointing); the loss is computed in chunks of tokens.
"""

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.training import AdapterConfig, TrainingConfig
from ssdmath.training import optimizer

CHUNK = 256  # tokens whose logits exist at once
RESERVED = 4e9  # assumed: context of the GPU, kernels' workspace, fragmentation
GPUS = (1, 2, 4, 8, 16, 32, 64)  # numbers of GPUs that are tried


def terms(
    shape: ShapeConfig, section: TrainingConfig, *, tokens: int, gpus: int = 1
) -> dict[str, float]:
    """Bytes on each of `gpus` GPUs by cause, for a step over sequences of `tokens` tokens.

    FSDP divides what belongs to the parameters among the GPUs, but no sequence.
    """
    rows = (section.micro_batch or section.batch) * tokens
    trained = adapter_parameters(shape, section.lora) if section.lora else shape.parameters
    return {
        "weights, float32": optimizer.WEIGHT_BYTES * shape.parameters / gpus,
        "copies for the forward pass, bfloat16": 2 * shape.parameters / gpus,
        "gradients, float32": optimizer.GRADIENT_BYTES * trained / gpus,
        "moments, float32": optimizer.MOMENT_BYTES * trained / gpus,
        "layer inputs kept (checkpointing), float32": 4.0 * rows * shape.layers * shape.hidden,
        "one layer recomputed": rows * (24.0 * shape.hidden + 12.0 * shape.intermediate),
        "logits of one chunk, three times float32": 12.0 * CHUNK * shape.vocabulary,
        "context and workspace (assumed)": RESERVED,
    }


def adapter_parameters(shape: ShapeConfig, lora: AdapterConfig) -> int:
    """Estimate the parameters of the adapters.

    A feed-forward projection is as wide as the block's inside on one of its two ends; the others
    are taken to be as wide as the residual stream on both.
    """
    wide = sum(name in ("gate_proj", "up_proj", "down_proj") for name in lora.targets)
    narrow = len(lora.targets) - wide
    each = narrow * 2 * shape.hidden + wide * (shape.hidden + shape.intermediate)
    return lora.rank * shape.layers * each


def estimate(
    shape: ShapeConfig, section: TrainingConfig, *, tokens: int, gpu_memory_gb: int
) -> dict[str, object]:
    """Estimate the memory of a step on one GPU and the number of GPUs that it needs (up to 64)."""
    on_one = terms(shape, section, tokens=tokens)
    needed = next((n for n in GPUS if _fits(shape, section, tokens, n, gpu_memory_gb)), None)
    return {
        "tokens": tokens,
        "sequences": section.micro_batch or section.batch,
        "bytes": on_one,
        "total_bytes": sum(on_one.values()),
        "gpu_memory_gb": gpu_memory_gb,
        "gpus_needed": needed,
    }


def _fits(
    shape: ShapeConfig, section: TrainingConfig, tokens: int, gpus: int, gigabytes: int
) -> bool:
    return sum(terms(shape, section, tokens=tokens, gpus=gpus).values()) <= gigabytes * 1e9

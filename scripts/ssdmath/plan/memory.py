"""How much memory a training step takes on a GPU: the formula of docs/plan.md, term by term.

It is an estimate from the model's shape, made before anything runs. Weights, gradients and moments
are float32 (docs/method.md, 7); the forward pass runs in bfloat16; every layer is recomputed in the
backward pass (gradient checkpointing); the loss is made in chunks of tokens.
"""

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.training import AdapterConfig, TrainingConfig

CHUNK = 256  # tokens whose logits exist at once
RESERVE = 4e9  # ASSUME: context of the GPU, kernels' workspace, fragmentation


def terms(
    shape: ShapeConfig, section: TrainingConfig, *, tokens: int, gpus: int = 1
) -> dict[str, float]:
    """Bytes on each of `gpus` by cause, for a step over sequences of `tokens`.

    What belongs to the parameters is divided among the GPUs (FSDP); a sequence is not.
    """
    rows = (section.micro_batch or section.batch) * tokens
    trained = adapter_parameters(shape, section.lora) if section.lora else shape.parameters
    return {
        "weights, float32": 4 * shape.parameters / gpus,
        "copies for the forward pass, bfloat16": 2 * shape.parameters / gpus,
        "gradients, float32": 4 * trained / gpus,
        "moments, float32": 8 * trained / gpus,
        "layer inputs kept (checkpointing), float32": 4.0 * rows * shape.layers * shape.hidden,
        "one layer recomputed": rows * (24.0 * shape.hidden + 12.0 * shape.intermediate),
        "logits of one chunk, three times float32": 12.0 * CHUNK * shape.vocabulary,
        "context and workspace (assumed)": RESERVE,
    }


def adapter_parameters(shape: ShapeConfig, lora: AdapterConfig) -> int:
    """Parameters of the adapters: four projections about as wide as the stream, three wider."""
    wide = sum(name in ("gate_proj", "up_proj", "down_proj") for name in lora.targets)
    narrow = len(lora.targets) - wide
    each = narrow * 2 * shape.hidden + wide * (shape.hidden + shape.intermediate)
    return lora.rank * shape.layers * each


def estimate(
    shape: ShapeConfig, section: TrainingConfig, *, tokens: int, gpu_memory_gb: int
) -> dict[str, object]:
    """Say what a step takes on one GPU and how many of them it needs (up to 64)."""
    found = terms(shape, section, tokens=tokens)
    needed = next((n for n in GPUS if _fits(shape, section, tokens, n, gpu_memory_gb)), None)
    return {
        "tokens": tokens,
        "sequences": section.micro_batch or section.batch,
        "bytes": found,
        "total_bytes": sum(found.values()),
        "gpu_memory_gb": gpu_memory_gb,
        "gpus_needed": needed,
    }


GPUS = (1, 2, 4, 8, 16, 32, 64)


def _fits(
    shape: ShapeConfig, section: TrainingConfig, tokens: int, gpus: int, gigabytes: int
) -> bool:
    return sum(terms(shape, section, tokens=tokens, gpus=gpus).values()) <= gigabytes * 1e9

"""How much memory a training takes on a GPU: the formula of docs/plan.md, term by term.

It is an estimate from the model's shape, made before anything runs. The optimizer's module says
what weights, gradients and moments take; the forward pass runs in bfloat16; every layer is
recomputed in the backward pass (gradient checkpointing); the loss is computed in chunks of tokens.

A training has two parts that need memory: its steps, and the gradient signal that is measured
before the first step and at each checkpoint, in one process and over all parameters
(training/gradient_signal.py). Beside them, `geometry` compares base with each chosen model.
"""

from ssdmath.config.planning import ShapeConfig
from ssdmath.config.training import AdapterConfig, TrainingConfig
from ssdmath.plan import activations
from ssdmath.training import optimizer

CHUNK = 256  # tokens whose logits exist at once
# Per logit of a chunk, to temper and truncate it: sorted, in float64 (measured).
TARGET_BYTES = 64.0
RESERVED = 4e9  # assumed: context of the GPU, kernels' workspace, fragmentation
GPUS = (1, 2, 4, 8, 16, 32, 64)  # numbers of GPUs that are tried


def terms(
    shape: ShapeConfig,
    training: TrainingConfig,
    *,
    tokens: int,
    gpus: int = 1,
    kernels: bool = True,
    exact: bool = False,
) -> dict[str, float]:
    """Bytes on each of `gpus` GPUs by cause, for a step over sequences of `tokens` tokens.

    FSDP divides what belongs to the parameters among the GPUs, but no sequence. `kernels`: with
    flash-linear-attention, which a hybrid model wants. `exact`: an arm learns the whole
    distribution of a frozen model, which every process holds.
    """
    sequences = training.micro_batch or -(-training.batch // gpus)  # of a forward pass
    trained = adapter_parameters(shape, training.lora) if training.lora else shape.parameters
    checkpointing = training.gradient_checkpointing is not False
    return {
        "weights, float32": optimizer.WEIGHT_BYTES * shape.parameters / gpus,
        # autocast keeps the copies of trained weights only
        "copies for the forward pass, bfloat16": 2 * trained / gpus,
        "gradients, float32": optimizer.GRADIENT_BYTES * trained / gpus,
        "moments, float32": optimizer.MOMENT_BYTES * trained / gpus,
        **(_teacher(shape) if exact else {}),
        **_sequence(shape, sequences * tokens, checkpointing=checkpointing, kernels=kernels),
    }


def signal(
    shape: ShapeConfig, *, tokens: int, kernels: bool = True, exact: bool = False
) -> dict[str, float]:
    """Bytes on the one GPU that measures the gradient signal, for a row of `tokens` tokens.

    Every parameter has a gradient there, in a training of adapters too. The bfloat16 copies are
    gone before gradients exist.
    """
    return {
        "weights, float32": optimizer.WEIGHT_BYTES * shape.parameters,
        "gradients, float32": optimizer.GRADIENT_BYTES * shape.parameters,
        **(_teacher(shape) if exact else {}),
        **_sequence(shape, tokens, checkpointing=True, kernels=kernels),
    }


def geometry(
    shape: ShapeConfig, *, tokens: int, memory_gb: float, kernels: bool = True
) -> dict[str, float]:
    """Bytes on the GPU that compares base with a trained model on contexts of `tokens` tokens.

    `memory_gb` are those of the tiles of positions (`mechanism.memory`). A pass without gradients
    holds one layer at a time; what it would keep for the backward pass bounds that.
    """
    largest = max(activations.kinds(shape, kernels=kernels), key=lambda kind: kind.bytes)
    return {
        "base and a trained model, bfloat16": 2 * 2 * shape.parameters,
        "tiles of log-probabilities (mechanism.memory)": memory_gb * 1e9,
        f"one layer of a pass, at most ({largest.name})": tokens * largest.bytes,
        "context and workspace (assumed)": RESERVED,
    }


def sampling(
    shape: ShapeConfig, *, dtype: str, tokens: int, gpus: int = 1, kv_cache_dtype: str = "auto"
) -> dict[str, float]:
    """Bytes on each of `gpus` GPUs for the least that vLLM starts with: one row of `tokens` tokens.

    The state of DeltaNet layers is counted in float32.
    """
    size = optimizer.WEIGHT_BYTES if dtype == "float32" else 2
    cached = 1 if kv_cache_dtype == "fp8" else size
    keys = shape.attention.key_heads * shape.attention.head if shape.attention else shape.hidden
    delta = shape.delta
    attending = shape.layers - (delta.layers if delta else 0)
    state = delta.layers * delta.value_heads * delta.key * delta.value if delta else 0
    return {
        f"weights, {dtype}": size * shape.parameters / gpus,
        "keys and values of one row": 2.0 * cached * keys * attending * tokens / gpus,
        "state of one row's DeltaNet layers": 4.0 * state / gpus,
        "context and workspace (assumed)": RESERVED,
    }


def _sequence(
    shape: ShapeConfig, rows: int, *, checkpointing: bool, kernels: bool
) -> dict[str, float]:
    """Bytes that grow with the tokens of a forward pass, and what is there whatever it holds."""
    kinds = activations.kinds(shape, kernels=kernels)
    backward = activations.BACKWARD * shape.intermediate
    largest = max(kinds, key=lambda kind: kind.bytes)
    if checkpointing:
        layers = {
            "layer inputs kept (checkpointing), float32": 4.0 * rows * shape.layers * shape.hidden,
            f"one layer recomputed ({largest.name})": rows * (largest.bytes + backward),
        }
    else:
        all_layers = sum(kind.layers * kind.bytes for kind in kinds)
        layers = {"activations of all layers": rows * (all_layers + backward)}
    return layers | {
        "logits of one chunk, three times float32": 12.0 * CHUNK * shape.vocabulary,
        "context and workspace (assumed)": RESERVED,
    }


def _teacher(shape: ShapeConfig) -> dict[str, float]:
    """Bytes of the frozen model and of its distribution, where an arm learns the whole of it."""
    return {
        "frozen model of the exact target, bfloat16": 2.0 * shape.parameters,
        "its distribution over one chunk": TARGET_BYTES * CHUNK * shape.vocabulary,
    }


def adapter_parameters(shape: ShapeConfig, lora: AdapterConfig) -> int:
    """Estimate the parameters of the adapters.

    A feed-forward projection is as wide as the block's inside on one of its two ends; the others
    are taken to be as wide as the residual stream on both.
    """
    wide = sum(name in ("gate_proj", "up_proj", "down_proj") for name in lora.targets)
    narrow = len(lora.targets) - wide
    per_layer = narrow * 2 * shape.hidden + wide * (shape.hidden + shape.intermediate)
    return lora.rank * shape.layers * per_layer


def gpus_needed(
    shape: ShapeConfig,
    training: TrainingConfig,
    *,
    tokens: int,
    size: float,
    kernels: bool = True,
    exact: bool = False,
) -> int | None:
    """The smallest number of GPUs of `size` bytes on which a training fits; None beyond 64."""
    if sum(signal(shape, tokens=tokens, kernels=kernels, exact=exact).values()) > size:
        return None
    for gpus in GPUS:
        shares = training.batch % (gpus * (training.micro_batch or 1)) == 0
        step = terms(shape, training, tokens=tokens, gpus=gpus, kernels=kernels, exact=exact)
        if shares and sum(step.values()) <= size:
            return gpus
    return None


def estimate(
    shape: ShapeConfig,
    training: TrainingConfig,
    *,
    tokens: int,
    gpu_memory_gb: int,
    tiles_gb: float | None,
    exact: bool = False,
) -> dict[str, object]:
    """Estimate the memory of a step on one GPU and the number of GPUs that a training needs.

    `tiles_gb` as `memory_gb` of `geometry`; None where the study leaves the mechanism out.
    """
    on_one = terms(shape, training, tokens=tokens, exact=exact)
    slow = terms(shape, training, tokens=tokens, kernels=False, exact=exact)
    return {
        "tokens": tokens,
        "sequences": training.micro_batch or training.batch,
        "bytes": on_one,
        "total_bytes": sum(on_one.values()),
        "without_kernels_bytes": sum(slow.values()),
        "signal_bytes": sum(signal(shape, tokens=tokens, exact=exact).values()),
        "geometry_bytes": None
        if tiles_gb is None
        else sum(geometry(shape, tokens=tokens, memory_gb=tiles_gb).values()),
        "gpu_memory_gb": gpu_memory_gb,
        "gpus_needed": gpus_needed(
            shape, training, tokens=tokens, size=gpu_memory_gb * 1e9, exact=exact
        ),
    }

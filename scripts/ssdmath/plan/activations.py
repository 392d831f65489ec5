"""Activations of one layer in training, in bytes per token, by kind of layer.

The forward pass is autocast to bfloat16 over float32 weights. The counts are those of the tensors
that transformers' layers keep for the backward pass; tests/plan/test_activations.py compares them
with real layers. Copies of the weights are not among them.
"""

from typing import NamedTuple

from ssdmath.config.planning import AttentionShape, DeltaShape, ShapeConfig

ATTENTION, DELTA = "attention", "DeltaNet"
STREAM = 26  # per unit of the residual stream: 4 tensors in float32, 5 in bfloat16
FEED_FORWARD = 8  # per unit inside a feed-forward block: 4 tensors in bfloat16
BACKWARD = 3  # the same, of the gradients that exist while the block is differentiated
CHUNK = 64  # tokens of a chunk of the delta rule


class Kind(NamedTuple):
    """One kind of layer: how many the model has, and what one of them keeps per token."""

    name: str
    layers: int
    bytes: float


def kinds(shape: ShapeConfig, *, kernels: bool) -> list[Kind]:
    """Every kind of layer of a model; `kernels`: with flash-linear-attention."""
    outside = STREAM * shape.hidden + FEED_FORWARD * shape.intermediate
    delta = shape.delta
    linear = 0 if delta is None else delta.layers
    by_kind = [Kind(ATTENTION, shape.layers - linear, outside + _attention(shape))]
    if delta is not None:
        by_kind.append(Kind(DELTA, linear, outside + _delta(delta, kernels=kernels)))
    return [kind for kind in by_kind if kind.layers]


def _attention(shape: ShapeConfig) -> float:
    """Queries, keys and values: normalised in float32, rotated, and what attention returns."""
    full = shape.attention or AttentionShape(heads=1, key_heads=1, head=shape.hidden)
    queries, keys = full.heads * full.head, full.key_heads * full.head
    return (18 if full.gated else 10) * queries + 12 * keys


def _delta(delta: DeltaShape, *, kernels: bool) -> float:
    """The convolution before the delta rule, the gated norm after it, and the rule itself.

    With kernels as fla/ops/gated_delta_rule/chunk.py keeps: queries, keys, values, a matrix per
    chunk. Without, as transformers' own loop over chunks keeps: most of it in float32, a state per
    chunk.
    """
    keys, values = delta.value_heads * delta.key, delta.value_heads * delta.value
    around = 4 * (2 * delta.key_heads * delta.key + values) + 21 * values
    blocks = CHUNK * delta.value_heads
    if kernels:
        return around + 4 * keys + 2 * values + 2 * blocks
    return around + 25 * (keys + values) + 8 * keys * delta.value / CHUNK + 14 * blocks

"""Bytes that real layers keep for the backward pass, against the plan's counts per kind of layer.

The layers have the sizes of released models. Their tensors are fake: shapes and types without
memory, so that a layer of a 4B model takes a second.
"""

import weakref
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers import Qwen3_5TextConfig, Qwen3Config
from transformers.models.qwen3 import modeling_qwen3
from transformers.models.qwen3_5 import modeling_qwen3_5

from ssdmath.config.planning import AttentionShape, DeltaShape, ShapeConfig
from ssdmath.plan import activations

ROWS = 4096
SIZES = {"num_hidden_layers": 4, "attn_implementation": "sdpa"}
QWEN3 = Qwen3Config(
    hidden_size=2560,
    intermediate_size=9728,
    num_attention_heads=32,
    num_key_value_heads=8,
    head_dim=128,
    **SIZES,
)
QWEN3_5 = {
    "4B": Qwen3_5TextConfig(hidden_size=2560, intermediate_size=9216, **SIZES),
    "0.8B": Qwen3_5TextConfig(
        hidden_size=1024,
        intermediate_size=3584,
        num_attention_heads=8,
        num_key_value_heads=2,
        linear_num_value_heads=16,
        **SIZES,
    ),
}


class Storage(TorchDispatchMode):
    """Bytes of all storages that operations have made and that still exist."""

    def __init__(self) -> None:
        super().__init__()
        self.live = self.peak = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, torch.Tensor):
                self._add(leaf.untyped_storage())
        return out

    def _add(self, storage: Any) -> None:
        name, size = storage._cdata, storage.nbytes()
        if name not in self._known:
            self._known.add(name)
            self.live += size
            self.peak = max(self.peak, self.live)
            weakref.finalize(storage, self._drop, name, size)

    def _drop(self, name: int, size: int) -> None:
        self._known.discard(name)
        self.live -= size


class Kernel(torch.autograd.Function):
    """Keeps what fla-core 0.6.0 keeps (ChunkGatedDeltaRuleFunction); fla needs a GPU to compute."""

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any, g: Any, beta: Any) -> Any:
        query, key, value = (one.bfloat16().contiguous() for one in (query, key, value))
        norms = [torch.empty(one.shape[:-1]) for one in (query, key)]
        inverse = torch.empty(*query.shape[:-1], 64, dtype=query.dtype)
        normalised = [torch.empty_like(one) for one in (query, key)]
        ctx.save_for_backward(*normalised, *norms, value, torch.empty_like(g), beta, inverse)
        return torch.empty_like(value)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        query, key, _, _, value, g, beta, _ = ctx.saved_tensors
        return tuple(torch.empty_like(one) for one in (query, key, value, g, beta))


def fast(query: Any, key: Any, value: Any, g: Any, beta: Any, **_: Any) -> Any:
    return Kernel.apply(query, key, value, g, beta), None


def measured(module: Any, config: Any, layer: Any) -> tuple[float, float]:
    """Bytes per token after the forward pass and at the peak, without what weights take."""
    prefix = type(layer).__name__.removesuffix("DecoderLayer")
    rotary = getattr(module, f"{prefix}TextRotaryEmbedding", None)
    rotary = (rotary or getattr(module, f"{prefix}RotaryEmbedding"))(config)
    hidden = torch.randn(1, ROWS, config.hidden_size, requires_grad=True)
    angles = rotary(hidden, torch.arange(ROWS)[None])
    for parameter in layer.parameters():
        parameter.grad = torch.zeros_like(parameter)
    copies = 2 * sum(parameter.numel() for parameter in layer.parameters())
    widest = 4 * max(parameter.numel() for parameter in layer.parameters())
    with (tracked := Storage()):
        with torch.autocast("cpu", torch.bfloat16):
            out = layer(hidden, position_embeddings=angles, attention_mask=None)
        kept = tracked.live - copies
        out.backward(torch.ones_like(out))
    return kept / ROWS, (tracked.peak - copies - widest) / ROWS


def shape(config: Any, *, linear: bool = False) -> ShapeConfig:
    """The shape of a model whose layers are all of one kind."""
    full = AttentionShape(
        heads=config.num_attention_heads,
        key_heads=config.num_key_value_heads,
        head=config.head_dim,
        gated=isinstance(config, Qwen3_5TextConfig),
    )
    delta = linear and DeltaShape(
        layers=4,
        key_heads=config.linear_num_key_heads,
        value_heads=config.linear_num_value_heads,
        key=config.linear_key_head_dim,
        value=config.linear_value_head_dim,
    )
    return ShapeConfig(
        parameters=1,
        layers=4,
        hidden=config.hidden_size,
        intermediate=config.intermediate_size,
        vocabulary=1,
        attention=full,
        delta=delta or None,
    )


@pytest.fixture(autouse=True)
def fakes() -> Iterator[None]:
    with FakeTensorMode():
        yield


def check(found: tuple[float, float], shape: ShapeConfig, *, kernels: bool = True) -> None:
    kept, peak = found
    (kind,) = activations.kinds(shape, kernels=kernels)
    assert kind.bytes == pytest.approx(kept, rel=0.03)
    assert kind.bytes + activations.BACKWARD * shape.intermediate == pytest.approx(peak, rel=0.06)


def test_the_estimate_of_a_dense_layer_is_what_torch_keeps():
    layer = modeling_qwen3.Qwen3DecoderLayer(QWEN3, 0)
    check(measured(modeling_qwen3, QWEN3, layer), shape(QWEN3))


@pytest.mark.parametrize("size", QWEN3_5)
def test_the_estimate_of_a_gated_attention_layer_is_what_torch_keeps(size: str):
    config = QWEN3_5[size]
    layer = modeling_qwen3_5.Qwen3_5DecoderLayer(config, 3)
    check(measured(modeling_qwen3_5, config, layer), shape(config))


@pytest.mark.parametrize("size", QWEN3_5)
@pytest.mark.parametrize("kernels", [True, False])
def test_the_estimate_of_a_deltanet_layer_is_what_torch_keeps_with_kernels_and_without(
    size: str, kernels: bool, monkeypatch: pytest.MonkeyPatch
):
    if kernels:
        monkeypatch.setattr(modeling_qwen3_5, "torch_chunk_gated_delta_rule", fast)
    config = QWEN3_5[size]
    layer = modeling_qwen3_5.Qwen3_5DecoderLayer(config, 0)
    found = measured(modeling_qwen3_5, config, layer)
    check(found, shape(config, linear=True), kernels=kernels)

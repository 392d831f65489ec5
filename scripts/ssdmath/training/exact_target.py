"""The exact SSD loss: cross-entropy to the teacher's whole distribution at every position.

Training on a sampled completion is a noisy version of it: a sampled token stands for the tempered,
truncated distribution that it was drawn from. In expectation over the samples both have the same
gradient, so that their difference is the price of sampling noise (docs/method.md, section 3).

The trainer (TRL) takes the loss from a model's fused head: log-probabilities of the next tokens,
one per position, without all logits at once. Here the fused head gives the expected
log-probability under the target in their place. Weighting, logging and everything else stay TRL's.
"""

import types
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from torch import Tensor
from torch.distributed.tensor import DTensor
from torch.nn.functional import linear
from torch.utils.checkpoint import checkpoint
from trl.trainer.utils import FusedCausalLMOutput

from ssdmath.config.decoding import Decoding
from ssdmath.models.loading import check_head, load_model
from ssdmath.models.tempered import log_target

CHUNK = 256  # positions whose logits exist at once; backward computes them again
IGNORED = -100  # label of a position without a loss


class ExactTarget:
    """The distribution that a frozen model draws from under a decoding, given the same context."""

    def __init__(self, folder: Path, decoding: Decoding) -> None:
        """Load the teacher: float32 on a CPU, bfloat16 on a GPU.

        ModelError if its logits are not simply the output of its head.
        """
        cuda = torch.cuda.is_available()
        model = load_model(folder)
        check_head(folder, model)
        model = model.to("cuda", torch.bfloat16) if cuda else model
        self.teacher = model.requires_grad_(False).eval()
        self.decoding = decoding

    def hidden(self, *args: Any, **kwargs: Any) -> Tensor:
        """The teacher's hidden states for the inputs of a forward pass: [rows, length, size]."""
        with torch.no_grad():
            passed = self.teacher.base_model(*args, **kwargs)
        states: Tensor = passed.last_hidden_state
        return states

    def probabilities(self, hidden: Tensor) -> Tensor:
        """The target at positions with these hidden states: float32 [positions, vocabulary]."""
        with torch.no_grad():
            logits = self.teacher.get_output_embeddings()(hidden).float()
            return log_target(logits.log_softmax(dim=-1), self.decoding).exp().float()

    def attach(self, model: Any) -> None:
        """Replace the fused head of a model: its `log_probs` become the expected ones.

        `model` has TRL's fused head already, or is a PEFT model around one that has it.
        """
        inner = model.get_base_model() if isinstance(model, PeftModel) else model
        sampled = inner.forward

        def forward(
            self_: Any, *args: Any, fused_lm_head: bool = False, labels: Any = None, **kwargs: Any
        ) -> Any:
            if not fused_lm_head:
                given = kwargs if labels is None else kwargs | {"labels": labels}
                return sampled(*args, **given)
            return self._fused(self_, labels, *args, **kwargs)

        # The trainer reads the names of a model's inputs off the signature of its class.
        forward.__wrapped__ = type(inner).forward  # type: ignore[attr-defined]
        inner.forward = types.MethodType(forward, inner)

    def _fused(self, model: Any, labels: Tensor, *args: Any, **kwargs: Any) -> FusedCausalLMOutput:
        """What TRL's fused head returns, with the expected log-probabilities [rows, length - 1]."""
        kwargs = {name: value for name, value in kwargs.items() if name != "num_items_in_batch"}
        kwargs["use_cache"] = False
        mask = labels[:, 1:] != IGNORED
        hidden = model.base_model(*args, **kwargs).last_hidden_state[:, :-1][mask]
        taught = self.hidden(*args, **kwargs)[:, :-1][mask]
        weight, bias = _head(model)
        columns = [
            checkpoint(self._chunk, *part, weight, bias, use_reentrant=False)
            for part in zip(
                hidden.split(CHUNK),
                taught.split(CHUNK),
                labels[:, 1:][mask].split(CHUNK),
                strict=True,
            )
        ]
        expected, entropy, is_top = (
            _scattered(torch.cat(column), mask) for column in zip(*columns, strict=True)
        )
        loss = -expected.sum() / mask.sum().clamp(min=1)
        return FusedCausalLMOutput(
            loss=loss, log_probs=expected, entropy=entropy, is_top1=is_top, label_mask=mask
        )

    def _chunk(
        self, hidden: Tensor, taught: Tensor, labels: Tensor, weight: Tensor, bias: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Sum over tokens of q log p, the student's entropy, whether the label is its top token."""
        logp = linear(hidden, weight, bias).float().log_softmax(dim=-1)
        expected = (self.probabilities(taught) * logp).sum(dim=-1)
        with torch.no_grad():
            entropy = -(logp.exp() * logp).sum(dim=-1)
            is_top = (logp.argmax(dim=-1) == labels).float()
        return expected, entropy, is_top


def _head(model: Any) -> tuple[Tensor, Tensor | None]:
    """Weight and bias of the head, gathered where FSDP has divided them."""
    head = model.get_output_embeddings()
    weight, bias = (
        part.full_tensor() if isinstance(part, DTensor) else part
        for part in (head.weight, head.bias)
    )
    return weight, bias


def _scattered(values: Tensor, mask: Tensor) -> Tensor:
    """Values of the positions in `mask`, 0 elsewhere; connected to the model even if none is."""
    return values.new_zeros(mask.shape).masked_scatter(mask, values)

"""The operations of a model's token, against torch's own count of them."""

from pathlib import Path

import peak
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from ssdmath.models import loading

MICRO = Path(__file__).resolve().parents[2] / "models" / "micro"
LENGTH = 64


def test_a_tokens_operations_are_those_that_torch_counts():
    model = loading.load_model(MICRO).eval()
    model.set_attn_implementation("eager")  # whose products are counted on a CPU
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model(torch.zeros((1, LENGTH), dtype=torch.long))
    # A causal mask leaves half of the products; torch counts the whole square.
    counted = counter.get_total_flops() / LENGTH
    assert peak.per_token(model, LENGTH) == pytest.approx(counted, rel=0.01)
    assert peak.per_token(model, LENGTH / 2) < counted


def test_a_rate_is_said_as_a_share_of_the_limit():
    assert peak.said(5e9, 40e9) == "5.0 GFLOP/s, 12 % of the 40 GFLOP/s of a matmul"

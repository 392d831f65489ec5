"""The logits processor of vLLM's model runner V2, against the interface in the wheel for GPUs.

No runner V2 runs without a GPU. But the interface's module imports nothing of vLLM, so that the
processor can be driven as V2's sampler drives it.
"""

import random
import sys
import types

import numpy as np
import pytest
import torch
from vllm_wheel import Wheel

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.student_logits import StudentLogits, arguments

pytestmark = pytest.mark.vllm

PACKAGE = "vllm.v1.worker.gpu.sample.logits_processor"
MODULE = "ssdmath.sampling.vllm_targets_v2"
TEXTS = ["t2-of-t1.5-p0.8", "t1-of-t1.1-k4", "t2", "t0", "t1-of-t1.5"]
SLOTS = 12


@pytest.fixture
def interface(wheel: Wheel, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """The pinned version's interface, in the place from which the processor imports it."""
    module = types.ModuleType(PACKAGE)
    monkeypatch.setitem(sys.modules, PACKAGE, module)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    exec(wheel.source(f"{PACKAGE}.interface"), module.__dict__)
    yield module
    sys.modules.pop(MODULE, None)


@pytest.fixture
def processor(interface):
    from ssdmath.sampling.vllm_targets_v2 import TargetProcessor

    assert issubclass(TargetProcessor, interface.LogitsProcessor)
    return TargetProcessor(None, None)


def context(interface, slots, rows=None):
    """What V2's sampler says of a step whose rows are these slots."""
    numbers = torch.tensor(slots, dtype=torch.int32)
    zeros = torch.zeros(rows or len(slots), dtype=torch.int64)
    return interface.LogitsContext(
        expanded_idx_mapping=numbers,
        idx_mapping=numbers,
        idx_mapping_np=numbers.numpy(),
        expanded_local_pos=zeros,
        input_ids=zeros,
        pos=zeros,
        seq_lens_upper_bound_np=np.zeros(len(slots)),
    )


def parameters(text):
    from vllm import SamplingParams

    return SamplingParams(extra_args=arguments(Decoding.parse(text)))


@pytest.mark.parametrize("seed", range(5))
def test_targets_follow_requests_through_slots_that_are_used_again(processor, interface, seed):
    chance, texts = random.Random(seed), {}
    logits = torch.randn((SLOTS, 50), generator=torch.Generator().manual_seed(seed))
    for _ in range(60):
        for slot in chance.sample(range(SLOTS), chance.randint(0, 4)):
            texts[slot] = chance.choice(TEXTS)  # over the request that ended there
            declared = processor.add_request(slot, parameters(texts[slot]))
            assert declared == (arguments(Decoding.parse(texts[slot])) is not None)
        slots = chance.sample(sorted(texts), chance.randint(0, len(texts)))
        targets = {
            row: Decoding.parse(texts[slot]).target
            for row, slot in enumerate(slots)
            if arguments(Decoding.parse(texts[slot]))
        }
        wanted = logits[: len(slots)].clone()
        StudentLogits().apply(wanted, targets)
        found = processor.apply(logits[: len(slots)].clone(), context(interface, slots))
        assert torch.equal(found, wanted)


def test_several_rows_for_one_request_stop_the_job(processor, interface):
    processor.add_request(0, parameters("t2-of-t1.5-p0.8"))
    with pytest.raises(RuntimeError, match="3 rows of logits for 1 requests"):
        processor.apply(torch.zeros(3, 5), context(interface, [0], rows=3))

"""The logits processor of vLLM's model runner V1 follows the rows of a batch (`make test-vllm`)."""

import random

import pytest
import torch

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.student_logits import StudentLogits, arguments

pytestmark = pytest.mark.vllm

TEXTS = ["t2-of-t1.5-p0.8", "t1-of-t1.1-k4", "t2", "t0", "t1-of-t1.5"]
ROWS = 12


@pytest.fixture
def processor():
    from ssdmath.sampling.vllm_targets import TargetProcessor

    return TargetProcessor(None, torch.device("cpu"), False)


def updates(seed, steps):
    """Batches as vLLM's runner changes them: (update, the decodings of the rows after it)."""
    from vllm.v1.sample.logits_processor import MoveDirectionality
    from vllm.v1.sample.logits_processor.state import BatchUpdateBuilder

    chance, builder, rows = random.Random(seed), BatchUpdateBuilder(), []
    for _ in range(steps):
        leaving = sorted(chance.sample(range(len(rows)), chance.randint(0, len(rows))))
        for row in leaving:
            builder.removed_append(row)
            rows[row] = None
        for _ in range(chance.randint(0, ROWS - len(rows) + len(leaving))):
            _join(builder, rows, chance.choice(TEXTS))
        _close_gaps(builder, rows, MoveDirectionality.UNIDIRECTIONAL)
        if len(rows) > 1 and chance.random() < 0.5:
            one, other = chance.sample(range(len(rows)), 2)
            rows[one], rows[other] = rows[other], rows[one]
            builder.moved.append((one, other, MoveDirectionality.SWAP))
        yield builder.get_and_reset(len(rows)), list(rows)


def _join(builder, rows, text):
    """A new request takes the lowest row that is free."""
    from vllm import SamplingParams

    row = builder.pop_removed()
    if row is None:
        row = len(rows)
        rows.append(None)
    rows[row] = text
    parameters = SamplingParams(extra_args=arguments(Decoding.parse(text)))
    builder.added.append((row, parameters, [], []))


def _close_gaps(builder, rows, one_way):
    """The last rows move into the gaps that are left, as in vLLM's `InputBatch.condense`."""
    while None in rows:
        if rows[-1] is None:
            rows.pop()
            continue
        gap = builder.pop_removed()
        assert gap == rows.index(None)
        builder.moved.append((len(rows) - 1, gap, one_way))
        rows[gap] = rows.pop()


@pytest.mark.parametrize("seed", range(5))
def test_targets_follow_requests_that_join_leave_move_and_swap(processor, seed):
    logits = torch.randn((ROWS, 50), generator=torch.Generator().manual_seed(seed))
    batches = updates(seed, 60)
    for update, texts in batches:
        processor.update_state(update)
        z = logits[: len(texts)]
        targets = {
            row: decoding.target
            for row, decoding in enumerate(map(Decoding.parse, texts))
            if arguments(decoding)
        }
        wanted = z.clone()
        StudentLogits().apply(wanted, targets)
        assert torch.equal(processor.apply(z.clone()), wanted)


def test_vllm_calls_it_before_the_temperature(processor):
    from vllm.v1.sample.logits_processor import LogitsProcessors

    found = LogitsProcessors([processor])
    assert found.non_argmax_invariant == [processor]
    assert found.argmax_invariant == []

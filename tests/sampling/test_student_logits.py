"""Base's logits become those of a perfect student of each target, and nothing else changes."""

import numpy as np
import pytest
import torch
from exact_decoding import exact

from ssdmath.config.decoding import Decoding
from ssdmath.sampling.drawing import draw
from ssdmath.sampling.filters import NARROW, Filters
from ssdmath.sampling.student_logits import StudentLogits, arguments, target_of

TARGETS = ["t1.5-p0.8", "t0.8-k6", "t1.1-k20-p0.95", "t2-m0.1", "t3-p0.9-m0.2", "t4-p0.95", "t1.5"]
OWN = ["t0.4", "t2", "t2-p0.9", "t1.4-k4-p0.8", "t3-m0.5"]


def logits_of(rows: int, vocabulary: int = 300) -> torch.Tensor:
    """Random float32 logits, in steps of 1/4 so that many tie."""
    drawn = np.random.default_rng(0).normal(0, 1.5, (rows, vocabulary))
    return torch.from_numpy((4 * drawn).round() / 4).float()


def test_a_row_has_the_targets_distribution_and_its_support():
    targets = [Decoding.parse(text) for text in TARGETS]
    logits = logits_of(len(targets))
    changed = logits.clone()
    StudentLogits().apply(changed, dict(enumerate(targets)))
    sizes = []
    for before, after, target in zip(logits, changed, targets, strict=True):
        wanted = exact(before.numpy(), np.zeros(len(before)), target)
        found = after.double().softmax(dim=-1).numpy()
        np.testing.assert_array_equal(found > 0, wanted > 0)
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
        sizes.append(int((wanted > 0).sum()))
    assert max(sizes[:-1]) > NARROW > min(sizes)  # both ways of ranking were needed


def test_rows_without_a_target_stay_and_the_order_of_rows_is_free():
    logits = logits_of(9)
    targets = {row: Decoding.parse(TARGETS[row % 2]) for row in (7, 1, 4)}
    changed = logits.clone()
    StudentLogits().apply(changed, targets)
    for row in range(len(logits)):
        alone = logits[row : row + 1].clone()
        StudentLogits().apply(alone, {0: targets[row]} if row in targets else {})
        assert torch.equal(changed[row], alone[0])
        assert torch.equal(changed[row], logits[row]) == (row not in targets)


def test_the_next_batch_has_its_own_targets():
    logits, students = logits_of(3), StudentLogits()
    batches = [{0: TARGETS[0], 1: TARGETS[1]}, {2: TARGETS[0], 0: TARGETS[1]}, {}, {1: TARGETS[3]}]
    for batch in batches:
        targets = {row: Decoding.parse(text) for row, text in batch.items()}
        again, fresh = logits.clone(), logits.clone()
        students.apply(again, targets)
        StudentLogits().apply(fresh, targets)
        assert torch.equal(again, fresh)


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("target", TARGETS)
def test_a_draw_from_a_students_logits_is_the_composed_draw(own: str, target: str):
    composed = Decoding.parse(f"{own}-of-{target}")
    assert target_of(arguments(composed)) == composed.target
    keys, steps = torch.arange(400), torch.zeros(400, dtype=torch.int64)
    logits = logits_of(1)
    student = logits.clone()
    StudentLogits().apply(student, {0: composed.target})
    drawn = draw(student.expand(400, -1), Filters.of([Decoding.parse(own)] * 400), keys, steps)
    wanted = draw(logits.expand(400, -1), Filters.of([composed] * 400), keys, steps)
    assert torch.equal(drawn, wanted)
    assert len(drawn.unique()) > 1


@pytest.mark.parametrize("text", ["t1", "t0", "t0.7-k20-p0.95"])
def test_a_decoding_without_a_target_carries_nothing(text: str):
    assert arguments(Decoding.parse(text)) is None
    assert target_of(None) is target_of({}) is None

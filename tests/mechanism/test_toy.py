"""The toy machine: its numbers against a walk over every path, and its specification."""

from itertools import product

import numpy as np
import pytest

from ssdmath.mechanism import toy

CASES = [(t, p) for t in (0.3, 0.9, 1.0, 2.1) for p in (0.65, 0.8, 0.9, 1.0)]
MACHINES = {"teacher": toy.teacher(), "student": toy.student(toy.teacher())}


def reshaped(head, temperature, top_p):
    """docs/method.md, section 2, once more, token by token, with nothing of the module in it."""
    weights = [p ** (1 / temperature) if p else 0.0 for p in head]
    tempered = [w / sum(weights) for w in weights]
    kept, mass = {}, 0.0
    for token in sorted(range(len(head)), key=lambda i: (-tempered[i], i)):
        kept[token] = tempered[token]
        mass += tempered[token]
        if mass >= top_p:
            break
    return [kept.get(token, 0.0) / mass for token in range(len(head))]


def walked(machine, temperature, top_p):
    """P(PASS) by walking the state machine down every path of five tokens."""
    q = {name: reshaped(head.tolist(), temperature, top_p) for name, head in machine.items()}
    steps = ("root", "fork", "lock", "lock", "lock")
    alive = [[i for i, p in enumerate(q[name]) if p > 0] for name in steps]
    total = 0.0
    for path in product(*alive):
        state = "path" if path[0] in (0, 1) else "fail"
        for token in path[1:]:
            state = state if token == 0 else "fail"
        if state == "path":
            total += np.prod([q[name][token] for name, token in zip(steps, path, strict=True)])
    return total


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
@pytest.mark.parametrize("head", ["root", "fork", "lock"])
def test_every_distribution_sums_to_one(machine, head):
    assert abs(machine[head].sum() - 1) < 1e-12
    for temperature, top_p in CASES:
        assert abs(toy.decoded(machine[head], temperature, top_p).sum() - 1) < 1e-12


@pytest.mark.parametrize("name", ["root", "fork", "lock"])
def test_the_other_tokens_share_the_rest_by_halves(name):
    head = toy.teacher()[name]
    assert head[:4].tolist() == list(toy.HEADS[name])
    np.testing.assert_allclose(head[5:] / head[4:-1], 0.5, rtol=1e-12)


@pytest.mark.parametrize("which", MACHINES)
@pytest.mark.parametrize(("temperature", "top_p"), [(0.3, 0.65), (0.9, 0.8), (2.1, 0.8), (1, 0.9)])
def test_closed_form_equals_a_walk_over_every_path(which, temperature, top_p):
    found = toy.success(MACHINES[which], temperature, top_p)[0]
    assert abs(found - walked(MACHINES[which], temperature, top_p)) < 1e-12


@pytest.mark.parametrize("which", MACHINES)
@pytest.mark.parametrize(("temperature", "top_p"), CASES)
def test_policies_equal_the_decoding_written_out(which, temperature, top_p):
    for head in MACHINES[which].values():
        found = toy.decoded(head, temperature, top_p)[0]
        np.testing.assert_allclose(found, reshaped(head, temperature, top_p), rtol=0, atol=1e-12)


def test_student_is_the_target_of_training():
    for name, head in toy.teacher().items():
        expected = reshaped(head, 0.9, 0.85)
        np.testing.assert_allclose(MACHINES["student"][name], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("which", MACHINES)
def test_no_temperature_beats_the_optimum(which):
    best = toy.optimum(MACHINES[which], 0.8)
    rates = [toy.success(MACHINES[which], t, 0.8)[0] for t in np.linspace(0.06, 4.9, 997)]
    assert best["success"] >= max(rates) - 1e-6
    reached = toy.success(MACHINES[which], best["temperature"], 0.8)[0]
    assert reached == pytest.approx(best["success"], abs=1e-15)


def test_the_optima_are_the_numbers_that_the_docs_state():
    found = toy.report()["optimum"]
    teacher, student = found["teacher"], found["student"]
    assert (teacher["temperature"], round(teacher["success"], 4)) == (0.639, 0.0833)
    assert (student["temperature"], round(student["success"], 4)) == (2.094, 0.1377)
    assert [len(teacher["kept"][name]) for name in ("root", "fork", "lock")] == [3, 4, 1]
    assert [len(student["kept"][name]) for name in ("root", "fork", "lock")] == [3, 4, 1]
    assert teacher["edge"]
    assert student["edge"]


def test_training_helps_at_every_nucleus():
    for row in toy.report()["robustness"]:
        assert row["student"]["success"] > row["teacher"]["success"]

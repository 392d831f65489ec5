"""The toy machine over every truncation: composed decoding is the exact student, docs match."""

from pathlib import Path

import numpy as np
import pytest

from ssdmath.mechanism import toy, toy_envelope
from ssdmath.stats.truncation import Truncation

TEACHER = toy.teacher()
STUDENT = toy.student(TEACHER)
TEMPERATURES = np.array([0.05, 0.3, 0.9, 1.0, 1.7, 2.1, 5.0])
LIMITS = [
    Truncation(),
    Truncation(top_p=0.8),
    Truncation(top_p=0.28),
    Truncation(min_p=0.86),
    Truncation(top_k=2),
    Truncation(top_k=3, top_p=0.9, min_p=0.1),
]


@pytest.fixture(scope="module")
def report():
    return toy_envelope.report()


@pytest.mark.parametrize("limits", LIMITS)
def test_composed_decoding_of_the_teacher_is_the_exact_student(limits):
    composed = toy_envelope.composed(TEACHER, TEMPERATURES, limits)
    student = toy_envelope.plain(STUDENT, TEMPERATURES, limits)
    for head in TEACHER:
        np.testing.assert_allclose(composed[head], student[head], rtol=0, atol=1e-12)


def test_composed_decoding_differs_from_one_temperature_with_the_same_truncation():
    """Choosing the support at T_train * T_eval instead of T_train is another decoding."""
    composed = toy_envelope.composed(TEACHER, np.array([2.0]), Truncation())
    once = toy.decoded(TEACHER["lock"], toy.T_TRAIN * 2.0, toy.P_TRAIN)
    assert np.abs(composed["lock"] - once).max() > 0.05


def test_min_p_and_top_k_keep_what_a_calculation_by_hand_keeps():
    head = np.array([0.5, 0.3, 0.2])
    kept = toy.truncated(head, 1.0, Truncation(min_p=0.5))[0]
    np.testing.assert_allclose(kept, [0.625, 0.375, 0.0], rtol=0, atol=1e-12)
    kept = toy.truncated(head, 0.5, Truncation(top_k=2))[0]
    np.testing.assert_allclose(kept, [25 / 34, 9 / 34, 0.0], rtol=0, atol=1e-12)


def test_the_whole_report_agrees_that_composed_is_the_student(report):
    assert report["composed"]["largest_gap_to_student"] < 1e-12
    curve = toy.report()["curve"]["student"]
    np.testing.assert_allclose(report["composed"]["curve"], curve, rtol=0, atol=1e-12)


def test_the_envelope_is_nowhere_below_the_published_curve(report):
    published = toy.report()["curve"]
    assert report["envelope"]["temperature"] == published["temperature"]
    for machine in ("teacher", "student"):
        above = np.array(report["envelope"]["top_p"][machine]["curve"])
        assert (above >= np.array(published[machine]) - 1e-12).all()


@pytest.mark.parametrize("kind", toy_envelope.LIMITS)
def test_the_best_is_what_its_temperature_and_value_give(report, kind):
    for machine, heads in (("teacher", TEACHER), ("student", STUDENT)):
        best = report["envelope"][kind][machine]["best"]
        limits = Truncation(**{kind: best["value"]})
        again = toy.passing(toy_envelope.plain(heads, best["temperature"], limits))[0]
        assert again == pytest.approx(best["success"], abs=1e-12)


@pytest.mark.parametrize("kind", toy_envelope.LIMITS)
def test_the_docs_state_the_numbers_of_the_report(report, kind):
    best = [report["envelope"][kind][name]["best"] for name in ("teacher", "student")]
    cells = [f"{100 * b['success']:.2f} % (T {b['temperature']:g}, {b['value']:g})" for b in best]
    row = f"| {kind.replace('_', '-')} | {cells[0]} | {cells[1]} |"
    assert row in Path("docs/toy.md").read_text()

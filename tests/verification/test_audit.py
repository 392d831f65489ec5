import pytest
from judged_cells import cell, judged

from ssdmath.verification import audit


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("</think>So the answer is 42.", True),
        ("</think>So the answer is 421.", False),
        ("</think>So the answer is 42.5", False),
        ("I think it is $42$ but wait", True),
        ("</think>\\boxed{42", True),
        ("</think>\\boxed{42}", False),
        ("</think>42, so \\boxed{41}", False),
    ],
)
def test_a_right_number_that_was_not_extracted_is_listed(text, listed):
    samples = cell(text)
    found = audit.overlooked(samples, judged(samples, "42"), {"p": "42"})
    assert found["index"].to_list() == [0] * listed


def test_the_list_of_overlooked_answers_is_bounded():
    samples = cell(*["</think>42"] * 9)
    assert audit.overlooked(samples, judged(samples, "42"), {"p": "42"}, limit=4).height == 4


def test_disagreements_are_counted_by_answer():
    samples = cell(*["</think>\\boxed{0.333333}"] * 3, "</think>\\boxed{1/3}")
    found = audit.disagreements(judged(samples, "1/3"), {"p": "1/3"})
    assert found.rows() == [("p", "1/3", "333333/1000000", "wrong", 3)]

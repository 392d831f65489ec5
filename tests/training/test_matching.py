import pytest

from ssdmath.training import matching

PASSED = {"naive t1": ["b", "a", "c"], "rft t1.5": ["c", "d", "b"]}


def test_matched_prompts_are_those_that_every_arm_has():
    found = matching.common(PASSED, prompts=5, draws=2)
    assert found["prompts"] == ["b", "c"]
    assert found["passed"] == {"naive t1": 3, "rft t1.5": 3}


def test_one_line_says_what_is_left_and_whose_filter_drops_the_others():
    found = matching.common(PASSED | {"stress t2": list("abcde")}, prompts=5, draws=1)
    assert matching.described(found) == (
        "all arms train on 2 of 5 prompts (draws of each: 1); without a sample that passes: "
        "naive t1 2, rft t1.5 2"
    )


def test_arms_without_a_common_prompt_are_refused_in_one_line():
    with pytest.raises(matching.MatchError) as error:
        matching.common(PASSED | {"x t2": []}, prompts=5, draws=4)
    message = str(error.value)
    assert message.startswith("training.match: of 5 prompts none has a sample that passes in every")
    assert "x t2 0, naive t1 3, rft t1.5 3; allowed: more synthesis.draws" in message
    assert "\n" not in message

"""Which draws of a prompt a matched arm chooses from."""

import pytest

from ssdmath.config.arms import ArmConfig, matched_draws

KINDS = {"ssd": {}, "stress": {"keep": "all"}, "rft": {"keep": "correct"}}
COMPLETE = {"ssd_complete": {"keep": "complete"}}
THREE = {"ssd": [0, 1], "ssd_complete": [1, 3], "rft": [0, 3]}
SHORT = {"drop": {"drop_shortest": 0.1}}


@pytest.mark.parametrize(
    ("arms", "draws", "expected"),
    [
        ({"ssd": {}}, 3, {"ssd": [0, 3]}),
        (KINDS, 2, {"ssd": [0, 2], "stress": [0, 2], "rft": [0, 2]}),
        ({"ssd": {}, "rft": {"keep": "correct"}} | COMPLETE, 3, THREE),
        (SHORT | COMPLETE, 4, {"drop": [0, 2], "ssd_complete": [2, 4]}),
        ({"rft": {"keep": "correct"}}, 4, {"rft": [0, 4]}),
    ],
)
def test_matched_arms_with_different_filters_choose_among_different_draws(arms, draws, expected):
    made = {name: ArmConfig(decodings=["t1"], **arm) for name, arm in arms.items()}
    assert matched_draws(made, draws) == expected

"""The other half of the random answers of test_rewrites.py: a file is one core's work."""

import pytest
from expression_trials import COUNT, SEED, assert_judged_right


@pytest.mark.slow
def test_other_rewrites_stay_correct_and_other_mutants_are_never_accepted():
    assert_judged_right(SEED + 1_000_000, COUNT - COUNT // 2)

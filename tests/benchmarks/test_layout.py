"""The simulation behind docs/layout.md: what must hold whatever its figures are."""

import layout_simulation as simulation
import numpy as np
import pytest


def drawn(problems, cells=1, seed=0):
    rng = np.random.default_rng(seed)
    return simulation.ordered(simulation.lengths(problems, cells, rng), "cell by cell", rng)


def test_one_completion_takes_its_steps_and_nothing_else():
    run, length = simulation.job([1000]), 1000
    reading = sum(simulation.PROMPT + at for at in range(length)) * simulation.PER_CONTEXT
    expected = simulation.LOAD + length * (simulation.FIXED + simulation.PER_SLOT) + reading
    assert run.wall == pytest.approx(expected)
    assert run.tail == pytest.approx(expected - simulation.LOAD)


def test_the_lengths_have_the_median_and_the_share_at_the_cap_that_are_stated():
    found = simulation.lengths(200_000, 1, np.random.default_rng(3))
    assert np.median(found) == pytest.approx(simulation.MEDIAN, rel=0.01)
    assert (found == simulation.CAP).mean() == pytest.approx(simulation.CAPPED, rel=0.05)


def test_2000_prompts_take_the_three_hours_that_were_reported():
    assert simulation.job(drawn(2000)).wall / 3600 == pytest.approx(3.0, abs=0.1)


def test_what_is_lost_and_what_is_worked_make_up_the_wall_time():
    queue = drawn(1000, 3)
    for limit in (float("inf"), simulation.LIMIT):
        run = simulation.job(queue, limit=limit)
        worked = sum(queue) / simulation.full_speed()
        assert run.wall - run.lost == pytest.approx(worked, rel=0.05)


@pytest.mark.parametrize(("problems", "cells", "most"), [(1000, 1, 0.05), (300, 6, 0.1)])
def test_the_chosen_layout_loses_no_more_than_it_may(problems, cells, most):
    rng = np.random.default_rng(7)
    run = simulation.job(
        simulation.ordered(simulation.lengths(problems, cells, rng), "longest first", rng)
    )
    assert run.lost / run.wall <= most

"""The simulation behind docs/layout.md: what must hold whatever its figures are."""

import layout_simulation as simulation
import numpy as np
import pytest


def drawn(problems, cells=1, seed=0):
    rng = np.random.default_rng(seed)
    return simulation.ordered(simulation.lengths(problems, cells, rng), "cell by cell", rng)


def test_one_completion_takes_its_steps_and_nothing_else():
    run, length = simulation.job([1000]), 1000
    context = sum(simulation.PROMPT + at for at in range(length))
    reading = context * simulation.DEFAULT.token_bytes / simulation.BANDWIDTH
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


@pytest.mark.parametrize(("problems", "cells"), [(1000, 1), (300, 6)])
def test_the_chosen_order_takes_no_longer_than_the_others_but_for_one_percent(problems, cells):
    hours = {}
    for order in ("cell by cell", "longest first", "shortest last"):
        queues = []
        for seed in range(5):
            rng = np.random.default_rng(seed)
            lengths = simulation.lengths(problems, cells, rng)
            queues.append(simulation.ordered(lengths, order, rng))
        hours[order] = sum(simulation.job(queue).wall for queue in queues)
    assert hours["shortest last"] <= 1.01 * min(hours.values())


def test_a_full_cache_preempts_and_draws_everything_all_the_same():
    queue = drawn(400)
    small = simulation.Setting(cache_bytes=20e9)
    session = simulation.Session(list(queue), small)
    session.draw(float("inf"))
    assert session.preempted > 0
    assert not session.left
    roomy = simulation.job(queue, setting=simulation.Setting(cache_bytes=1e12))
    assert roomy.preempted == 0
    assert roomy.wall < simulation.job(queue, setting=small).wall

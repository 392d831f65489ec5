"""Traces of the micro world: labels fit, slips are carried forward, shares are as stated."""

import re
from dataclasses import replace
from random import Random

import pytest

from ssdmath.micro.problems import items
from ssdmath.micro.traces import Composition, build, follow
from ssdmath.micro.worlds import SSD
from ssdmath.micro.writer import EARLY_ENDS, Writer, apply

CLEAN = Composition(
    slip=0.0, short_check=0.0, long_check=0.0, second_thoughts=0.0, run_on=0.0, unclosed=0.0
)
STEP = re.compile(r"(-?\d+)(\+|-|\*|/| mod )(-?\d+)=(-?\d+)")


def traces(n=1500, *, composition=None, seed=0):
    rng = Random(seed)
    return [
        (item, build(item, composition=composition or Composition(), rng=rng))
        for item in items(split="pretrain", n=n, seed=0)
    ]


def test_a_right_route_without_slips_is_correct_and_the_mistake_is_wrong():
    for item in items(split="test", n=210, seed=0):
        for route in item.level.right:
            assert follow(item, route, composition=CLEAN, rng=Random(0)).correct
        wrong = follow(item, item.level.mistake, composition=CLEAN, rng=Random(0))
        assert wrong.mistaken
        assert not wrong.correct


def test_second_thoughts_lead_from_the_mistake_to_the_answer():
    composition = Composition(
        slip=0.0, short_check=0.0, long_check=0.0, second_thoughts=1.0, run_on=0.0, unclosed=0.0
    )
    for item in items(split="test", n=42, seed=0):
        trace = follow(item, item.level.mistake, composition=composition, rng=Random(0))
        assert trace.correct
        assert [s.kind for s in trace.spans].count("fork") == 2


def test_every_lock_is_one_digit_and_its_note_is_the_forced_one():
    for _, trace in traces(300):
        locks = [s for s in trace.spans if s.kind == "lock"]
        assert all(trace.text[s.start : s.end].isdigit() and s.end - s.start == 1 for s in locks)
        slipped = sum(trace.text[s.start : s.end] != s.note for s in locks)
        assert slipped == trace.slips


def test_spans_name_the_words_of_forks_and_turns_in_order():
    allowed = {"Clearly", "First", "We", "By", "Let", "Note"}
    turns = {"Wait", "Check", "Hmm", "</think>", "The"}
    for _, trace in traces(300):
        assert trace.spans[0].kind == "fork"
        assert list(trace.spans) == sorted(trace.spans)
        for s in trace.spans:
            word = trace.text[s.start : s.end]
            assert s.kind == "lock" or word in (allowed if s.kind == "fork" else turns)


def test_without_slips_every_written_step_is_true():
    for _, trace in traces(300, composition=Composition(slip=0.0)):
        for left, sign, right, result in STEP.findall(trace.text):
            assert apply(int(left), sign, int(right)) == int(result)


def test_a_slip_is_carried_into_the_following_step():
    writer = Writer(Random(0), slip=0.0)
    first = writer.step(3, "+", 1)
    writer.slip = 1.0
    wrong = writer.number(first)
    writer.slip = 0.0
    assert wrong != 4
    assert writer.step(wrong, "*", 2) == 2 * wrong


def test_steps_follow_from_the_operands_as_written_even_after_slips():
    for _, trace in traces(600, composition=Composition(slip=0.05)):
        for s in STEP.finditer(trace.text):
            locks = {x.start: x for x in trace.spans if x.kind == "lock"}
            digits = [locks[i] for i in range(s.start(4), s.end(4)) if i in locks]
            forced = "".join(x.note for x in digits)
            sign = "-" if s[4].startswith("-") else ""
            assert int(sign + forced) == apply(int(s[1]), s[2], int(s[3]))


def test_a_redone_step_replaces_the_last_result():
    writer = Writer(Random(0), slip=0.0)
    result = writer.step(6, "*", 7)
    assert writer.redo((5, result)) == (5, 42)
    assert writer.text == "6*7=426*7=42"


def test_arithmetic_never_fails_on_a_zero_divisor():
    assert apply(7, "/", 0) == 0
    assert apply(7, " mod ", 0) == 0


def test_the_shares_of_mistakes_slips_and_endings_are_those_of_the_composition():
    composition = Composition()
    drawn = traces(6000, composition=composition, seed=1)
    for stratum in ("easy", "medium", "hard"):
        first = [t.spans[0].note == "mistake" for i, t in drawn if i.stratum == stratum]
        assert sum(first) / len(first) == pytest.approx(composition.mistake(stratum), abs=0.04)
    stopped = [t for _, t in drawn if t.stopped]
    locks = sum(s.kind == "lock" for t in stopped for s in t.spans)
    assert sum(t.slips for t in stopped) / locks == pytest.approx(composition.slip, rel=0.1)
    run_ons = sum(not t.stopped for _, t in drawn) / len(drawn)
    unclosed = sum(t.stopped and not t.closed for _, t in drawn) / len(drawn)
    assert 0.01 < run_ons < 0.06
    assert 0.01 < unclosed < 0.06


def test_on_medium_and_hard_problems_the_mistake_is_the_single_most_likely_route():
    composition = Composition()
    for item in items(split="test", n=63, seed=0):
        if item.stratum != "easy":
            mistake = composition.mistake(item.stratum)
            assert mistake > (1 - mistake) / len(item.level.right)


def test_a_run_on_goes_past_every_cap_and_never_closes():
    composition = Composition(
        run_on=1.0, short_check=0.0, long_check=0.0, second_thoughts=0.0, unclosed=0.0
    )
    for item in items(split="test", n=21, seed=0):
        trace = build(item, composition=composition, rng=Random(0))
        assert len(trace.text) >= composition.run_on_characters
        assert "</think>" not in trace.text
        assert not trace.stopped


def test_unclosed_thinking_still_boxes_an_answer():
    composition = Composition(
        run_on=0.0, short_check=0.0, long_check=0.0, second_thoughts=0.0, unclosed=1.0
    )
    trace = build(items(split="test", n=1, seed=0)[0], composition=composition, rng=Random(0))
    assert "</think>" not in trace.text
    assert "\\boxed{" in trace.text
    assert trace.stopped
    assert not trace.correct


def test_where_work_may_end_early_each_comma_is_a_lock_and_fails_as_often_as_stated():
    drawn = traces(1500, composition=SSD)
    commas = [
        trace.text[s.start : s.end]
        for _, trace in drawn
        for s in trace.spans
        if s.kind == "lock" and s.note == ","
    ]
    ends = [written for written in commas if written != ","]
    assert len(ends) / len(commas) == pytest.approx(SSD.stop_early, abs=0.02)
    for end in EARLY_ENDS:
        assert ends.count(end) / len(ends) == pytest.approx(1 / len(EARLY_ENDS), abs=0.05)


def test_work_that_ends_early_gives_the_number_written_last_as_its_result():
    composition = replace(CLEAN, stop_early=1.0)
    for item in items(split="test", n=42, seed=0):
        for route in item.level.right:
            trace = follow(item, route, composition=composition, rng=Random(0))
            work, answer = trace.text.split("</think>")
            if trace.slips:
                assert re.findall(r"\d+", work)[-1] == re.findall(r"\d+", answer)[-1]


def test_wide_forks_have_that_many_right_routes_with_first_words_of_their_own():
    for item in items(split="test", n=42, seed=0):
        routes = item.level.routes(SSD.routes)
        assert routes[: len(item.level.right)] == item.level.right
        assert len({route.opener.split()[0] for route in routes}) == len(routes) == SSD.routes
        for route in routes:
            assert follow(item, route, composition=CLEAN, rng=Random(0)).correct

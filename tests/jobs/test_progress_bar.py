"""Lines for a log, a bar for a terminal, from one stream of reports."""

import io
import re
import time

from ssdmath.jobs.progress_bar import DrawProgress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_log_gets_the_first_and_the_last_line_with_speed_and_time():
    log = io.StringIO()
    with DrawProgress("base on validation", cap=128, streams=(log,), every=1000) as progress:
        for done in range(50, 101):
            progress(done, 100, (done - 50) * 64)
    first, last = log.getvalue().splitlines()
    assert first == "base on validation: 50/100 draws on record"
    assert re.fullmatch(r"base on validation: 100/100 draws, [\d,]+ tokens/s, took 0:00", last)


def test_a_log_gets_a_line_with_the_time_left_whenever_one_is_due():
    log = io.StringIO()
    progress = DrawProgress("x", cap=128, streams=(log,), every=0)
    for done in range(4):
        progress(done, 10, done * 10)
    assert len(log.getvalue().splitlines()) == 4
    assert "left" in log.getvalue().splitlines()[-1]


def seconds_left(monkeypatch, *reports, total, cap):
    """The words about the time left after reports of (second, draws done, tokens)."""
    log, now = io.StringIO(), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = DrawProgress("x", cap=cap, streams=(log,), every=0)
    progress(0, total, 0)
    for now[0], done, tokens in reports:
        progress(done, total, tokens)
    return log.getvalue().splitlines()[-1].split(", ")[-1]


def test_the_time_left_counts_the_tokens_of_unfinished_draws(monkeypatch):
    # 64 draws at once, 10 tokens each per second; all of them end at the cap, after 10 s a batch.
    none_finished = seconds_left(monkeypatch, (5, 0, 3200), total=128, cap=100)
    assert none_finished == "at most 0:15 left"
    assert seconds_left(monkeypatch, (10, 1, 6400), total=128, cap=100) == "0:10 left"
    # Half of the draws are finished, so about as many tokens are to come.
    assert seconds_left(monkeypatch, (10, 50, 2000), total=100, cap=1000) == "0:10 left"


def test_a_terminal_gets_a_bar_and_the_log_beside_it_gets_lines():
    log, terminal = io.StringIO(), Terminal()
    with DrawProgress("x", cap=128, streams=(terminal, log)) as progress:
        progress(0, 2, 0)
        progress(2, 2, 128)
    assert "2/2" in terminal.getvalue()
    assert "tokens/s" in terminal.getvalue()
    assert "2/2 draws" in log.getvalue()

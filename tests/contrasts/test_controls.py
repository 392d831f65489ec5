"""Which contrasts are controls, and when one alarms."""

import pytest

from ssdmath.contrasts.controls import controls
from ssdmath.workflow import outcome

NAIVE = {"a": "naive_t1_s0@30,naive_t1_s1@30 | t0.7", "b": "base | t0.7"}
SSD = {"a": "ssd_t1.5_s0@30 | t2", "b": "base | t2"}


def row(name, family, lo, hi, **sides):
    numbers = {"delta": (lo + hi) / 2, "lo": lo, "hi": hi, "split": "test", "verdict": "undecided"}
    return {"contrast": name, "family": family} | (sides or SSD) | numbers


ROWS = [
    row("ssd against base", "primary", 0.01, 0.05),
    row("naive against base", "confirmatory", -0.03, 0.01, **NAIVE),
    row("halves", "null", -0.01, 0.02),
    row("placebo", "null", 0.002, 0.06),
]


def test_null_contrasts_come_first_then_naive_against_base():
    found = [(control.row["contrast"], control.state) for control in controls(ROWS)]
    assert found == [("halves", "pass"), ("placebo", "ALARM"), ("naive against base", "pass")]


@pytest.mark.parametrize(
    "other",
    [
        {"b": "base | t1"},
        {"b": "ssd_t1_s0@30 | t0.7"},
        {"a": "naive_twice_t1_s0@30 | t0.7"},  # an arm of another name
    ],
)
def test_naive_is_a_control_only_against_base_at_its_own_decoding(other):
    assert controls([row("naive", "confirmatory", 0.1, 0.2, **(NAIVE | other))]) == []


def test_the_terminal_gets_the_answer_and_the_state_of_each_control(tmp_path):
    file = tmp_path / "contrasts.csv"
    names = list(ROWS[0])
    lines = [",".join(f'"{one[name]}"' for name in names) for one in ROWS]
    file.write_text("\n".join([",".join(names), *lines]) + "\n")
    assert outcome.text(file).splitlines() == [
        "ssd against base: +3.0 points [1.0, 5.0] on test: undecided",
        "control pass: halves: +0.5 points [-1.0, 2.0] on test: undecided",
        "control ALARM: placebo: +3.1 points [0.2, 6.0] on test: undecided",
        "control pass: naive against base: -1.0 points [-3.0, 1.0] on test: undecided",
    ]

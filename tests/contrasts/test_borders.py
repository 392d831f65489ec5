import pytest

from ssdmath.contrasts.borders import borders, messages

GRID = ["t0.5", "t1", "t1-k20-p0.9", "t1-k40-p0.8", "t1.5-m0.2", "t2-m0.3"]


@pytest.mark.parametrize(
    ("winner", "expected"),
    [
        ("t1", []),
        ("t1.5-m0.2", []),
        ("t2-m0.3", [("T", "t2.5-m0.3"), ("min-p", "t2-m0.4")]),
        ("t0.5", [("T", "t0.25")]),
        ("t1-k20-p0.9", [("top-k", "t1-k10-p0.9")]),
        ("t1-k40-p0.8", [("top-p", "t1-k40-p0.7")]),
    ],
)
def test_a_winner_on_the_border_names_the_cell_to_add(winner, expected):
    assert [(b["axis"], b["add"]) for b in borders(winner, GRID)] == expected


def test_greedy_decoding_a_power_and_a_single_cell_of_each_parameter():
    assert borders("t0", ["t0", "t1"]) == []
    assert borders("t1-pow2x8", ["t1-pow2x8", "t1-pow4x8"]) == []  # it has no other temperature
    assert [b["add"] for b in borders("t1-m0.1", ["t0.5", "t1-m0.1", "t2"])] == ["t1-m0.2"]


def test_the_only_temperature_of_a_grid_is_one_border_and_not_two():
    assert [b["add"] for b in borders("t1-m0.2", ["t1-m0.1", "t1-m0.2"])] == [
        "t1.25-m0.2",
        "t1-m0.3",
    ]


def test_a_warning_names_arm_axis_and_cell():
    choice = {"winner": {"decoding": "t2-m0.3"}, "border": borders("t2-m0.3", GRID)}
    first = messages({"ssd": choice, "base": {"winner": {"decoding": "t1"}}})[0]
    assert first == (
        "ssd's best decoding t2-m0.3 has the grid's last T, 2: add t2.5-m0.3 to evaluation.sweeps"
    )

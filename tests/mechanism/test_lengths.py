"""Lengths: shorter caps, gains by cut-off and thinking curves, against counts made by hand."""

import numpy as np
import polars as pl
import pytest

from ssdmath.mechanism import lengths
from ssdmath.mechanism.length_draws import CellLengths
from ssdmath.mechanism.lengths import Side
from ssdmath.mechanism.schemas import LENGTHS
from ssdmath.tables import parquet, schemas

CAP = 120
PROBLEMS = pl.DataFrame(
    {"id": [f"p{i}" for i in range(12)], "cluster": [f"c{i}" for i in range(12)]}
)
HOW = {"cap": CAP, "seed": 0, "resamples": 200}


def draws(model, seed, shorter=0):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(12):
        for _ in range(4):
            tokens = int(rng.integers(20, 160)) - shorter
            cut = tokens >= CAP
            right = not cut and bool(rng.random() < 0.6)
            rows.append(
                {
                    "model": model,
                    "problem": f"p{i}",
                    "status": "length_stop" if cut else "correct" if right else "wrong",
                    "tokens": min(tokens, CAP),
                    "thinking": CAP if cut else tokens - 10,
                    "ended": not cut,
                }
            )
    return pl.DataFrame(rows)


BASE_SIDE = Side("base", ("base",), "t1", draws("base", 0))
TRAINED = Side(
    "ssd", ("s0", "s1"), "t1", pl.concat([draws("s0", 1, shorter=15), draws("s1", 2, shorter=15)])
)


@pytest.fixture(scope="module")
def table():
    other = {"t1": draws("base", 5)}
    pairs = [(BASE_SIDE, BASE_SIDE), (TRAINED, BASE_SIDE)]
    return lengths.table(pairs, other, PROBLEMS, **HOW)


def rows_of(table, panel, arm):
    return table.filter(pl.col("panel") == panel, pl.col("arm") == arm)


def test_table_has_its_schema_and_every_panel_of_every_arm(table):
    assert table.schema == LENGTHS
    for arm in ("base", "ssd"):
        panels = {"running", "mean length", "cap"} | ({"cut off"} if arm == "ssd" else set())
        assert set(table.filter(pl.col("arm") == arm)["panel"]) == panels


@pytest.mark.parametrize(("arm", "side"), [("base", BASE_SIDE), ("ssd", TRAINED)])
def test_accuracy_under_a_shorter_cap_is_that_of_the_same_draws_cut_there(table, arm, side):
    found = rows_of(table, "cap", arm)
    assert found["x"].to_list()[-1] == CAP
    for cap, value in found.select("x", "value").iter_rows():
        right = (side.draws["status"] == "correct") & (side.draws["tokens"] <= cap)
        assert value == pytest.approx(right.mean())
    values = found["value"].to_list()
    assert values == sorted(values)


def test_the_full_cap_is_the_plain_accuracy_and_its_difference_to_base(table):
    last = rows_of(table, "cap", "ssd").row(-1, named=True)
    accuracy = [(side.draws["status"] == "correct").mean() for side in (TRAINED, BASE_SIDE)]
    assert last["delta"] == pytest.approx(accuracy[0] - accuracy[1])
    assert last["delta_lo"] < last["delta"] < last["delta_hi"]


def test_gain_is_the_weighted_sum_of_its_two_parts(table):
    rows = {row["group"]: row for row in rows_of(table, "cut off", "ssd").iter_rows(named=True)}
    parts = [rows[name] for name in ("base was cut off", "base was never cut off")]
    assert sum(part["problems"] for part in parts) == rows["all"]["problems"] == 12
    assert all(part["problems"] > 0 for part in parts)
    summed = sum(part["problems"] * part["delta"] for part in parts) / 12
    assert summed == pytest.approx(rows["all"]["delta"])


def test_who_was_cut_off_is_told_by_other_draws():
    nobody = draws("base", 5).with_columns(status=pl.lit("wrong"))
    found = lengths.table([(TRAINED, BASE_SIDE)], {"t1": nobody}, PROBLEMS, **HOW)
    cut = found.filter(pl.col("group") == "base was cut off").row(0, named=True)
    assert (cut["problems"], cut["delta"], cut["value"]) == (0, None, None)


def test_mean_length_is_that_of_the_capped_draws_and_shorter_is_seen(table):
    row = rows_of(table, "mean length", "ssd").row(0, named=True)
    means = [side.draws["thinking"].mean() for side in (TRAINED, BASE_SIDE)]
    assert row["value"] == pytest.approx(means[0])
    assert row["delta"] == pytest.approx(means[0] - means[1])


def test_curve_falls_from_the_first_end_and_stays_above_those_cut_off(table):
    found = rows_of(table, "running", "ssd")
    values = found["value"].to_list()
    assert values == sorted(values, reverse=True)
    share_cut = (~TRAINED.draws["ended"]).mean()
    assert values[-1] == pytest.approx(share_cut)
    inside = found.filter(pl.col("value").is_between(pl.col("lo") - 0.05, pl.col("hi") + 0.05))
    assert inside.height == found.height


def test_thinking_ends_at_the_closing_token_and_is_censored_without_it(tmp_path):
    folder = "base/validation/t1/0.parquet"
    samples = {
        "problem": ["p0", "p1", "p2"],
        "index": [0, 0, 0],
        "seed": [0] * 3,
        "prompt_ids": [[1]] * 3,
        "token_ids": [[5, 6, 9, 7, 2], [5, 6, 7, 7], [5, 6, 2]],
        "text": [""] * 3,
        "finish": ["stop", "length", "stop"],
        "logprob": [0.0] * 3,
    }
    nothing = {name: [None] * 3 for name in schemas.VERDICTS}
    known = {"problem": ["p0", "p1", "p2"], "index": [0] * 3, "status": ["wrong"] * 3}
    judged = nothing | known | {"tokens": [5, 4, 3]}
    for kind, rows, schema in (
        ("samples", samples, schemas.SAMPLES),
        ("verdicts", judged, schemas.VERDICTS),
    ):
        path = tmp_path / kind / folder
        parquet.write(pl.DataFrame(rows, schema=schema), path, schema, {})
    paths = [str(tmp_path / kind / folder) for kind in ("samples", "verdicts")]
    found = CellLengths(paths[:1], paths[1:], closing=9).side("base", ["base"], "t1").draws
    assert found["thinking"].to_list() == [2, 4, 3]
    assert found["ended"].to_list() == [True, False, True]
    whole = CellLengths(paths[:1], paths[1:], closing=None).side("base", ["base"], "t1").draws
    assert whole["thinking"].to_list() == [5, 4, 3]

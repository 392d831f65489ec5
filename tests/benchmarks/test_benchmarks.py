"""The arithmetic of the benchmarks and their page; no timing is asserted."""

import flame
import page
import pytest
import shares
import timing


def test_a_summary_holds_median_least_and_most_of_both_clocks():
    found = timing.summary([(3.0, 1.0), (1.0, 0.5), (10.0, 0.7)])
    assert (found["wall"], found["wall_spread"]) == (3.0, [1.0, 10.0])
    assert (found["cpu"], found["cpu_spread"], found["runs"]) == (0.7, [0.5, 1.0], 3)


def test_a_ratio_is_theirs_through_ours_scaled_to_the_same_work():
    row = timing.versus("x", [(1.0, 2.0)], [(1.0, 3.0)], target=7, scale=5)
    assert (row["ratio"], row["ratio_wall"], row["met"]) == (7.5, 5.0, True)
    assert row["theirs"]["cpu"] == 15.0
    assert not timing.versus("x", [(1.0, 2.0)], [(1.0, 3.0)], target=1.6)["met"]


@pytest.mark.parametrize("power", [0.0, 1.0, 1.5])
def test_the_fitted_slope_is_the_exponent_of_a_power_law(power):
    found = timing.fit([1, 4, 16], [3.0 * size**power for size in (1, 4, 16)])
    assert found["slope"] == pytest.approx(power, abs=0.005)
    assert found["r2"] == pytest.approx(1.0)


def test_a_bent_line_is_said_to_fit_worse():
    assert timing.fit([1, 4, 16], [1.0, 1.0, 16.0])["r2"] < 0.9


def test_sides_take_turns_and_the_warm_up_is_not_counted():
    calls = []
    times = timing.alternate([lambda: calls.append("a"), lambda: calls.append("b")], 2)
    assert "".join(calls) == "ababab"
    assert [len(one) for one in times] == [2, 2]


def test_imports_and_loading_are_taken_from_each_job_and_nothing_is_lost():
    spent = {"generating": [10.0, 0.5], "judging": [2.0]}
    found = shares.split(spent, {"generating": 1.0, "judging": 0.5}, loading=2.0)
    assert found == {"imports": 2.0, "loading": 2.0, "generating": 7.0, "judging": 1.5}


def test_the_page_says_what_was_missed_and_which_slope_is_steep():
    rows = [
        timing.versus("fast", [(1.0, 1.0)], [(1.0, 9.0)], target=2),
        timing.versus("slow", [(1.0, 1.0)], [(1.0, 0.5)], target=1),
        timing.alone("import", [(0.5, 0.4)], at_most=0.7),
    ]
    grown = {"case": "ours", "sizes": [1, 4], "cpu": [1.0, 16.0], "slope": 2.0, "r2": 1.0}
    one = {"machine": {"cores": 2, "load": 7.5}, "rows": rows, "growth": [grown]}
    lines = [" ".join(line.split()) for line in page.page({"workflow": one}).splitlines()]
    (slow,) = [line for line in lines if line.startswith("| slow")]
    assert slow.endswith("| 0.5 | 1.0 | at least 1 | **no** |")
    assert any(line.startswith("| import") and "at most 0.7 s | yes" in line for line in lines)
    assert any("Above 1.1" in line for line in lines)
    assert any("load 7.5" in line for line in lines)


def test_a_profile_forgets_the_output_and_the_draws_of_its_model_only(tmp_path):
    study = tmp_path / "results" / "tiny"
    cell = study / "samples" / "base" / "validation" / "t1" / "0.parquet"
    for file in (cell, study / "journal/base/a.jsonl", study / "journal/ssd_t1_s0@4/a.jsonl"):
        file.parent.mkdir(parents=True)
        file.write_text("x")
    flame.forget(tmp_path, "tiny", cell.relative_to(tmp_path).as_posix())
    assert not cell.exists()
    assert not (study / "journal/base").exists()
    assert (study / "journal/ssd_t1_s0@4/a.jsonl").exists()

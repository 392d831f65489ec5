import numpy as np
import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.scores import temperature_fit
from ssdmath.stats.resampling import bootstrap_means

PROBLEMS = problems_frame(200)
TRAIN, EVALUATION = ("t0.8", "t1", "t1.25"), ("t0.6", "t0.8", "t1", "t1.2")


def _curve(t_eff, top=0.7, peak=0.9, bend=0.6):
    return top - bend * (t_eff - peak) ** 2


def _study(curve=_curve, train=TRAIN, evaluation=EVALUATION):
    cells = [
        cell(
            PROBLEMS,
            model=f"ssd_{a}_s0@94",
            decoding=b,
            seed=i,
            accuracy=float(curve(float(a[1:].split("-")[0]) * float(b[1:].split("-")[0]))),
        )
        for i, (a, b) in enumerate((a, b) for a in train for b in evaluation)
    ]
    return pl.concat([cell(PROBLEMS), *cells])


def _fits(draws, **options):
    settings = {"split": "validation", "seed": 0, "resamples": 1000} | options
    return temperature_fit.fits(draws, PROBLEMS, **settings)


def test_the_peak_of_a_parabola_is_found_within_its_interval():
    row = _fits(_study()).row(0, named=True)
    assert row["cells"] == 12
    assert row["peak_lo"] < 0.9 < row["peak_hi"]
    assert row["peak"] == pytest.approx(0.9, abs=0.05)
    assert row["peak_accuracy"] == pytest.approx(0.7, abs=0.03)
    assert row["r2"] > 0.8
    assert row["concave_share"] == 1.0


def test_an_exact_parabola_is_fitted_exactly():
    t = np.array([0.5, 0.7, 0.9, 1.1, 1.3])
    exact = _curve(t)
    row = temperature_fit.parabola(t, exact, np.tile(exact, (100, 1)))
    fitted = np.polyfit(t, exact, 2)
    assert [row["c2"], row["c1"], row["c0"]] == pytest.approx(fitted.tolist(), abs=1e-9)
    assert row["r2"] == pytest.approx(1)
    assert (row["peak"], row["peak_lo"], row["peak_hi"]) == pytest.approx((0.9, 0.9, 0.9))


def test_the_fit_equals_numpy_polyfit_on_random_points():
    rng = np.random.default_rng(0)
    t, accuracy = rng.uniform(0.4, 1.6, 12), rng.random(12)
    row = temperature_fit.parabola(t, accuracy, accuracy[None, :])
    expected = np.polyfit(t, accuracy, 2)
    assert [row["c2"], row["c1"], row["c0"]] == pytest.approx(expected.tolist(), abs=1e-9)


def test_a_curve_that_opens_upwards_has_no_peak():
    row = _fits(_study(lambda t: 0.3 + 0.4 * (t - 0.9) ** 2)).row(0, named=True)
    assert row["peak"] is None
    assert "opens upwards" in row["note"]


def test_a_peak_outside_the_temperatures_measured_is_marked():
    row = _fits(_study(lambda t: _curve(t, peak=2.2, bend=0.2))).row(0, named=True)
    assert row["peak"] is None or "outside" in row["note"]


def test_an_unsure_summit_has_no_interval():
    rates = np.full((100, 5), 0.5) + np.random.default_rng(0).normal(0, 0.1, (100, 5))
    means = bootstrap_means(rates, np.arange(100), seed=0, resamples=1000)
    t = np.array([0.5, 0.7, 0.9, 1.1, 1.3])
    row = temperature_fit.parabola(t, np.array([0.5, 0.51, 0.5, 0.505, 0.5]), means)
    assert "peak_lo" not in row
    assert "of the resamples have a maximum" in row["note"]


def test_three_temperatures_are_too_few_for_a_parabola():
    row = _fits(_study(train=("t1",), evaluation=EVALUATION[:3])).row(0, named=True)
    assert row["c2"] is None
    assert row["note"] == "3 distinct T_eff; a parabola needs 4"


def test_truncations_of_training_and_evaluation_are_fitted_apart():
    draws = _study(train=("t1", "t1-k20"), evaluation=(*EVALUATION, "t1-k20-p0.95"))
    table = _fits(draws)
    groups = set(table.select("train_truncation", "eval_truncation").rows())
    assert groups == {("", ""), ("k20", ""), ("", "k20-p0.95"), ("k20", "k20-p0.95")}


def test_greedy_cells_are_left_out():
    draws = pl.concat([_study(), cell(PROBLEMS, model="ssd_t1_s0@94", decoding="t0")])
    assert _fits(draws).equals(_fits(_study()))


def test_each_arm_has_a_fit_of_its_own():
    naive = _study(lambda t: _curve(t, top=0.5, peak=1.0)).with_columns(
        arm=pl.when(pl.col("arm") == "ssd").then(pl.lit("naive")).otherwise("arm"),
        model=pl.col("model").str.replace("ssd", "naive"),
    )
    draws = pl.concat([_study(), naive.filter(arm="naive")])
    table = _fits(draws)
    assert table["arm"].to_list() == ["naive", "ssd"]
    assert table.filter(arm="ssd").equals(_fits(_study()))


def test_runs_that_differ_widen_the_interval_of_the_peak():
    def runs(sd):
        rng = np.random.default_rng(0)
        shifts = rng.normal(0, sd, size=3)
        cells = [
            cell(
                PROBLEMS,
                model=f"ssd_t{a:g}_s{seed}@94",
                decoding=f"t{b:g}",
                seed=100 * seed + round(10 * a * b * 7),
                accuracy=_curve(a * b) + shift * (b - 0.9),
            )
            for seed, shift in enumerate(shifts)
            for a in (0.8, 1, 1.25)
            for b in (0.6, 0.8, 1, 1.2)
        ]
        return _fits(pl.concat(cells)).row(0, named=True)

    alike, unlike = runs(0.0), runs(0.5)
    width = [row["peak_hi"] - row["peak_lo"] for row in (alike, unlike)]
    assert width[1] > 1.5 * width[0]


def test_the_peak_of_one_run_is_called_that_of_a_checkpoint():
    assert _fits(_study()).row(0, named=True)["note"] == "one run: the peak of this checkpoint"


def test_arms_can_be_left_out():
    assert _fits(_study(), arms=["naive"]).height == 0

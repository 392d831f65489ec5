"""The figures: what they show of a table, and that a colour keeps its meaning."""

import math
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from ssdmath.report.figures import conditions, curves, figure, intervals, theme

MODELS = ["base", "ssd_t1.3-p0.8_s0@40", "ssd_t1.3-p0.8_s1@40", "naive_t1_s0@40"]


def scores() -> pl.DataFrame:
    rows = [
        {
            "model": model,
            "arm": model.split("_")[0],
            "train_decoding": None if model == "base" else model.split("_")[1],
            "train_seed": None if model == "base" else int(model.split("_s")[-1][0]),
            "step": None if model == "base" else 40,
            "split": "validation",
            "decoding": decoding,
            "stratum": "all",
            "accuracy": 0.3 + 0.05 * number + 0.01 * place,
            "lo": 0.25 + 0.05 * number,
            "hi": 0.36 + 0.05 * number,
        }
        for number, model in enumerate(MODELS)
        for place, decoding in enumerate(["t0.3", "t0.7", "t1", "t1-m0.05"])
    ]
    return pl.DataFrame(rows)


@pytest.fixture
def cells() -> pl.DataFrame:
    return conditions.annotate(scores())


def test_base_counts_as_training_temperature_one_in_t_eff(cells):
    base = cells.filter(pl.col("condition") == "base", pl.col("decoding") == "t0.7")
    trained = cells.filter(pl.col("arm") == "ssd", pl.col("decoding") == "t0.7")
    assert base["t_eff"].to_list() == [0.7]
    assert trained["t_eff"].to_list() == pytest.approx([1.3 * 0.7] * 2)


def test_condition_pools_training_seeds_and_names_the_synthesis(cells):
    assert conditions.conditions(cells) == ["base", "ssd t1.3-p0.8", "naive t1"]


def test_condition_names_the_step_only_where_there_are_several():
    later = scores().with_columns(step=pl.col("step") * 2)
    both = conditions.annotate(pl.concat([scores(), later.filter(pl.col("arm") == "ssd")]))
    names = conditions.conditions(both)
    assert names == ["base", "ssd t1.3-p0.8@40", "ssd t1.3-p0.8@80", "naive t1"]


def test_curves_are_drawn_over_the_truncation_with_most_temperatures(cells):
    assert conditions.sweep_group(cells) == conditions.UNTRUNCATED


def test_pooled_mean_weighs_training_seeds_alike(cells):
    row = conditions.pooled(cells, ["accuracy"]).filter(
        pl.col("condition") == "ssd t1.3-p0.8", pl.col("decoding") == "t0.3"
    )
    assert row["accuracy"][0] == pytest.approx((0.35 + 0.40) / 2)
    assert row["runs"][0] == 2


def test_best_decoding_takes_the_lower_temperature_on_a_tie(cells):
    tied = cells.with_columns(accuracy=pl.lit(0.5))
    assert set(conditions.best(tied)["t_eval"]) == {0.3}


def test_base_is_grey_and_every_other_colour_is_its_own():
    colours = theme.colours(["base", *[f"ssd t{i}" for i in range(len(theme.SERIES))]])
    assert colours[0] == theme.GREY
    assert len(set(colours)) == len(colours)


def test_no_two_of_16_conditions_have_colours_closer_than_the_first_eight():
    names = ["base", *[f"arm{i} t1" for i in range(16)]]
    places = {name: oklab(colour) for name, colour in zip(names, theme.colours(names), strict=True)}
    gaps = {pair: math.dist(*(places[name] for name in pair)) for pair in combinations(names, 2)}
    first = [gap for pair, gap in gaps.items() if set(pair) <= set(names[:9])]
    assert min(gaps.values()) >= min(first) > 0.07


def test_beyond_the_colours_conditions_differ_by_dash_and_by_shape():
    names = ["base", *[f"arm{i} t1" for i in range(32)]]
    colours, dashes = theme.colours(names), map(tuple, theme.dashes(names))
    assert len(set(zip(colours, dashes, strict=True))) == len(names)
    assert len(set(zip(colours, theme.shapes(names), strict=True))) == len(names)


def test_strata_stand_from_easy_to_hard_and_those_by_base_behind_them(cells):
    rates = {"medium": 0.5, "hard": 0.2, "nested 9": 0.6, "base 0-25 %": 0.1, "easy": 0.9}
    inside = [cells.with_columns(stratum=pl.lit(s), accuracy=pl.lit(r)) for s, r in rates.items()]
    order = conditions.strata(pl.concat([cells, *inside]))
    assert order == ["easy", "medium", "hard", "base 0-25 %", "nested 9"]
    without = pl.concat([cells, *inside]).filter(pl.col("condition") != "base")
    assert conditions.strata(without) == ["easy", "hard", "medium", "base 0-25 %", "nested 9"]


def test_restricting_a_legend_moves_no_colour():
    names = ["base", "ssd t1", "naive t1"]
    whole = figure.coloured(names).to_dict()["scale"]
    part = figure.coloured(names, {"naive t1"}).to_dict()["scale"]
    assert part["domain"] == ["naive t1"]
    assert part["range"] == [dict(zip(whole["domain"], whole["range"], strict=True))["naive t1"]]


def linear(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def oklab(colour: str) -> list[float]:
    """A colour in OKLab, in which distances are those that are seen (B. Ottosson, 2020)."""
    cones = [
        sum(w * c for w, c in zip(row, linear(colour), strict=True)) ** (1 / 3)
        for row in (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        )
    ]
    return [
        sum(w * c for w, c in zip(row, cones, strict=True))
        for row in (
            (0.2104542553, 0.7936177850, -0.0040720468),
            (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660),
        )
    ]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", [theme.GREY, *theme.SERIES, *theme.STATUS.values()])
def test_series_colour_has_contrast_of_three_on_both_grounds(mode, colour):
    low, high = sorted([luminance(colour), luminance(theme.INK[mode]["ground"])])
    assert (high + 0.05) / (low + 0.05) >= 3


def test_accuracy_figure_holds_a_row_for_every_condition_and_temperature(cells):
    sweep = cells.filter(pl.col("eval_group") == conditions.UNTRUNCATED)
    spec = curves.accuracy(sweep, conditions.conditions(cells), cells.clear()).spec()
    rows = spec["datasets"]["figure"]
    assert len(rows) == 3 * 3
    assert {row["t_eval"] for row in rows} == {0.3, 0.7, 1.0}


def test_a_cell_beside_the_curves_is_a_line_with_its_name_above(cells, tmp_path):
    names = conditions.conditions(cells)
    beside = conditions.pooled(cells, ["accuracy", "lo", "hi"]).unique("condition")
    beside = beside.with_columns(decoding=pl.lit("t1-m0.3"))
    path = Path(tmp_path) / "figure.svg"
    figure.save_svg(curves.accuracy(cells, names, beside), path)
    texts = {element.text for element in ElementTree.parse(path).iter() if element.text}
    assert {f"dashed: {name} at t1-m0.3" for name in names} <= texts


def test_a_fit_over_t_eff_ends_where_the_points_of_its_own_arm_end(cells):
    trained = cells.filter(pl.col("t_train").is_not_null())
    fits = pl.DataFrame({"arm": ["ssd", "naive"], "step": 40, "c0": 0.1, "c1": 1.0, "c2": -1.0})
    spec = curves.effective(trained, fits, conditions.conditions(cells)).spec()
    ends = [max(r["t_eff"] for r in spec["datasets"]["fit"] if r["fit"] == fit) for fit in (0, 1)]
    assert ends == pytest.approx([1.3, 1.0])


def test_panels_share_their_axis(cells):
    names = conditions.conditions(cells)
    specs = [curves.against_base(cells, name, names).spec() for name in names[1:]]
    domains = [spec["layer"][0]["encoding"]["y"]["scale"]["domain"] for spec in specs]
    assert domains[0] == domains[1]


def test_number_that_is_not_finite_becomes_a_gap(cells):
    broken = cells.with_columns(accuracy=pl.lit(float("nan")))
    spec = curves.accuracy(broken, conditions.conditions(cells), cells.clear()).spec()
    assert {row["accuracy"] for row in spec["datasets"]["figure"]} == {None}


def test_difference_is_shown_in_points():
    rows = pl.DataFrame({"contrast": ["a - b"], "delta": [0.019], "lo": [-0.002], "hi": [0.041]})
    shown = intervals.differences(rows).spec()["datasets"]["figure"][0]
    assert shown["delta"] == pytest.approx(1.9)
    assert shown["lo"] == pytest.approx(-0.2)


def test_saved_svg_is_well_formed_and_names_every_condition(cells, tmp_path):
    names = conditions.conditions(cells)
    path = Path(tmp_path) / "figure.svg"
    figure.save_svg(curves.accuracy(cells, names, cells.clear()), path)
    texts = {element.text for element in ElementTree.parse(path).iter() if element.text}
    assert set(names) <= texts

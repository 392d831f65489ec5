"""What the figures need to know about a cell: its condition, temperatures and truncation."""

from collections.abc import Sequence

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import BASE, DECODED, OF_BASE, Model, model_of_base
from ssdmath.config.power import MARK
from ssdmath.config.study import Study
from ssdmath.config.terms import ARMS

UNTRUNCATED = "no truncation"
ACCURACY = ("accuracy", "lo", "hi")  # with its interval
ARM_ORDER = (BASE, *DECODED, *ARMS)  # of every legend
_MODEL = {
    "model": pl.String,
    "arm": pl.String,
    "train_decoding": pl.String,
    "train_seed": pl.Int64,
    "step": pl.Int64,
}


def annotate(scores: pl.DataFrame) -> pl.DataFrame:
    """Add condition, t_eval, eval_group, t_train, train_group and t_eff to a scores table.

    A condition is `base`, or an arm and its synthesis decoding (and the step, where there are
    several); training seeds are its repetitions. T_eff = T_train x T_eval
    (docs/method.md, section 6), with T_train = 1 for base; null of released checkpoints, whose
    T_train is not known, and of arms that learn a power, which is no temperature.
    """
    of_base = pl.col("train_seed").is_null()
    evals = _decodings(scores, "decoding", "t_eval", "eval_group")
    trains = _decodings(scores, "train_decoding", "t_train", "train_group")
    steps = scores.group_by("arm", "train_decoding").agg(_steps=pl.col("step").n_unique())
    trained = pl.col("arm") + " " + pl.col("train_decoding")
    step = pl.when(pl.col("_steps") > 1).then(pl.format("@{}", "step")).otherwise(pl.lit(""))
    return (
        scores.join(evals, on="decoding", how="left")
        .join(trains, on="train_decoding", how="left")
        .with_columns(pl.when(~pl.col("train_decoding").str.contains(MARK)).then("t_train"))
        .join(steps, on=["arm", "train_decoding"], how="left", nulls_equal=True)
        .with_columns(
            condition=pl.when(pl.col("train_decoding").is_null())
            .then(pl.col("arm"))
            .otherwise(trained + step),
            t_eff=pl.when(of_base).then(1.0).otherwise("t_train") * pl.col("t_eval"),
        )
        .drop("_steps")
        .sort("split", "condition", "train_seed", "eval_group", "t_eval", "stratum")
    )


def _decodings(scores: pl.DataFrame, column: str, temperature: str, group: str) -> pl.DataFrame:
    slugs = scores[column].drop_nulls().unique().sort().to_list()
    parsed = [Decoding.parse(slug) for slug in slugs]
    return pl.DataFrame(
        {
            column: pl.Series(slugs, dtype=pl.String),
            temperature: pl.Series([d.temperature for d in parsed], dtype=pl.Float64),
            group: pl.Series([d.truncation or UNTRUNCATED for d in parsed], dtype=pl.String),
        }
    )


def pooled(cells: pl.DataFrame, values: Sequence[str] = ACCURACY) -> pl.DataFrame:
    """Means over training seeds: one row per condition, split, decoding and stratum.

    lo and hi are the means of the seeds' own interval ends: the runs share their problems, so
    their errors go together and the mean interval does not shrink with more runs.
    """
    keys = ["condition", "arm", "split", "decoding", "stratum"]
    keep = ["t_eval", "eval_group", "t_train", "train_group", "t_eff"]
    return (
        cells.group_by(keys)
        .agg(pl.col(keep).first(), pl.col(values).mean(), runs=pl.len())
        .sort("split", "condition", "eval_group", "t_eval", "stratum")
    )


def conditions(cells: pl.DataFrame) -> list[str]:
    """The conditions in the order of every legend: by ARM_ORDER, truncation and temperature."""
    present = cells.select("condition", "arm", "t_train", "train_group").unique().rows()
    place = {arm: i for i, arm in enumerate(ARM_ORDER)}
    last = len(place)
    present.sort(key=lambda r: (place.get(r[1], last), r[3] or "", r[2] or 0, r[0]))
    return [row[0] for row in present]


def strata(cells: pl.DataFrame) -> list[str]:
    """The strata in the order of every figure: the problems' own, easiest first, then the others.

    Easy is what base solves, at its best decoding on validation; without it, the order is by name.
    """
    inside = cells.filter(pl.col("split") == "validation", pl.col("stratum") != "all")
    own = best(cells).filter(condition=BASE).select("condition", "decoding")
    rated = inside.join(own, on=["condition", "decoding"], how="semi")
    rates = rated.group_by("stratum").agg(pl.col("accuracy").mean())
    names = cells.filter(pl.col("stratum") != "all").select("stratum").unique()
    ordered = names.join(rates, on="stratum", how="left").sort(
        _kind(), "accuracy", "stratum", descending=[False, True, False], nulls_last=True
    )
    return ordered["stratum"].to_list()


def _kind() -> pl.Expr:
    """The problems' own strata first, then those by base's pass rate, then nested samples."""
    name = pl.col("stratum")
    return name.str.starts_with("base ") + 2 * name.str.starts_with("nested ").cast(pl.Int8)


def planned(study: Study) -> list[str]:
    """The conditions that the report of a study will have, in the order of its legends."""
    untrained = [arm for arm in study.chosen_arms if arm in OF_BASE]
    models = [Model(model_of_base(arm), arm, None, None, None) for arm in untrained]
    models += [Model.parse(name) for name in study.models if name != BASE]
    cells = pl.DataFrame(models, schema=_MODEL, orient="row").with_columns(
        decoding=pl.lit(study.evaluation.default),
        split=pl.lit("validation"),
        stratum=pl.lit("all"),
    )
    return conditions(annotate(cells))


def ranked(table: pl.DataFrame, names: list[str], column: str = "condition") -> pl.DataFrame:
    """A table's rows in the order of `names` by a column, otherwise in their own order.

    Rows of what `names` does not name come last.
    """
    place = {name: i for i, name in enumerate(names)}
    order = pl.col(column).replace_strict(place, default=len(place), return_dtype=pl.Int64)
    return table.sort(order, maintain_order=True)


def sweep_group(cells: pl.DataFrame) -> str:
    """The evaluation truncation with the most temperatures: the one the curves are drawn over."""
    counts = cells.group_by("eval_group").agg(n=pl.col("t_eval").n_unique())
    return str(counts.sort("n", "eval_group", descending=[True, False])["eval_group"][0])


def best(cells: pl.DataFrame) -> pl.DataFrame:
    """Each condition's best decoding by pooled validation accuracy; ties go to the lower T_eval."""
    means = pooled(cells.filter(split="validation", stratum="all"))
    best_first = means.sort("accuracy", "t_eval", descending=[True, False])
    return best_first.unique("condition", keep="first", maintain_order=True)

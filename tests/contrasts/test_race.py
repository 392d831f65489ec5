"""Which cells go on to the next rung."""

from typing import Any

import polars as pl
import pytest
from synthetic_verdicts import cell, problems_frame

from ssdmath.contrasts import race
from ssdmath.contrasts.choose import choose
from ssdmath.contrasts.race import RaceSettings
from ssdmath.tables import atomic, races

PROBLEMS = problems_frame(200)
GAINS = {"t0.5": 0.0, "t0.7": 0.3, "t1": 0.28, "t1.5": -0.1, "t2": -0.2, "t2.5": -0.3}
RUNS = [f"ssd_t1.5_s{seed}@30" for seed in (0, 1)]


def settings(**changes: Any) -> RaceSettings:
    plain = {"rung": 0, "draws": 2, "keep": 1 / 3, "reach": 0.0, "pinned": []}
    return RaceSettings.model_validate(plain | changes)


def draws(model: str = "base", seed: int = 0) -> pl.DataFrame:
    cells = enumerate(GAINS.items())
    return pl.concat(
        [
            cell(PROBLEMS, k=2, model=model, decoding=slug, seed=seed + i, shift=gain)
            for i, (slug, gain) in cells
        ]
    )


def decodings(rows: list[dict[str, Any]]) -> list[str]:
    return [row["decoding"] for row in rows]


def test_the_best_third_stays_and_the_rest_is_dropped_with_its_estimate():
    found = race.race("base", draws(), PROBLEMS, settings())
    assert sorted(decodings(found["kept"])) == ["t0.7", "t1"]
    assert decodings(found["dropped"]) == ["t0.5", "t1.5", "t2", "t2.5"]
    own = draws().filter(pl.col("decoding") == "t2")
    row = found["dropped"][2]
    assert row["mean"] == pytest.approx((own["status"] == "correct").mean())
    assert row["behind"] == pytest.approx(found["kept"][0]["mean"] - row["mean"])
    assert row["se"] > 0
    assert (found["rung"], found["problems"], found["draws"]) == (0, 200, 2)


def test_a_longer_reach_keeps_more_until_nothing_is_dropped():
    counts = [
        len(race.race("base", draws(), PROBLEMS, settings(reach=reach))["kept"])
        for reach in (0, 5, 8, 100)
    ]
    assert counts == sorted(counts)
    assert counts[0] == 2
    assert counts[-1] == 6


def test_cells_that_others_read_by_name_stay():
    named = [{"decoding": "t2.5", "step": 30}, {"decoding": "t2"}]
    both = pl.concat([draws(RUNS[0]), draws(RUNS[1], seed=50)])
    kept = race.race("ssd", both, PROBLEMS, settings(pinned=named))["kept"]
    why = {row["decoding"]: row["why"] for row in kept}
    assert why["t2.5"] == "named by a contrast"
    assert why["t2"] == "needed of every model that stays"
    assert all(row["models"] == RUNS for row in kept)


def test_a_model_of_which_nothing_stays_needs_no_default():
    late = pl.concat([draws("ssd_t1.5_s0@30"), draws("ssd_t1.5_s0@60", seed=9)])
    late = late.with_columns(
        correct=pl.col("correct") & (pl.col("step") == 30),
        status=pl.when(pl.col("step") == 30).then("status").otherwise(pl.lit("wrong")),
    )
    kept = race.race("ssd", late, PROBLEMS, settings(keep=0.1, pinned=[{"decoding": "t2"}]))["kept"]
    assert {row["step"] for row in kept} == {30}
    assert "t2" in decodings(kept)


def test_the_best_of_each_synthesis_decoding_stays():
    cold = draws("ssd_t1.5_s0@30")
    hot = draws("ssd_t2_s0@30", seed=70).with_columns(correct=pl.lit(value=False))
    kept = race.race("ssd", pl.concat([cold, hot]), PROBLEMS, settings(keep=0.01))["kept"]
    assert {row["train_decoding"] for row in kept} == {"t1.5", "t2"}


def test_problems_that_the_rung_has_not_drawn_do_not_count():
    first = PROBLEMS["id"][:50].to_list()
    found = race.race("base", draws().filter(pl.col("problem").is_in(first)), PROBLEMS, settings())
    assert found["problems"] == 50


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (draws().with_columns(split=pl.lit("test")), "draws of \\['test'\\]; only validation"),
        (draws().filter(pl.col("index") == 0), "has 1 draws of a problem; allowed: 2 or more"),
        (draws().clear(), "arm base has no draws"),
    ],
)
def test_other_draws_are_refused_in_one_line(given: pl.DataFrame, words: str):
    with pytest.raises(ValueError, match=words):
        race.race("base", given, PROBLEMS, settings())


def test_a_model_goes_on_where_its_arm_does_and_base_wherever_any_arm_does(tmp_path):
    files = []
    for arm, model in (("base", "base"), ("ssd", RUNS[0])):
        pinned = [{"decoding": "t2", "step": 30}] if arm == "ssd" else []
        found = race.race(arm, draws(model), PROBLEMS, settings(pinned=pinned))
        files.append(tmp_path / f"{arm}.json")
        atomic.write_json(found, files[-1])
    assert races.staying(files[:1], "base") == {"t0.7", "t1"}
    assert races.staying(files[1:], RUNS[0]) == {"t0.7", "t1", "t2"}
    assert races.staying(files, "base") == {"t0.7", "t1", "t2"}
    assert races.staying(files[1:], RUNS[1]) == set()


def test_the_choice_is_among_the_finalists_and_lists_what_was_dropped():
    found = race.race("base", draws(), PROBLEMS, settings(draws=2))
    staying = draws().filter(pl.col("decoding").is_in(["t0.7", "t1", "t2"]))
    best = staying.with_columns(  # t2 was drawn for another arm, and must not win here
        correct=(pl.col("decoding") == "t2") | pl.col("correct")
    )
    arm = choose(best, PROBLEMS, min_draws=2, seed=0, resamples=500, races=[found])["arms"]["base"]
    assert arm["winner"]["decoding"] in ("t0.7", "t1")
    assert arm["candidates"] == 2
    assert arm["excluded"][0]["reason"].startswith("dropped in a race")
    assert [row["rung"] for row in arm["dropped"]] == [0] * 4
    assert decodings(arm["dropped"]) == decodings(found["dropped"])

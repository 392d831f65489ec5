"""Classes, their changes and the micro world's truth, on positions written by hand."""

import polars as pl
import pytest

from ssdmath.config.mechanism import MechanismConfig
from ssdmath.mechanism import examples, ground_truth, lock_fork, probe
from ssdmath.mechanism.schemas import HEURISTIC_RECALL, POSITIONS, PROBE, TRUTH

CONFIG = MechanismConfig(resamples=100)
DEFAULTS = CONFIG.thresholds
TRAINED = "ssd_t1.5_s0@30"
LOCK = {"top1": 0.97, "second": 0.01, "nucleus": 1, "tail": 0.03}
FORK = {"top1": 0.4, "second": 0.35, "nucleus": 3, "tail": 0.05}
DIFFUSE = {"top1": 0.2, "second": 0.15, "nucleus": 30, "tail": 0.09}


def position(carrier, model, features, **more):
    row = {
        "carrier": carrier,
        "source": "sampled",
        "problem": f"p{carrier}",
        "cluster": f"p{carrier}",
        "place": 3,
        "kind": "regular",
        "label": None,
        "model": model,
        "arm": model.split("_")[0],
        "role": "observed",
        "entropy": 0.5,
        "p_token": 0.5,
        "right": None,
        "routes": None,
        "right_at": None,
        "top_ids": [7, 8],
        "top_texts": ["7", "8"],
        "top_ps": [features["top1"], features["second"]],
        "before": "<b>x",
        "token_text": "7",
        "after": ".",
    }
    return row | features | more


def frame(*rows):
    return pl.DataFrame(list(rows), schema=POSITIONS)


def row_of(table, **wanted):
    return table.filter(*(pl.col(k) == v for k, v in wanted.items())).row(0, named=True)


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        (LOCK, "lock"),
        (FORK, "fork"),
        (DIFFUSE, "diffuse"),
        (LOCK | {"tail": 0.06}, "diffuse"),
        (LOCK | {"top1": 0.89}, "diffuse"),
        (FORK | {"second": 0.07}, "diffuse"),
        (FORK | {"nucleus": 9}, "diffuse"),
    ],
)
def test_class_follows_from_the_thresholds(features, expected):
    found = pl.DataFrame([features]).select(lock_fork.class_of(DEFAULTS)).item()
    assert found == expected


@pytest.mark.parametrize(
    ("trained", "expected"),
    [
        ({}, "strict"),
        ({"top_ids": [8, 7], "top_texts": ["8", "7"]}, "swapped"),
        ({"top_ids": [9, 7], "top_texts": [" Wait", "7"]}, "self-correction"),
    ],
)
def test_lock_is_strict_swapped_or_about_self_correction(trained, expected):
    positions = frame(position(0, "base", LOCK), position(0, TRAINED, LOCK | trained))
    found = probe.classified(lock_fork.paired(positions), DEFAULTS, ["Wait"])
    assert found["subclass"].to_list() == [expected]


def test_classes_are_those_of_base_and_changes_those_of_the_model():
    rows = [position(i, "base", LOCK) for i in range(4)]
    rows += [position(i, TRAINED, FORK) for i in range(4)]
    table = probe.table(frame(*rows), CONFIG)
    assert table.schema == PROBE
    found = row_of(table, threshold="default", spots="all", metric="top1", **{"class": "lock"})
    assert (found["positions"], found["problems"]) == (4, 4)
    assert (found["base"], found["value"]) == (0.97, 0.4)
    assert found["delta"] == pytest.approx(-0.57)


def test_an_empty_class_is_reported_with_no_number():
    rows = [position(i, m, LOCK) for i in range(3) for m in ("base", TRAINED)]
    table = probe.table(frame(*rows), CONFIG)
    empty = table.filter(pl.col("class") == "fork")
    assert empty.height > 0
    assert empty["positions"].unique().to_list() == [0]
    for column in ("base", "value", "delta", "delta_lo", "delta_hi"):
        assert empty[column].null_count() == empty.height


def test_every_threshold_is_tried_one_at_a_time():
    table = probe.table(
        frame(*(position(i, m, LOCK) for i in range(3) for m in ("base", TRAINED))), CONFIG
    )
    names = {f"{name}={v:g}" for name, values in CONFIG.sensitivity.items() for v in values}
    assert set(table["threshold"]) == {"default"} | names
    strict = table.filter(pl.col("threshold") == "lock_tail=0.02", pl.col("class") == "lock")
    assert strict["positions"].unique().to_list() == [0]


def test_a_position_probed_for_two_reasons_counts_once_in_all():
    rows = [
        position(0, m, LOCK, kind=kind, label=label)
        for m in ("base", TRAINED)
        for kind, label in (("regular", None), ("marked", "Let"))
    ]
    table = probe.table(frame(*rows), CONFIG)
    default = table.filter(pl.col("threshold") == "default", pl.col("class") == "lock")
    default = default.filter(pl.col("subclass") == "all")
    counts = dict(default.select("spots", "positions").iter_rows())
    assert (counts["all"], counts["regular"], counts["Let"], counts["random"]) == (1, 1, 1, 0)


def written(carrier, model, features, label, right, place):
    more = {"source": "written", "kind": "truth", "label": label, "right": right, "place": place}
    return position(carrier, model, features, **more, routes=1.0, right_at=[right] * 8)


def test_precision_and_recall_are_counted_among_known_labels():
    labelled = [("lock", LOCK)] * 3 + [("lock", FORK)] + [("fork", FORK)] * 2 + [("fork", DIFFUSE)]
    labelled += [("turn", LOCK)] + [("text", LOCK)] * 5
    rows = [written(0, "base", f, label, 0.9, i) for i, (label, f) in enumerate(labelled)]
    table = ground_truth.heuristic_recall(frame(*rows), CONFIG)
    assert table.schema == HEURISTIC_RECALL
    lock = row_of(table, threshold="default", label="lock")
    fork = row_of(table, threshold="default", label="fork")
    assert (lock["lock"], lock["fork"], lock["diffuse"]) == (3, 1, 0)
    assert (lock["precision"], lock["recall"]) == (3 / 4, 3 / 4)
    assert (fork["precision"], fork["recall"]) == (2 / 3, 2 / 3)
    text = row_of(table, threshold="default", label="text")
    assert (text["lock"], text["precision"]) == (5, None)


def test_change_at_true_locks_is_that_of_the_right_token():
    rows = [written(i, "base", LOCK, "lock", 0.9, 3) for i in range(4)]
    rows += [written(i, TRAINED, LOCK, "lock", 0.95, 3) for i in range(4)]
    table = ground_truth.table(frame(*rows), CONFIG)
    assert table.schema == TRUTH
    found = row_of(table.filter(pl.col("t_eval").is_null()), label="lock", metric="right")
    assert found["delta"] == pytest.approx(0.05)
    over = table.filter(pl.col("t_eval").is_not_null(), pl.col("label") == "lock")
    assert over["t_eval"].to_list() == CONFIG.temperatures
    assert row_of(table, label="fork", metric="right")["positions"] == 0


def test_examples_show_both_models_at_the_same_token():
    rows = [position(i, "base", LOCK) for i in range(3)]
    rows += [position(i, TRAINED, LOCK | {"top1": 0.97 - 0.1 * i}) for i in range(3)]
    picked = examples.pick(frame(*rows), CONFIG)
    assert [example["which"].split()[1] for example in picked] == ["largest", "middle"]
    assert picked[0]["carrier"] == 2
    assert picked[0]["before"] == "<b>x"
    assert picked[0]["base"] == [["7", 0.97], ["8", 0.01]]
    assert (picked[0]["class"], picked[0]["subclass"]) == ("lock", "strict")

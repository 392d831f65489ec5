import pytest

from ssdmath.contrasts import attribution
from ssdmath.contrasts.resolve import sides
from ssdmath.tables import chosen


def _cell(name, mean, decoding="t0.7"):
    models = [] if name is None else [f"ssd_{name}_s{seed}@30" for seed in (0, 1)]
    return {
        "train_decoding": name,
        "models": models or ["base"],
        "decoding": decoding,
        "mean": mean,
    }


def _arm(**means):
    cells = {name: _cell(name, mean) for name, mean in means.items()}
    best = max(cells.values(), key=lambda cell: cell["mean"])
    return {"winner": best, "by_train_decoding": cells}


BASE = {"winner": _cell(None, 0.4), "by_train_decoding": {}}


def test_a_truncated_winner_meets_its_twin_of_the_same_temperature():
    arms = {"base": BASE, "ssd": _arm(**{"t1.5-p0.8": 0.6, "t1.5": 0.5, "t1": 0.55})}
    truncated, twin = chosen.truncation(arms, ["base", "ssd"])
    assert truncated.models[0] == "ssd_t1.5-p0.8_s0@30"
    assert twin.models[0] == "ssd_t1.5_s0@30"


def test_an_untruncated_winner_leaves_the_best_pair_to_compare():
    arms = {
        "ssd": _arm(**{"t1-p0.8": 0.5, "t1": 0.4, "t1.5-p0.8": 0.52, "t1.5": 0.6, "t2-p0.9": 0.7})
    }
    truncated, twin = chosen.truncation(arms, ["ssd"])
    assert (truncated.models[0], twin.models[0]) == ("ssd_t1.5-p0.8_s0@30", "ssd_t1.5_s0@30")


def test_a_declared_untruncated_arm_is_the_twin():
    arms = {"ssd": _arm(**{"t1.5-p0.8": 0.6}), "ssd_untruncated": _arm(**{"t1.5": 0.5})}
    assert chosen.truncation(arms, list(arms))[1].models[0] == "ssd_t1.5_s0@30"


@pytest.mark.parametrize(
    "names", [{"t1.5-p0.8": 0.6}, {"t1.5": 0.6}, {"t1.5-p0.8": 0.6, "t1": 0.5}]
)
def test_there_is_no_pair_for_truncation_unless_both_twins_were_trained(names):
    assert chosen.truncation({"ssd": _arm(**names)}, ["ssd"]) is None
    assert chosen.truncation({"naive": _arm(t1=0.4)}, ["naive"]) is None


def test_roles_of_the_attribution_are_all_known_to_it():
    arms = {"base": BASE, "ssd": _arm(**{"t1.5-p0.8": 0.6, "t1.5": 0.5})}
    found = sides(arms, ["base", "ssd"], "t1")
    assert set(found) <= set(attribution.ROLES)
    causes = [row.cause for row in attribution.rows(found)]
    assert causes == [
        "decoding alone",
        "training itself and synthesis temperature",
        "truncation",
        "total",
    ]

"""Which models the mechanism looks into, and that a rule hangs on nothing it does not use."""

from pathlib import Path

import pytest
import yaml

from ssdmath.config import engines
from ssdmath.config.study import StudyError, load
from ssdmath.grid import mechanism_settings, pins, settings, sweeps
from ssdmath.tables import atomic

MICRO = yaml.safe_load(Path("config/micro-decoding.yaml").read_text())


def study(**changes):
    return load(MICRO | {"mechanism": (MICRO["mechanism"] | changes)}, "test")


def with_evaluation(**changes):
    return load(MICRO | {"evaluation": MICRO["evaluation"] | changes}, "test")


def test_base_is_offered_every_target_of_ssd_under_every_decoding_of_the_grid():
    one = with_evaluation(composed=True)
    grid, targets = one.evaluation.decodings, one.arms["ssd"].decodings
    assert one.composed == [f"{slug}-of-{target}" for target in targets for slug in grid]
    (sweep,) = [sweep for sweep in sweeps.sweeps(one) if sweep.name == "composed"]
    assert (sweep.model, sweep.split, sweep.decodings) == ("base", "validation", one.composed)
    assert "composed" in settings.choose(one)["arms"]
    assert "composed" in settings.attribution(one)["arms"]
    assert one.tested == ["base", "ssd", "composed", "placebo"]


def test_base_is_drawn_from_each_power_as_an_arm_of_its_own():
    one, plain = with_evaluation(power=["t1-pow2x8", "t1-pow4x8"]), with_evaluation()
    (sweep,) = [sweep for sweep in sweeps.sweeps(one) if sweep.name == "power"]
    assert [sweep] == [s for s in sweeps.sweeps(one) if s not in [*sweeps.sweeps(plain)]]
    assert (sweep.model, sweep.split, sweep.decodings) == (
        *("base", "validation"),
        ["t1-pow2x8", "t1-pow4x8"],
    )
    assert sweeps.arm_of(sweep, "base") == "power"
    assert set(one.tested) - set(plain.tested) == {"power"}
    assert set(settings.choose(one)["arms"]) - set(settings.choose(plain)["arms"]) == {"power"}
    assert pins.cells(one, "power") == []


def test_only_a_sweep_with_a_power_depends_on_the_code_of_its_moves():
    one = with_evaluation(power=["t1-pow2x8"])
    of = {s.name: engines.POWER_CHAINS in sweeps.unused_code(one, s) for s in sweeps.sweeps(one)}
    assert [name for name, unused in of.items() if not unused] == ["power", "test", "placebo_test"]


def test_a_study_without_composed_has_no_composed_arm_and_no_sweep_of_it():
    one = with_evaluation(composed=False)
    assert one.composed == []
    assert "composed" not in [*one.chosen_arms, *(sweep.name for sweep in sweeps.sweeps(one))]


def test_the_type_of_the_cache_is_among_the_settings_only_where_it_is_set():
    def settings_of_first_sweep(**sampling):
        one = load(MICRO | {"sampling": MICRO["sampling"] | sampling}, "test")
        return next(sweeps.sweeps(one)).settings(one)

    plain = settings_of_first_sweep()
    assert "kv_cache_dtype" not in plain
    assert "kv_cache_dtype" not in settings_of_first_sweep(kv_cache_dtype="auto")
    four_b = load(yaml.safe_load(Path("config/qwen3.5-4b.yaml").read_text()), "test")
    raw = four_b.model_copy(
        update={"sampling": four_b.sampling.model_copy(update={"kv_cache_dtype": "fp8"})}
    )
    assert next(sweeps.sweeps(raw)).settings(raw)["kv_cache_dtype"] == "fp8"


def test_what_has_no_composed_form_is_left_out():
    grid = {"all": ["t0", "t1", "t0.7-pp1"]}
    changed = MICRO["evaluation"] | {"composed": True, "sweeps": grid}
    one = load(MICRO | {"evaluation": changed, "contrasts": []}, "test")
    assert one.composed == ["t1-of-t1.5", "t1-of-t1.5-p0.8"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"arms": {"naive": MICRO["arms"]["naive"]}}, "composed is true, and no arm is ssd"),
        ({"sweeps": {"all": ["t1", "t1-of-t1.5"]}}, "'t1-of-t1.5' is composed; allowed: plain"),
    ],
)
def test_composed_decodings_without_a_target_or_by_hand_are_refused(changes, named):
    evaluation = MICRO["evaluation"] | {"composed": True, "tested": ["base"]}
    evaluation |= {key: value for key, value in changes.items() if key == "sweeps"}
    arms = {key: value for key, value in changes.items() if key == "arms"}
    with pytest.raises(StudyError, match=named):
        load(MICRO | {"evaluation": evaluation, "contrasts": []} | arms, "test")


@pytest.fixture
def chosen(tmp_path):
    models = {
        "base": ["base"],
        "ssd": ["ssd_t1.5_s0@30", "ssd_t1.5_s1@30"],
        "naive": ["naive_t1_s0@30", "naive_t1_s1@30"],
    }
    arms = {arm: {"winner": {"models": of, "decoding": "t0.7"}} for arm, of in models.items()}
    atomic.write_json({"arms": arms}, tmp_path / "chosen.json")
    return tmp_path / "chosen.json"


def test_base_and_the_first_run_of_each_arm_are_examined(chosen):
    assert sweeps.examined_models(study(), chosen) == ["base", "ssd_t1.5_s0@30", "naive_t1_s0@30"]


def test_all_runs_where_the_study_says_so(chosen):
    assert len(sweeps.examined_models(study(runs="all"), chosen)) == 5


def test_a_study_without_the_section_looks_into_nothing(chosen):
    bare = load({key: value for key, value in MICRO.items() if key != "mechanism"}, "test")
    assert sweeps.examined_models(bare, chosen) == []
    assert (
        mechanism_settings.contexts(bare)
        == mechanism_settings.geometry(bare)
        == mechanism_settings.probe(bare)
        == {}
    )
    assert not mechanism_settings.knows_truth(bare)


def test_truth_is_known_of_a_generated_validation_split_alone():
    assert mechanism_settings.knows_truth(study())
    assert mechanism_settings.world(study()) == {"seed": 11, "size": 200, "name": "decoding"}
    assert not mechanism_settings.knows_truth(study(written=0))


def test_a_threshold_changes_what_the_probe_hangs_on_and_nothing_else():
    one, two = study(), study(thresholds={"lock_top1": 0.8})
    assert mechanism_settings.probe(one) != mechanism_settings.probe(two)
    assert mechanism_settings.geometry(one) == mechanism_settings.geometry(two)
    assert mechanism_settings.contexts(one) == mechanism_settings.contexts(two)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"carriers": 0}, "mechanism.carriers"),
        ({"temperatures": [1.0, 0.5]}, "distinct and ascending"),
        ({"sensitivity": {"lock_top2": [1]}}, "lock_top2"),
    ],
)
def test_bad_values_are_named_in_one_line(changes, named):
    with pytest.raises(StudyError, match=named) as raised:
        study(**changes)
    assert "\n" not in str(raised.value)

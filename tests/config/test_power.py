"""Decodings with a power: where they may stand, and the line for every other place."""

from typing import Any

import pytest
from changed_config import MICRO, changed

from ssdmath.config.decoding import Decoding, composable, slug
from ssdmath.config.study import StudyError, load
from ssdmath.grid import mechanism_settings, settings

POWERS = ["t1-pow2x8", "t1-pow4x8"]
PAIR = {"family": "primary", "split": "test", "b": {"arm": "base"}}


def powered(**evaluation: Any) -> dict[str, Any]:
    return MICRO | {"evaluation": MICRO["evaluation"] | {"power": POWERS} | evaluation}


def test_a_power_is_read_from_its_name_and_drafted_at_the_temperature_of_its_tokens():
    decoding = Decoding.parse("t1-pow2.5x8")
    assert decoding.power is not None
    assert (decoding.power.alpha, decoding.power.moves) == (2.5, 8)
    assert (decoding.temperature, decoding.heat) == (1, 0.4)
    assert decoding.power.drawn_share == 5
    assert slug(decoding) == "t1-pow2.5x8"
    assert not composable(decoding)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("t1-pow0x8", "alpha: found 0; allowed: greater than or equal to 1"),
        ("t1-pow0.5x8", "alpha: found 0.5; allowed: greater than or equal to 1"),
        ("t1-pow65x8", "alpha: found 65; allowed: less than or equal to 64"),
        ("t1-pow4x0", "moves: found 0; allowed: greater than or equal to 1"),
        ("t1-pow4x1001", "moves: found 1001; allowed: less than or equal to 1000"),
        ("t1-pow-4x8", "is not of the form"),
        ("t1-pow4", "is not of the form"),
        ("t0.5-pow4x8", "allowed: T = 1 and the power alone"),
        ("t0-pow4x8", "allowed: T = 1 and the power alone"),
        ("t1-k20-pow4x8", "allowed: T = 1 and the power alone"),
        ("t1-pp1-pow4x8", "allowed: T = 1 and the power alone"),
        ("t0.7-of-t1-pow4x8", "composed, and a part is with a power; allowed: neither"),
        ("t1-pow4x8-of-t1.5-p0.8", "allowed: T = 1 and the power alone"),
        ("t1-pow4.0x8", "must be written 't1-pow4x8'"),
    ],
)
def test_a_power_that_has_no_meaning_is_refused_in_one_line(text: str, wrong: str):
    with pytest.raises(StudyError) as caught:
        load(powered(power=[text]), "study.yaml")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("study.yaml: evaluation.power.0: ")
    assert repr(text) in line
    assert wrong in line


@pytest.mark.parametrize(
    ("config", "wrong"),
    [
        (powered(power=["t0.7"]), "evaluation.power: found 't0.7', which has no power; allowed"),
        (powered(power=[*POWERS, POWERS[0]]), "evaluation.power"),
        (powered(baselines=POWERS[:1]), "evaluation.baselines: found 't1-pow2x8'"),
        (powered(controls={"power_grid": POWERS}), "evaluation.controls.power_grid: found"),
        (powered(composed=POWERS), "evaluation.composed: found 't1-pow2x8', which has a power"),
        (changed("evaluation.sweeps.more", POWERS), "evaluation.sweeps.more: found 't1-pow2x8'"),
        (changed("arms.ssd", {"decodings": POWERS, "loss": "exact"}), "with loss: exact; allowed"),
        (changed("arms.power", {"decodings": ["t1"]}), "arms.power: the name is taken"),
        (
            powered() | {"contrasts": [PAIR | {"name": "n", "a": {"arm": "power"}, "budget": 90}]},
            "contrasts[n].budget: found it with arm power",
        ),
        (
            powered()
            | {"contrasts": [PAIR | {"name": "n", "a": {"arm": "power", "decoding": "t1"}}]},
            "contrasts[n].a.decoding is 't1'; the grid makes",
        ),
        (
            powered(sweeps={"all": ["t0.7", "t1"]}, baselines=[], controls={})
            | {"sampling": MICRO["sampling"] | {"engine": "vllm"}, "contrasts": []},
            "engine vllm draws no power, found 't1-pow2x8'; allowed: none",
        ),
    ],
)
def test_a_power_in_another_place_is_refused_in_one_line(config: dict[str, Any], wrong: str):
    with pytest.raises(StudyError) as caught:
        load(config, "study.yaml")
    (line,) = str(caught.value).splitlines()
    assert wrong in line


def test_a_study_without_a_power_is_the_one_it_was():
    plain = load(MICRO, "x")
    assert "power" not in plain.model_dump(mode="json")["evaluation"]
    assert load(powered(power=[]), "x") == plain
    assert settings.digest(load(powered(power=[]), "x")) == settings.digest(plain)
    assert "power" not in [*plain.chosen_arms, *plain.tested]


def test_a_power_changes_no_setting_of_what_does_not_read_it():
    plain, study = load(MICRO, "x"), load(powered(), "x")
    run = str(study.runs[0])
    for rule in (settings.training_set, settings.train):
        assert rule(study, run) == rule(plain, run)
    for slice_of in (settings.temperature, settings.curves, settings.scores, settings.contrasts):
        assert slice_of(study) == slice_of(plain)
    assert mechanism_settings.geometry(study) == mechanism_settings.geometry(plain)


def test_samples_of_a_power_have_no_place_in_the_fit_over_temperatures():
    study = load(changed("arms.power_sd", {"decodings": POWERS[:1]}), "x")
    assert settings.powers(study) == ["power_sd"]
    assert settings.temperature(study)["arms"] == settings.temperature(load(MICRO, "x"))["arms"]


def test_ssd_that_learns_a_power_has_no_composed_form():
    config = powered(composed=True) | {"arms": {"ssd": {"decodings": ["t1.5-p0.8", POWERS[0]]}}}
    config["evaluation"] |= {"tested": ["base", "ssd"]}
    config["contrasts"] = []
    study = load(config, "x")
    assert study.composed
    assert not any("pow" in text for text in study.composed)

"""Matched arms: on which prompts they train, and which draws of a prompt each chooses from."""

import pytest
from changed_config import changed

from ssdmath.config.arms import ArmConfig, matched_draws
from ssdmath.config.study import StudyError, load
from ssdmath.grid import settings

KINDS = {"ssd": {}, "stress": {"keep": "all"}, "rft": {"keep": "correct"}}
COMPLETE = {"ssd_complete": {"keep": "complete"}}
THREE = {"ssd": [0, 1], "ssd_complete": [1, 3], "rft": [0, 3]}
SHORT = {"drop": {"drop_shortest": 0.1}}


@pytest.mark.parametrize(
    ("arms", "draws", "expected"),
    [
        ({"ssd": {}}, 3, {"ssd": [0, 3]}),
        (KINDS, 2, {"ssd": [0, 2], "stress": [0, 2], "rft": [0, 2]}),
        ({"ssd": {}, "rft": {"keep": "correct"}} | COMPLETE, 3, THREE),
        (SHORT | COMPLETE, 4, {"drop": [0, 2], "ssd_complete": [2, 4]}),
        ({"rft": {"keep": "correct"}}, 4, {"rft": [0, 4]}),
        (
            {"ssd": {}, "short": {"keep": "drop_longest"}, "long": {"keep": "drop_shortest"}},
            3,
            {"ssd": [0, 1], "short": [1, 2], "long": [2, 3]},
        ),
    ],
)
def test_matched_arms_with_different_filters_choose_among_different_draws(arms, draws, expected):
    made = {name: ArmConfig(decodings=["t1"], **arm) for name, arm in arms.items()}
    assert matched_draws(made, draws) == expected


def test_matched_training_sets_decide_the_sets_and_no_training_by_itself():
    plain = load(changed("training.seeds", [0]), "x")
    matched = load(changed("training.match", "prompts"), "x")
    run = str(plain.runs[0])
    sets = [settings.training_set(one, run) for one in (plain, matched)]
    assert [one.pop("match") for one in sets] == [None, "prompts"]
    assert [one.pop("draws") for one in sets] == [None, [0, 1]]
    assert sets[0] == sets[1]
    assert settings.train(plain, run) == settings.train(matched, run)
    assert settings.contrasts(matched)["matched"] > settings.contrasts(plain)["matched"]
    assert not settings.match_needs_verdicts(matched)
    unmatched = load(changed("arms.naive.keep", "complete"), "x")  # two filters, one draw
    assert settings.matched_prompts(unmatched)["draws"] == {}


def test_fewer_draws_than_filters_are_refused_where_arms_are_matched():
    config = changed("arms.naive.keep", "complete")
    config["training"]["match"] = "prompts"
    with pytest.raises(StudyError, match=r"synthesis\.draws: found 1, allowed: at least 2 with tr"):
        load(config, "x")


def test_correct_samples_do_not_decide_on_which_prompts_the_other_arms_train():
    config = changed("arms.naive.keep", "correct")
    config["training"]["match"] = "prompts"
    matched = load(config, "x")
    assert "naive" not in settings.matched_prompts(matched)["arms"]
    assert not settings.match_needs_verdicts(matched)


def test_the_decoding_whose_lengths_an_arm_takes_over_is_sampled_too():
    matched = load(changed("arms.naive", {"decodings": ["t0.9"], "keep": "length_matched"}), "x")
    assert matched.synthesised == ["t1.5", "t1.5-p0.8", "t0.9", "t1"]
    assert settings.training_set(matched, str(matched.runs[-1]))["selection"]["lengths_of"] == "t1"


@pytest.mark.parametrize(
    ("arm", "found"),
    [
        ({"keep": "drop_shortest", "drop_shortest": 0}, "drop_shortest: found 0 with keep: drop_"),
        ({"drop_shortest": 0.5, "drop_longest": 0.5}, "drop_longest: found 0.5 beside drop_sh"),
        ({"drop_longest": 1}, "drop_longest: found 1; allowed: less than 1"),
        ({"lengths_of": "t0.7"}, "lengths_of: found 't0.7' with keep: nonempty; allowed: with"),
        ({"keep": "length_matched", "lengths_of": "warm"}, "lengths_of: decoding 'warm' is not"),
        ({"drop_longest": 0.97}, "drop_longest: leaves 29 of 960 samples; allowed: at least tra"),
    ],
)
def test_a_wrong_length_filter_is_refused_with_its_key(arm, found):
    with pytest.raises(StudyError, match=r"arms\.naive") as error:
        load(changed("arms.naive", {"decodings": ["t1"]} | arm), "x")
    assert found in str(error.value)
    assert "\n" not in str(error.value)


def test_matched_lengths_are_refused_where_arms_train_on_the_same_prompts():
    config = changed("arms.naive.keep", "length_matched")
    config["training"]["match"] = "prompts"
    with pytest.raises(StudyError, match=r"arms\.naive\.keep: found 'length_matched' with train"):
        load(config, "x")


def test_an_exact_target_is_a_setting_of_its_own_arms_trainings_alone():
    exact = load(changed("arms.target", {"decodings": ["t1.5"], "loss": "exact"}), "x")
    losses = {run.arm: settings.train(exact, str(run))["loss"] for run in exact.runs}
    assert losses == {"ssd": "sampled", "naive": "sampled", "target": "exact"}
    plain = load(changed("training.seeds", [0, 1, 2, 3]), "x")
    assert exact.synthesis_samples == plain.synthesis_samples  # the same samples as ssd's


@pytest.mark.parametrize(
    ("arm", "found"),
    [
        ({"loss": "kl"}, "arms.target.loss: found 'kl'; allowed: 'sampled' or 'exact'"),
        ({"decodings": ["general"], "loss": "exact"}, "arms.target.decodings: found 't1-k20-p0.9"),
    ],
)
def test_an_exact_target_that_does_not_exist_is_refused(arm, found):
    with pytest.raises(StudyError) as error:
        load(changed("arms.target", {"decodings": ["t1.5"]} | arm), "x")
    assert str(error.value).startswith(f"x: {found}")
    load(changed("arms.target", {"decodings": ["general"]}), "x")

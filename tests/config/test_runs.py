"""Runs of a study: their synthesis samples, the checks among them, what a race may drop."""

import copy

import pytest
from changed_config import MICRO, changed

from ssdmath.config.study import StudyError, load
from ssdmath.grid import sweeps


def test_every_run_has_a_synthesis_sample_of_its_own_unless_it_is_shared():
    own = load(changed("training.seeds", [0, 1, 2]), "x")
    assert own.synthesis_seeds == [0, 1, 2]
    assert [own.synthesis_seed(run) for run in own.runs] == [run.seed for run in own.runs]
    shared = load(changed("synthesis", {"shared": True, "seed": 7}), "x")
    assert {shared.synthesis_seed(run) for run in shared.runs} == {7}
    made = [s for s in sweeps.sweeps(own) if s.split == "train"]
    assert [(s.name, s.seed) for s in made] == [(f"synthesis_{r}", r) for r in (0, 1, 2)]


def test_a_study_that_trains_checks_itself_on_halves_of_runs_and_on_a_placebo():
    checks = load(changed("training.seeds", [0, 1, 2, 3]), "x").all_contrasts[-2:]
    assert [c.family for c in checks] == ["null", "null"]
    assert (checks[0].a.seeds, checks[0].b.seeds) == ([0, 1], [2, 3])
    assert (checks[1].a.arm, checks[1].b.arm, checks[1].split) == ("placebo", "base", "test")


def test_an_odd_number_of_runs_says_how_it_splits():
    check = load(changed("training.seeds", [0, 1, 2]), "x").all_contrasts[-2]
    assert (check.a.seeds, check.b.seeds) == ([0, 1], [2])
    assert "2 against 1" in check.name


def test_one_run_has_no_halves():
    checks = load(changed("training.seeds", [0]), "x").all_contrasts
    assert [c.a.arm for c in checks if c.family == "null"] == ["placebo"]


def test_a_race_may_not_drop_a_cell_that_a_contrast_needs():
    racing = copy.deepcopy(MICRO)
    racing["evaluation"]["racing"] = {}
    side = {"arm": "naive", "decoding": "same"}
    racing["contrasts"][3] |= {"a": side, "b": {"arm": "base"}}
    with pytest.raises(StudyError, match=r"\.a\.decoding is 'same' on validation.*allowed: a name"):
        load(racing, "my.yaml")
    racing["contrasts"][3] |= {"a": {"arm": "naive"}, "b": {"arm": "base", "decoding": "same"}}
    load(racing, "my.yaml")


def test_looks_are_for_one_primary_contrast_on_test():
    looked = copy.deepcopy(MICRO)
    looked["evaluation"]["looks"] = [0.5, 1]
    load(looked, "my.yaml")
    looked["contrasts"][1]["family"] = "primary"
    with pytest.raises(StudyError, match=r"looks: found \[.*, .*\] as primary; allowed: one"):
        load(looked, "my.yaml")
    looked["contrasts"] = [looked["contrasts"][0] | {"split": "validation"}]
    with pytest.raises(StudyError, match=r"on validation'\] as primary; allowed: .*, on test"):
        load(looked, "my.yaml")
    looked["contrasts"] = []
    with pytest.raises(StudyError, match=r"found \[\] as primary"):
        load(looked, "my.yaml")

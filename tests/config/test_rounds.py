"""Rounds: which model teaches which arm, what the plan counts, what is refused."""

import pytest
from changed_config import changed

from ssdmath.config import rounds
from ssdmath.config.arms import matched_draws
from ssdmath.config.names import Run
from ssdmath.config.study import Study, StudyError, load
from ssdmath.grid import settings, sweeps
from ssdmath.plan import counts
from ssdmath.report.sections.rounds import chains_of

CUT = "t1.5-p0.8"
SECOND = {"from": "ssd", "decodings": [CUT]}
THIRD = {"from": "ssd2", "decodings": ["t1"], "keep": "correct"}


def study(**arms: object) -> Study:
    config = changed("training.seeds", [0, 1])
    config["arms"] |= arms
    return load(config, "x")


@pytest.fixture
def three() -> Study:
    return study(ssd2=SECOND, ssd3=THIRD)


def test_a_round_is_taught_by_the_last_checkpoint_of_the_run_with_its_seed(three: Study):
    assert three.teacher(Run("ssd", CUT, 1)) == three.teacher(Run("naive", "t1", 0)) == "base"
    assert three.teacher(Run("ssd2", CUT, 1)) == f"ssd_{CUT}_s1@30"
    assert three.teacher(Run("ssd3", "t1", 0)) == f"ssd2_{CUT}_s0@30"
    assert [rounds.depth(three.arms, name) for name in ("base", *three.arms)] == [0, 1, 1, 2, 3]


def test_each_teacher_writes_the_samples_of_its_own_rounds_alone(three: Study):
    written = {s.model: (s.name, s.decodings, s.seed) for s in sweeps.sweeps(three) if s.seed == 1}
    assert written["base"] == ("synthesis_1", ["t1.5", CUT, "t1"], 1)
    assert written[f"ssd_{CUT}_s1@30"] == ("synthesis_1_ssd_t1_5_p0_8_s1_30", [CUT], 1)
    assert written[f"ssd2_{CUT}_s1@30"][1:] == (["t1"], 1)
    assert sweeps.synthesis_of(three, Run("ssd", CUT, 0)) == ("synthesis_0", 1)
    third = sweeps.synthesis_of(three, Run("ssd3", "t1", 0))
    assert third == ("synthesis_0_ssd2_t1_5_p0_8_s0_30", 0)


def test_the_plan_counts_the_samples_of_every_round_and_judges_what_a_filter_reads(three: Study):
    stage = counts.stages(three)["synthesis"]
    assert (stage.jobs, stage.cells) == (2 + 2 + 2, 2 * 3 + 2 + 2)
    jobs = counts.jobs(three, [])
    judged = {rule for rule in jobs if rule.startswith("verify_synthesis")}
    assert judged == {f"verify_synthesis_{r}_ssd2_t1_5_p0_8_s{r}_30" for r in (0, 1)}
    assert sum(number for rule, number in jobs.items() if rule.startswith("sample_synth")) == 6
    assert jobs["train"] == len(three.runs) == 10


def test_a_round_from_base_is_no_further_round():
    again = study(again={"from": "base", "decodings": [CUT]})
    assert again.synthesis_samples == study().synthesis_samples
    assert not settings.rounds(again)
    assert not list(chains_of(again))


def test_a_chain_leads_from_base_to_the_round_that_teaches_no_other(three: Study):
    first = [("base", None), ("ssd", CUT)]
    assert list(chains_of(three)) == [[*first, ("ssd2", CUT), ("ssd3", "t1")]]
    forked = study(ssd2=SECOND, other=SECOND)
    assert list(chains_of(forked)) == [[*first, (name, CUT)] for name in ("ssd2", "other")]


def test_another_teacher_is_another_setting_of_the_training_and_of_its_set(three: Study):
    run = f"ssd2_{CUT}_s1"
    other = study(ssd2={"from": "base", "decodings": [CUT]}, ssd3=THIRD)
    for slice_of, key in ((settings.train, "start"), (settings.training_set, "writer")):
        before, after = slice_of(three, run), slice_of(other, run)
        assert (before.pop(key), after.pop(key)) == (f"ssd_{CUT}_s1@30", "base")
        assert before == after


def test_rounds_neither_decide_on_matched_prompts_nor_take_draws_from_others(three: Study):
    assert matched_draws(three.arms, 1) == {name: [0, 1] for name in three.arms}
    config = changed("arms.ssd2", SECOND | {"keep": "complete"})
    config["training"]["match"] = "prompts"
    assert set(settings.matched_prompts(load(config, "x"))["arms"]) == {"ssd", "naive"}


def test_the_fits_over_temperature_leave_rounds_out(three: Study):
    assert settings.temperature(three)["arms"] == ["ssd", "naive"]


def test_a_study_with_rounds_survives_its_way_into_a_script(three: Study):
    again = Study.model_validate(three.model_dump(mode="json"))
    assert again == three
    assert three.model_dump(mode="json")["arms"]["ssd2"]["from"] == "ssd"


@pytest.mark.parametrize(
    ("name", "arm", "found"),
    [
        (
            "ssd2",
            {"from": "ssd2"},
            "arms.ssd2.from: found 'ssd2', the arm itself; allowed: ['base'",
        ),
        (
            "ssd2",
            {"from": "ssd3"},
            "arms.ssd2.from: found 'ssd3', an arm below it; allowed: ['base'",
        ),
        ("ssd2", {"from": "sdd"}, "arms.ssd2.from: found 'sdd', which is no arm; allowed: ['base'"),
        ("ssd2", {"from": "placebo"}, "arms.ssd2.from: found 'placebo', which is no arm"),
        ("ssd2", {"from": ["ssd"]}, "arms.ssd2.from: found a list of 1; allowed: text"),
        ("ssd2", {"teacher": "ssd"}, "arms.ssd2.teacher: unknown key"),
        (
            "ssd2",
            {"from": "ssd", "decodings": ["t1"]},
            "arms.ssd2.decodings: found 't1', and ssd has",
        ),
        ("rft", {"from": "ssd"}, "arms.rft.from: found 'ssd', and the tables take rft for a train"),
    ],
)
def test_a_round_without_a_model_to_start_from_is_refused_in_one_line(name, arm, found):
    config = changed(f"arms.{name}", {"decodings": [CUT]} | arm)
    config["arms"]["ssd3"] = {"decodings": [CUT]}
    with pytest.raises(StudyError) as error:
        load(config, "x")
    assert str(error.value).startswith(f"x: {found}")
    assert "\n" not in str(error.value)

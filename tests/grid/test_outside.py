"""The outside split in the DAG: which cells exist, what decides them, and what stays as it was."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import ROOT

from ssdmath.config.study import Study, StudyError, load
from ssdmath.grid import mechanism_settings, outside, settings, sweeps
from ssdmath.plan import counts
from ssdmath.tables import atomic
from ssdmath.workflow import study_files
from ssdmath.workflow.dry_run import text

CONFIG = yaml.safe_load((ROOT / "config" / "micro-outside.yaml").read_text())
RUNS = [f"ssd_t1.3-p0.6_s{seed}@30" for seed in (0, 1, 2)]


def study(tested: tuple[str, ...] = ("base", "ssd", "naive")) -> Study:
    evaluation = CONFIG["evaluation"] | {"tested": list(tested)}
    return load(CONFIG | {"evaluation": evaluation}, "my.yaml")


def without() -> Study:
    """The same study without the split, its source and its draws."""
    problems: dict[str, Any] = {
        key: {name: value for name, value in CONFIG["problems"][key].items() if name != "outside"}
        for key in ("sources", "splits")
    }
    draws = {"validation": 2, "test": 3}
    evaluation = CONFIG["evaluation"] | {"tested": ["base", "ssd", "naive"], "draws": draws}
    return load(CONFIG | {"problems": problems, "evaluation": evaluation}, "my.yaml")


@pytest.fixture
def chosen(tmp_path: Path) -> Path:
    naive = [f"naive_t1_s{seed}@30" for seed in (0, 1, 2)]
    picks = {"base": (["base"], "t2-p0.5"), "ssd": (RUNS, "t5-m0.4"), "naive": (naive, "t2-p0.5")}
    arms = {arm: {"winner": {"models": m, "decoding": d}} for arm, (m, d) in picks.items()}
    atomic.write_json({"arms": arms}, tmp_path / "chosen.json")
    return tmp_path / "chosen.json"


def test_base_is_sampled_at_its_best_and_at_each_arms_decoding(chosen: Path):
    cells = outside.cells(study(), chosen)
    assert cells[:3] == [("base", "t2-p0.5"), ("base", "t5-m0.4"), (RUNS[0], "t5-m0.4")]
    assert len(cells) == 2 + 6
    assert outside.most_cells(study()) == 1 + 2 * (1 + 3)


def test_no_cell_is_sampled_that_was_not_chosen(chosen: Path):
    outside.check(study(), chosen, RUNS[2], "t5-m0.4")
    for model, decoding in ((RUNS[0], "t1"), ("rft_t1_s0@30", "t5-m0.4"), ("base", "t0.7")):
        with pytest.raises(StudyError, match=f"{model} at {decoding} was not chosen; outside:"):
            outside.check(study(), chosen, model, decoding)


def test_its_sweep_has_one_cell_a_job_with_draws_of_its_own():
    (sweep,) = [sweep for sweep in sweeps.sweeps(study()) if sweep.name == "outside"]
    assert (sweep.split, sweep.chosen, sweep.draws) == ("outside", True, 3)
    assert sweep.problems(study()) == 200


def test_the_split_changes_the_settings_of_no_other_rule():
    one, other = study(), without()
    for name in ("problems", "digest", "choose", "scores", "contrasts", "attribution", "gains"):
        assert getattr(settings, name)(one) == getattr(settings, name)(other), name
    own = {sweep.name: sweep.settings(one) for sweep in sweeps.sweeps(one)}
    del own["outside"]
    assert own == {sweep.name: sweep.settings(other) for sweep in sweeps.sweeps(other)}
    assert study_files.source_files(one.problems.inside.sources.values()) == []


def test_a_name_of_a_sweep_of_the_grid_is_not_taken_twice():
    evaluation = CONFIG["evaluation"] | {"sweeps": {"outside": ["t1", "t0.7"]}}
    with pytest.raises(StudyError, match=r"evaluation.sweeps: found 'outside', which the workflow"):
        study_files._check_names(load(CONFIG | {"evaluation": evaluation}, "my.yaml"))


def test_the_plan_and_the_dry_run_count_its_draws(tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(tmp_path)
    Path("models").symlink_to(ROOT / "models")
    stage = counts.stages(study())["outside"]
    assert (stage.jobs, stage.cells, stage.completions) == (9, 9, 9 * 200 * 3)
    jobs = counts.jobs(study(), [])
    assert jobs["sample_outside"] == jobs["verify_outside"] == 9
    assert "outside" not in counts.stages(without())
    said = text(study(), {"choose": 1})
    assert "then the outside cells that validation chooses: at most 5,400 draws" in said
    assert "outside cells" not in text(without(), {"choose": 1})


def test_written_contexts_are_of_the_families_of_validation():
    assert mechanism_settings.world(study()) == {
        "seed": 11,
        "size": 120,
        "name": "ssd",
        "families": ["divisors", "gcd_lcm", "modpow", "multiples"],
    }

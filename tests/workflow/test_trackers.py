"""`training.report_to` in the workflow: no rerun, and a missing package is said before any job."""

from importlib import util
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from study_folder import ROOT, StudyFolder, tiny_study

from ssdmath.config.study import Study, StudyError, load
from ssdmath.grid import settings
from ssdmath.workflow import trackers


def reporting(*names: str) -> dict[str, Any]:
    study = tiny_study()
    study["training"]["report_to"] = list(names)
    return study


def of(*names: str) -> Study:
    return load(reporting(*names), "tiny.yaml")


def started(*rules: str) -> Any:
    """A run that starts jobs of some rules."""
    jobs = [SimpleNamespace(rule=SimpleNamespace(name=rule)) for rule in rules]
    return SimpleNamespace(
        dag=SimpleNamespace(needrun_jobs=lambda: jobs),
        deployment_settings=SimpleNamespace(deployment_method=set()),
    )


@pytest.mark.parametrize("tracker", trackers.PACKAGES)
def test_a_missing_package_is_refused_where_something_is_trained(
    monkeypatch: pytest.MonkeyPatch, tracker: str
):
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(StudyError) as refused:
        trackers.check(of(tracker), started("train", "report"))
    found, _, allowed = str(refused.value).partition("; allowed: ")
    assert found == f"training.report_to: found '{tracker}', which this Python lacks"
    assert allowed == f"`pip install {tracker}` into its environment, or a list without it"
    trackers.check(of(tracker), started("report"))
    trackers.check(of(), started("train"))


def test_a_tracker_is_refused_only_where_its_package_is_not_installed(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(util, "find_spec", lambda name: name == "tensorboardX" or None)
    trackers.check(of("tensorboard"), started("train"))
    with pytest.raises(StudyError, match="found 'wandb'"):
        trackers.check(of("tensorboard", "wandb"), started("train"))


def test_no_slice_and_no_digest_of_results_holds_the_trackers():
    run = "ssd_t0.8-p0.9_s0"
    assert settings.train(of("wandb"), run) == settings.train(of(), run)
    assert settings.digest(of("wandb")) == settings.digest(of())
    assert trackers.request(of("tensorboard", "wandb")) == {"report_to": "tensorboard,wandb"}
    assert trackers.request(of()) == {}
    for file in ("micro", "smollm2"):  # also of a study that trains nothing
        study = load(yaml.safe_load((ROOT / "config" / f"{file}.yaml").read_text()), file)
        assert settings.digest(study)


@pytest.mark.parametrize(
    ("names", "found"),
    [(["tensorbord"], "training.report_to"), (["wandb", "wandb"], "allowed: each once")],
)
def test_an_unknown_or_repeated_tracker_is_refused(names: list[str], found: str):
    with pytest.raises(StudyError, match=found):
        of(*names)


@pytest.mark.workflow
def test_another_tracker_makes_nothing_run_again(undisturbed: StudyFolder):
    assert undisturbed.planned(reporting("wandb")) == {}
    assert undisturbed.planned(tiny_study()) == {}

"""The trackers of a study's trainings: whether they are installed, and how a job learns of them."""

from importlib import util
from typing import Any

from ssdmath.config.study import Study, StudyError
from ssdmath.workflow import hardware
from ssdmath.workflow.training_memory import RULE

PACKAGES = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "trackio": ("trackio",),
    "wandb": ("wandb",),
}


def check(study: Study, workflow: Any) -> None:
    """Raise StudyError if this run would start a training and a tracker's package is missing."""
    trains = any(job.rule.name == RULE for job in workflow.dag.needrun_jobs())
    if study.training is None or not trains or not hardware.own_python(workflow):
        return
    for tracker in study.training.report_to:
        packages = PACKAGES[tracker]
        if not any(util.find_spec(package) for package in packages):
            raise StudyError(
                f"training.report_to: found {tracker!r}, which this Python lacks; allowed: "
                f"`pip install {packages[0]}` into its environment, or a list without it"
            )


def request(study: Study) -> dict[str, str]:
    """The trackers as a resource of a training's job: Snakemake reruns nothing when it changes."""
    named = ",".join(study.trains_with.report_to)
    return {"report_to": named} if named else {}

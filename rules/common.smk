# The checked study, and what a wildcard means. No rules.
import gc

from ssdmath.config import names
from ssdmath.grid import settings, sweeps
from ssdmath.provenance.code import code
from ssdmath.plan import counts
from ssdmath.workflow import preflight, resources, results_folder, staleness

# A plan makes hundreds of thousands of objects and keeps them all; the garbage collector's walks over
# them, again and again, are a seventh of its time.
gc.set_threshold(100_000, 50, 100)

study = preflight.study_of(config, workflow)
queue = resources.Queue.of(workflow)
circumstances = preflight.circumstances(study, workflow)
estimate = preflight.estimate(study, circumstances)


pathvars:
    study=results_folder.results_of(study).as_posix(),


wildcard_constraints:
    model=names.MODEL,
    run=names.RUN,
    split="train|validation|test",
    decoding=r"t[^/_@]+",
    seed=r"\d+",


def together(name):
    """The group of a rule's jobs, where a job costs a place in a queue; none on one machine.

    There Snakemake heeds groups in dry runs alone, and counts all of a group's inputs after each job.
    """
    return name if queue.stands else None


def record_of(wildcards):
    """The record of a model's weights: what stands for the model in the DAG."""
    return record(wildcards.get("model", names.BASE))


def record(model):
    if model == names.BASE:
        return [rules.base_model.output.record]
    run, _, step = model.partition("@")
    at = study.training.checkpoints.index(int(step))
    return [rules.train.output.health[at].format(run=run)]

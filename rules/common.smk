# The checked study, and what each wildcard may be. No rules.
import gc

from ssdmath.config import names
from ssdmath.config.power import has_power
from ssdmath.grid import looks, mechanism_settings, outside, settings, sweeps, tested
from ssdmath.jobs import fork_client
from ssdmath.provenance import metadata
from ssdmath.provenance.code import code
from ssdmath.plan import counts
from ssdmath.tables.looks import stopped_at
from ssdmath.workflow import preflight, resources, results_folder, staleness, study_files, trackers

# Building the DAG makes hundreds of thousands of objects and keeps them all. With Python's default
# thresholds, the garbage collector visits them again and again, which takes a seventh of the time.
gc.set_threshold(100_000, 50, 100)

study = preflight.study_of(config, workflow)
queue = resources.Queue.of(workflow)
fork_client.offer(allowed=not queue.exists)
gpu_jobs = preflight.gpu_jobs_of(workflow)
circumstances = preflight.circumstances(study, workflow)
estimate = preflight.estimate(study, circumstances)
# Rules that read the whole study have its digest as a param: Snakemake shows params that changed.
study_digest = metadata.digest(study.model_dump(mode="json", exclude={"training": settings.SHOWN}))


def whole_study(wildcards, output):
    """The study, for a script; a param that depends on `output` is neither compared nor shown."""
    return study.model_dump(mode="json")


pathvars:
    study=results_folder.results_of(study).as_posix(),


wildcard_constraints:
    model=names.MODEL,
    run=names.RUN,
    arm=names.ARM,
    split="train|validation|test|outside",
    decoding=r"t[^/_@]+",
    seed=r"\d+",


def together(name):
    """The group of a rule's jobs on a cluster, where every job waits in a queue; none on one machine.

    On one machine Snakemake ignores groups when it runs, but still counts all of a group's inputs
    after each job.
    """
    return name if queue.exists else None


def record_of(sweep):
    """The record of the model of a sweep, which represents the model's weights in the DAG."""
    return lambda wildcards: record(wildcards.get("model", sweep.model))


def start_of(wildcards):
    """The record of the model that a run starts from: base, or a checkpoint of the round before."""
    return record(study.teacher(names.Run.parse(wildcards.run)))


def record(model):
    """The record of a model, by the model's name; the placebo is base. None where no model is read."""
    if study.imported is not None:
        return []
    if model in names.OF_BASE:
        return [rules.base_model.output.record]
    if model in study.released_models:
        return [rules.released_model.output.record.format(model=model)]
    run, _, step = model.partition("@")
    position = study.steps.index(int(step))
    return [rules.train.output.health[position].format(run=run)]

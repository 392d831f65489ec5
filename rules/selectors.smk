# Functions that say which cells a job reads, by its wildcards. Paths are filled in with `format`:
# `expand` looks for wildcards anew at every call, and these are called for every job.
from functools import cache

VERBS = {"samples": "sample", "verdicts": "verify"}  # the rules that make each stage


def made(stage, sweep):
    """The paths of a sweep's cells (of `samples` or `verdicts`), with the model open."""
    return [str(path) for path in getattr(rules, f"{VERBS[stage]}_{sweep}").output]


def synthesis_of(stage):
    """The one synthesis cell (of `samples` or `verdicts`) that a run trains on."""

    def cell(wildcards):
        if stage == "verdicts" and not sweeps.judges(study, wildcards.run):
            return []
        at = study.synthesised.index(cells.Run.parse(wildcards.run).decoding)
        return [made(stage, sweeps.SYNTHESIS)[at]]

    return cell


def problems_of(sweep):
    """The problems a sweep draws from; a pilot has a few of its own."""
    if sweep.name == sweeps.PILOT:
        return rules.pilot_problems.output.problems
    return getattr(rules.problems.output, sweep.split)


def pilot_cells(stage):
    """The pilot's one cell (of `samples` or `verdicts`)."""
    return lambda wildcards: made(stage, sweeps.PILOT)


@cache
def all_validation_cells(stage):
    models, evaluation = study.models, study.evaluation
    patterns = [path for sweep in evaluation.sweeps for path in made(stage, sweep)]
    controls = [path for control in evaluation.alone for path in made(stage, control)]
    return [path.format(model=model) for path in patterns for model in models] + controls


def validation_cells(stage):
    """Every validation cell (of `samples` or `verdicts`) of every model.

    A function, for Snakemake's time on a named list of inputs grows with the square of its length.
    """
    return lambda wildcards: all_validation_cells(stage)


def training_files(name):
    """A file (`log` or `health`) of every training; a function, as `validation_cells` is."""
    return lambda wildcards: expand(getattr(rules.train.output, name), run=study.runs)

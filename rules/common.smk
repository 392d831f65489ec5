# The checked study, and what a wildcard means. No rules.
import sys
from pathlib import Path

sys.path.append(str(Path(workflow.basedir) / "scripts"))

from ssdmath import cells, preflight, sweeps
from ssdmath.code import code

study = preflight.study_of(config, workflow)


pathvars:
    study=preflight.results_of(study).as_posix(),


wildcard_constraints:
    model=cells.MODEL,
    run=cells.RUN,
    split="train|validation|test",
    decoding=r"t[^/_@]+",
    seed=r"\d+",


def record_of(wildcards):
    """The record of a model's weights: what stands for the model in the DAG."""
    if wildcards.model == cells.BASE:
        return rules.base_model.output.record
    run, _, step = wildcards.model.partition("@")
    at = study.training.checkpoints.index(int(step))
    return expand(rules.train.output.health[at], run=run)


VERBS = {"samples": "sample", "verdicts": "verify"}  # the rules that make each stage


def synthesis_of(stage):
    """The one synthesis cell (of `samples` or `verdicts`) that a run trains on."""

    def cell(wildcards):
        wanted = cells.Run.parse(wildcards.run).decoding
        if stage == "verdicts" and not sweeps.judges(study, wildcards.run):
            return []
        made = (
            rules.sample_synthesis.output if stage == "samples" else rules.verify_synthesis.output
        )
        at = study.synthesised.index(wanted)
        return expand(made[at], model=cells.BASE)

    return cell


def validation_cells(stage):
    """Every validation cell (of `samples` or `verdicts`) of every model."""
    verb = VERBS[stage]
    made = [getattr(rules, f"{verb}_{sweep}").output for sweep in study.evaluation.sweeps]
    return [expand(pattern, model=study.models) for pattern in made]


def test_cells(stage):
    """Every test cell: what `choose` chose and the declared baselines, nothing else."""
    verb = VERBS[stage]

    def cells_of(wildcards):
        chosen = checkpoints.choose.get().output.chosen
        pairs = sweeps.tested(study, chosen)
        made = getattr(rules, f"{verb}_test").output[0]
        return [path for model, slug in pairs for path in expand(made, model=model, decoding=slug)]

    return cells_of


def firewall(wildcards):
    """The choice that lets a test cell exist; an error for a cell that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    sweeps.check_tested(study, chosen, wildcards.model, wildcards.decoding)
    return ancient(chosen)

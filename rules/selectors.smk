# Functions that say which cells a job reads, by its wildcards and by what was chosen.
from functools import cache

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


def problems_of(sweep):
    """The problems a sweep draws from; a pilot has a few of its own."""
    if sweep.name == sweeps.PILOT:
        return rules.pilot_problems.output.problems
    return getattr(rules.problems.output, sweep.split)


def pilot_cells(stage):
    """The pilot's one cell (of `samples` or `verdicts`)."""

    def cell(wildcards):
        made = getattr(rules, f"{VERBS[stage]}_{sweeps.PILOT}").output
        return expand(made, model=cells.BASE)

    return cell


def single_rules(wildcards):
    """The rules that a run of the study starts once: those without a wildcard."""
    beside = {"all", "micro_model", "pilot", "pilot_problems", "regrade_diff"}
    made = {rule.name for rule in workflow.rules if not rule.has_wildcards()}
    return sorted(made - beside)


def validation_cells(stage):
    """Every validation cell (of `samples` or `verdicts`) of every model.

    A function, for Snakemake's time on a named list of inputs grows with the square of its length.
    """

    @cache
    def all_cells():
        verb = VERBS[stage]
        made = [getattr(rules, f"{verb}_{sweep}").output for sweep in study.evaluation.sweeps]
        return [path for pattern in made for path in expand(pattern, model=study.models)]

    return lambda wildcards: all_cells()


def training_files(name):
    """A file (`log` or `health`) of every training; a function, as `validation_cells` is."""
    return lambda wildcards: expand(getattr(rules.train.output, name), run=study.runs)


def test_cells(stage):
    """Every test cell: what `choose` chose and the declared baselines, nothing else."""
    verb = VERBS[stage]

    def cells_of(wildcards):
        chosen = checkpoints.choose.get().output.chosen
        pairs = sweeps.tested(study, chosen)
        made = getattr(rules, f"{verb}_test").output[0]
        return [path for model, slug in pairs for path in expand(made, model=model, decoding=slug)]

    return cells_of


def difficulty_cells(stage):
    """The cells (of `samples` or `verdicts`) of base that sort problems by difficulty alone."""
    if study.evaluation.strata is None:
        return []
    verb = VERBS[stage]
    made = [getattr(rules, f"{verb}_{name}").output for name in sweeps.DIFFICULTY.values()]
    return [expand(pattern, model=cells.BASE) for pattern in made]


def firewall(wildcards):
    """The choice that lets a test cell exist; an error for a cell that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    decoding = wildcards.get("decoding", study.evaluation.default)  # of a difficulty_test cell
    sweeps.check_tested(study, chosen, wildcards.model, decoding)
    return ancient(chosen)

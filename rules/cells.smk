# Input functions: which cells, models and files a job reads, given its wildcards. Paths are filled in with `format`,
# because these functions are called for every job and `expand` parses its pattern at every call.
from functools import cache

VERBS = {"samples": "sample", "verdicts": "verify"}  # the rules that make each stage


def cells_of_sweep(stage, sweep):
    """The paths of a sweep's cells (of `samples` or `verdicts`); the model is still a wildcard."""
    return [str(path) for path in getattr(rules, f"{VERBS[stage]}_{sweep}").output]


def synthesis_of(stage):
    """The one synthesis cell (of `samples` or `verdicts`) that a run trains on."""

    def cell(wildcards):
        if stage == "verdicts" and not settings.needs_verdicts(study, wildcards.run):
            return []
        sweep, place = sweeps.synthesis_of(study, names.Run.parse(wildcards.run))
        return [cells_of_sweep(stage, sweep)[place]]

    return cell


def all_synthesis(stage):
    """Every synthesis cell of base (of `samples` or `verdicts`) of one seed, as all arms need them."""

    def cells(wildcards):
        if stage == "verdicts" and not settings.match_needs_verdicts(study):
            return []
        return cells_of_sweep(stage, sweeps.synthesis_name(int(wildcards.seed)))

    return cells


def matched_prompts_of(wildcards):
    """The prompts that all arms train on; nothing where training sets are not matched."""
    if not study.matched:
        return []
    seed = study.synthesis_seed(names.Run.parse(wildcards.run))
    return [rules.matched_prompts.output.prompts.format(seed=seed)]


def lengths_of(wildcards):
    """The synthesis cell of base whose lengths a run's training set takes over; mostly none."""
    run = names.Run.parse(wildcards.run)
    arm = study.trained[run.arm]
    if not arm.matches_lengths:
        return []
    sweep = sweeps.synthesis_name(study.synthesis_seed(run))
    return [cells_of_sweep("samples", sweep)[study.synthesised.index(arm.lengths_of)]]


def problems_of(sweep):
    """The table of problems that a sweep draws for; the pilot has a small one of its own."""
    if sweep.name == sweeps.PILOT:
        return rules.pilot_problems.output.problems
    if sweep.split == sweeps.OUTSIDE:
        return rules.outside_problems.output.table
    if looks.before_last(study) and sweep.split == "test" and sweep.look is None:
        return test_problems
    return getattr(rules.problems.output, sweep.split)


def problem_tables():
    """The tables of the problems of train, validation and test."""
    return [getattr(rules.problems.output, split) for split in study.problems.inside.splits]


def imported_by(sweep):
    """The files from which a sweep's cells are read; none where they are drawn."""
    if study.imported is None or sweep.name == sweeps.PILOT:
        return []
    return lambda wildcards: study_files.imported(study, sweep, wildcards)


def sampling_settings(sweep):
    """What decides a sweep's draws; where they are read from files, which files a model has."""
    if study.imported is None or sweep.name == sweeps.PILOT:
        return sweep.settings(study)
    return lambda wildcards: sweep.imported(study, wildcards.model)


def pilot_cell(stage):
    """The pilot's one cell (of `samples` or `verdicts`)."""
    return lambda wildcards: cells_of_sweep(stage, sweeps.PILOT)[0]


@cache
def all_validation_cells(stage):
    cells = []
    for *_, sweep in sweeps.validation(study):
        patterns, models = cells_of_sweep(stage, sweep.name), sweep.models(study)
        cells += [path.format(model=model) for path in patterns for model in models]
    return cells


def validation_cells(stage):
    """Every validation cell (of `samples` or `verdicts`) of every model.

    A function, because Snakemake's time for a named list of inputs grows with the square of its
    length.
    """
    return lambda wildcards: all_validation_cells(stage)


def raced_cells(rung):
    """The verdicts of an arm's cells in one rung."""

    def cells(wildcards):
        found = []
        for sweep in (rungs[rung] for rungs in sweeps.validation(study)):
            models = sweep.models(study)
            own = [model for model in models if sweeps.arm_of(sweep, model) == wildcards.arm]
            patterns = cells_of_sweep("verdicts", sweep.name)
            found += [path.format(model=model) for path in patterns for model in own]
        return found

    return cells


def races_before(sweep):
    """The races that decide which cells of a sweep are drawn; none outside of a race."""

    def files(wildcards):
        before = sweeps.raced_before(study, sweep, wildcards.get("model", sweep.model))
        return [race_file(*race) for race in before]

    return files if sweep.rung else []


def race_settings(rung):
    """The settings of an arm's race; a change of one arm reruns no other."""
    return lambda wildcards: settings.race(study, rung, wildcards.arm)


def race_file(rung, arm):
    return getattr(rules, f"race_{rung}").output.result.format(arm=arm)


def all_races():
    """Every race of the study."""
    return [
        race_file(rung, arm) for rung in range(sweeps.races(study)) for arm in study.chosen_arms
    ]


def files_of_runs(rule, name):
    """One output of a rule (`train`, `training_set`) for every training run; none without a run.

    A function, as `validation_cells` is.
    """
    if not study.runs:
        return []
    return lambda wildcards: expand(getattr(getattr(rules, rule).output, name), run=study.runs)


def released_records():
    """The records of all released checkpoints."""
    return [path for model in study.released_models for path in record(model)]


def difficulty_cells(stage):
    """The cells (of `samples` or `verdicts`) of base that only serve to sort problems by difficulty."""
    if study.evaluation.strata is None:
        return []
    return [path for name in sweeps.DIFFICULTY.values() for path in cells_of_sweep(stage, name)]


def examined_records(wildcards):
    """Records of the examined models: base, then each arm's chosen checkpoint."""
    models = sweeps.examined_models(study, checkpoints.choose.get().output.chosen)
    return [path for model in models for path in record(model)]


def context_cells(stage):
    """The validation cells (of `samples` or `verdicts`) whose completions become contexts."""

    def cells_of(wildcards):
        models = sweeps.examined_models(study, checkpoints.choose.get().output.chosen)
        sweep = sweeps.context_sweep(study)
        position = sweep.decodings.index(study.evaluation.default)
        paths = cells_of_sweep(stage, sweep.name)
        return [paths[position].format(model=model) for model in models]

    return cells_of


def mechanism_files():
    """The report's inputs about the mechanism, by name; none where the study leaves it out."""
    if study.mechanism is None:
        return {}
    files = {
        "toy": rules.toy.output.toy,
        "geometry": rules.geometry.output.table,
        "target": rules.geometry.output.target,
        "probe": rules.probe.output.table,
        "cards": rules.probe.output.examples,
        "lengths": rules.lengths.output.table,
    }
    if mechanism_settings.knows_truth(study):
        files |= {
            "truth": rules.truth.output.table,
            "heuristic_recall": rules.truth.output.heuristic_recall,
        }
    return files

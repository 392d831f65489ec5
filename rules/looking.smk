# Functions that say which models and cells the mechanism's rules read, and what they give.
def looked_into(wildcards):
    """Records of the models that are looked into: base, then each arm's chosen checkpoint."""
    models = looking.models(study, checkpoints.choose.get().output.chosen)
    return [path for model in models for path in record(model)]


def carrier_cells(stage):
    """The validation cells (of `samples` or `verdicts`) that carriers are taken from."""

    def cells_of(wildcards):
        models = looking.models(study, checkpoints.choose.get().output.chosen)
        sweep = looking.sweep(study)
        at = study.evaluation.sweeps[sweep].index(study.evaluation.default)
        return [made(stage, sweep)[at].format(model=model) for model in models]

    return cells_of


def mechanism_files():
    """What the report is given of METHOD 7, by name; nothing where the study leaves it out."""
    if study.mechanism is None:
        return {}
    files = {
        "toy": rules.toy.output.toy,
        "geometry": rules.geometry.output.table,
        "target": rules.geometry.output.target,
        "probe": rules.probe.output.table,
        "cards": rules.probe.output.cards,
        "lengths": rules.lengths.output.table,
    }
    if looking.knows_truth(study):
        files |= {"truth": rules.truth.output.table, "found": rules.truth.output.found}
    return files

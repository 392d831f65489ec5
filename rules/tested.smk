# Functions that say which cells stand beside the grid: the test split's, and base's by difficulty.
def test_cells(stage):
    """Every test cell: what `choose` chose and the declared baselines, nothing else."""

    def cells_of(wildcards):
        chosen = checkpoints.choose.get().output.chosen
        (path,) = made(stage, sweeps.TEST)
        return [
            path.format(model=model, decoding=slug) for model, slug in sweeps.tested(study, chosen)
        ]

    return cells_of


def difficulty_cells(stage):
    """The cells (of `samples` or `verdicts`) of base that sort problems by difficulty alone."""
    if study.evaluation.strata is None:
        return []
    return [path for name in sweeps.DIFFICULTY.values() for path in made(stage, name)]


def firewall(wildcards):
    """The choice that lets a test cell exist; an error for a cell that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    # A difficulty_test cell has no wildcards: it is base's, at the default.
    model, decoding = wildcards.get("model", cells.BASE), wildcards.get("decoding")
    sweeps.check_tested(study, chosen, model, decoding or study.evaluation.default)
    return ancient(chosen)

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
    return [
        path.format(model=cells.BASE)
        for name in sweeps.DIFFICULTY.values()
        for path in made(stage, name)
    ]


def firewall(wildcards):
    """The choice that lets a test cell exist; an error for a cell that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    decoding = wildcards.get("decoding", study.evaluation.default)  # of a difficulty_test cell
    sweeps.check_tested(study, chosen, wildcards.model, decoding)
    return ancient(chosen)

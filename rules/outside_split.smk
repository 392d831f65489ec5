# Input functions of the outside split, on which forgetting is measured: like those of test, its cells exist only for
# what validation chose. A study without the split has no such cells.


def outside_cells(stage):
    """Every cell of outside: what `choose` chose, and base there; none without the split."""
    if not study.outside:
        return []

    def cells_of(wildcards):
        chosen = checkpoints.choose.get().output.chosen
        (path,) = cells_of_sweep(stage, sweeps.OUTSIDE)
        return [
            path.format(model=model, decoding=slug) for model, slug in outside.cells(study, chosen)
        ]

    return cells_of


def outside_firewall(wildcards):
    """The choice without which no cell of outside is made; an error for one that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    outside.check(study, chosen, wildcards.model, wildcards.decoding)
    return ancient(chosen)


def outside_problems():
    """The table of the outside problems; none without the split."""
    return [rules.outside_problems.output.table] if study.outside else []


def outside_scores():
    """The score table of the outside cells; none without the split."""
    return [rules.outside.output.scores] if study.outside else []


def outside_files():
    """The report's inputs about forgetting, by name; none without the split."""
    if not study.outside:
        return {}
    return {
        "outside": rules.outside.output.table,
        "outside_scores": rules.outside.output.scores,
        "outside_report": rules.outside_problems.output.report,
        "outside_samples": outside_cells("samples"),
        "outside_verdicts": outside_cells("verdicts"),
    }

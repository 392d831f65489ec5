# Input functions of the test split: which of its cells and problems may be sampled and read. No cell is made that was
# not chosen on validation; with evaluation.looks, no problem after a look that decided.


def test_cell(stage, model, look):
    """The path of a model's test cell, with model and decoding open."""
    name = sweeps.PLACEBO_TEST if model == names.PLACEBO else sweeps.TEST
    (path,) = cells_of_sweep(stage, name if look is None else f"{name}_{look}")
    return path


def test_cells(stage, look=None):
    """Every test cell (of a look): those that `choose` chose and the declared baselines."""

    def cells_of(wildcards):
        chosen = checkpoints.choose.get().output.chosen
        return [
            test_cell(stage, model, look).format(model=model, decoding=slug)
            for model, slug in tested.cells(study, chosen)
        ]

    return cells_of


def power_cells(wildcards):
    """The test cells of samples whose decodings have a power; none in most studies."""
    paths = test_cells("samples")(wildcards)
    return [path for path in paths if has_power(names.Cell.of(path).decoding)]


def firewall(wildcards):
    """The choice without which no test cell is made; an error for a cell that was not chosen."""
    chosen = checkpoints.choose.get().output.chosen
    # The cell of the sweep difficulty_test has no wildcards: it is base at the default decoding.
    model, decoding = wildcards.get("model", names.BASE), wildcards.get("decoding")
    tested.check(study, chosen, model, decoding or study.evaluation.default)
    return ancient(chosen)


def placebo_firewall(wildcards):
    """The same for a test cell of the placebo."""
    chosen = checkpoints.choose.get().output.chosen
    tested.check(study, chosen, names.PLACEBO, wildcards.decoding)
    return ancient(chosen)


def firewall_of(sweep):
    """What must exist before a cell of a sweep may; nothing but for test and outside."""
    if sweep.split == sweeps.OUTSIDE:
        return outside_firewall
    if sweep.split != "test":
        return []
    choice = placebo_firewall if sweep.model == names.PLACEBO else firewall

    def choice_and_looks(wildcards):
        return [choice(wildcards), *(ancient(path) for path in undecided_before(sweep.look))]

    return choice_and_looks if sweep.look else choice


def undecided_before(look):
    """The looks before a look; an error if one of them decided, for then no more is sampled."""
    results = [look_of(number).result for number in range(look)]
    looks.check_open(results)
    return results


def look_of(number):
    """The outputs of a look at the test split, which has to be made first."""
    return getattr(checkpoints, f"look_{number}").get().output


def looks_made():
    """The outputs of all looks up to the one that decided, or to the last but one."""
    made = []
    for number in range(looks.before_last(study)):
        made.append(look_of(number))
        if stopped_at(made[-1].result):
            break
    return made


def test_problems(wildcards):
    """The table of the test problems that are sampled: all, or those of the look that decided."""
    last = looks_made()[-1]
    return last.problems if stopped_at(last.result) else rules.problems.output.test


def read_problems(*beside):
    """The tables of problems that tables of results are made of: validation, test, and `beside`."""
    tables = [rules.problems.output.validation, *beside]
    if looks.before_last(study):
        return lambda wildcards: [*tables, test_problems(wildcards)]
    return [*tables, rules.problems.output.test]


def earlier_looks(wildcards):
    """Every look that is made before the last one, in their order."""
    return [outputs.result for outputs in looks_made()]


def look_results():
    """Every look before the last one as an input of rule `all`; none where no look is declared.

    A changed study may need looks that were never made. Snakemake makes a missing file only where
    it is a target, or where a job needs it that runs anyway; whether a job that waits for a
    checkpoint has to run it does not ask.
    """
    return [earlier_looks] if looks.before_last(study) else []


def all_looks():
    """The summary of the looks, one file; none where no look is declared."""
    return (lambda wildcards: [rules.looks.output.result]) if looks.before_last(study) else []

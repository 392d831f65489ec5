rule checks:
    input:
        scores=rules.scores.output.table,
        contrasts=rules.contrasts.output.table,
        samples=validation_cells("samples"),
        tested=test_cells("samples"),
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/checks.json",
    log:
        "<study>/logs/checks.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("checks.py"),
        settings=sweeps.scoring(study),
    script:
        "../scripts/checks.py"

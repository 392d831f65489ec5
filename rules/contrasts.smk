rule contrasts:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/contrasts.parquet",
        csv=report(
            "<study>/contrasts.csv", caption="../docs/captions/contrasts.rst", category="1 Answer"
        ),
    log:
        "<study>/logs/contrasts.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("contrasts.py"),
        settings=sweeps.comparing(study),
    script:
        "../scripts/contrasts.py"


rule gains:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        held_out=difficulty_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/gains.parquet",
        csv=report("<study>/gains.csv", caption="../docs/captions/gains.rst", category="2 Tables"),
    log:
        "<study>/logs/gains.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("gains.py"),
        settings=sweeps.dividing(study),
    script:
        "../scripts/gains.py"

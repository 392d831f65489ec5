rule temperature:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
    output:
        table="<study>/temperature.parquet",
    log:
        "<study>/logs/temperature.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("temperature.py"),
        settings=sweeps.fitting(study),
    script:
        "../scripts/temperature.py"


rule curves:
    input:
        verdicts=validation_cells("verdicts"),
        tested=[],
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation],
    output:
        table="<study>/curves.parquet",
        csv=report("<study>/curves.csv", caption="../docs/captions/curves.rst", category="2 Tables"),
    log:
        "<study>/logs/curves.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("curves.py"),
        settings=sweeps.curving(study),
    script:
        "../scripts/curves.py"

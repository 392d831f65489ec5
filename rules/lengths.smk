# No model at all: the toy machine, and lengths from the verdicts.
rule toy:
    output:
        toy="<study>/toy.json",
    log:
        "<study>/logs/toy.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("toy.py"),
    script:
        "../scripts/toy.py"


rule lengths:
    input:
        samples=validation_cells("samples"),
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
        chosen=rules.choose.output.chosen,
        base=rules.base_model.output.record,
    output:
        table="<study>/lengths.parquet",
    log:
        "<study>/logs/lengths.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("lengths.py"),
        settings=looking.measuring(study),
    script:
        "../scripts/lengths.py"

# Before the test cells, which wait for the same choice: what follows these is the longer way.
rule carriers:
    input:
        samples=carrier_cells("samples"),
        verdicts=carrier_cells("verdicts"),
        problems=rules.problems.output.validation,
        base=rules.base_model.output.record,
    output:
        table="<study>/carriers.parquet",
    log:
        "<study>/logs/carriers.log",
    priority: 1
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("carriers.py"),
        settings=looking.carrying(study),
    script:
        "../scripts/carriers.py"


rule geometry:
    input:
        carriers=rules.carriers.output.table,
        records=looked_into,
    output:
        table="<study>/geometry.parquet",
        positions="<study>/positions.parquet",
        target="<study>/target.parquet",
    log:
        "<study>/logs/geometry.log",
    benchmark:
        "<study>/benchmarks/geometry.tsv"
    priority: 1
    conda:
        "../envs/cpu.yaml"
    resources:
        **resources.looking(study, estimate, queue),
        gpu=1,
    params:
        code=code("geometry.py"),
        settings=looking.seeing(study),
    script:
        "../scripts/geometry.py"

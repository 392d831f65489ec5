rule scores:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/scores.parquet",
        csv="<study>/scores.csv",
    log:
        "<study>/logs/scores.log",
    benchmark:
        "<study>/benchmarks/scores.tsv"
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("scores.py"),
        settings=sweeps.scoring(study),
    script:
        "../scripts/scores.py"


rule temperature:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
    output:
        table="<study>/temperature.parquet",
    log:
        "<study>/logs/temperature.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("temperature.py"),
        settings=sweeps.fitting(study),
    script:
        "../scripts/temperature.py"

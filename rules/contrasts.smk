rule contrasts:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/contrasts.parquet",
        csv="<study>/contrasts.csv",
    log:
        "<study>/logs/contrasts.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("contrasts.py"),
        settings=sweeps.comparing(study),
    script:
        "../scripts/contrasts.py"


rule attribution:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/attribution.parquet",
        csv="<study>/attribution.csv",
    log:
        "<study>/logs/attribution.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("attribution.py"),
        settings=sweeps.attributing(study),
    script:
        "../scripts/attribution.py"

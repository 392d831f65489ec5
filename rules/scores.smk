checkpoint choose:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
    output:
        chosen="<study>/chosen.json",
    params:
        code=code("choose.py"),
        rule=sweeps.choice(study),
    log:
        "<study>/logs/choose.log",
    conda:
        "../envs/cpu.yaml"
    script:
        "../scripts/choose.py"


rule scores:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/scores.parquet",
        csv="<study>/scores.csv",
    params:
        code=code("scores.py"),
        settings=sweeps.scoring(study),
    log:
        "<study>/logs/scores.log",
    benchmark:
        "<study>/benchmarks/scores.tsv"
    conda:
        "../envs/cpu.yaml"
    script:
        "../scripts/scores.py"


rule contrasts:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/contrasts.parquet",
        csv="<study>/contrasts.csv",
    params:
        code=code("contrasts.py"),
        settings=sweeps.comparing(study),
    log:
        "<study>/logs/contrasts.log",
    conda:
        "../envs/cpu.yaml"
    script:
        "../scripts/contrasts.py"

rule scores:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        held_out=difficulty_cells("verdicts"),
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/scores.parquet",
        csv=report("<study>/scores.csv", caption="../docs/captions/scores.rst", category="2 Tables"),
    log:
        "<study>/logs/scores.log",
    benchmark:
        "<study>/benchmarks/scores.tsv"
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("scores.py"),
        settings=sweeps.scoring(study),
    script:
        "../scripts/scores.py"

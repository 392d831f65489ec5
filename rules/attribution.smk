rule attribution:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/attribution.parquet",
        csv=report(
            "<study>/attribution.csv",
            caption="../docs/captions/attribution.rst",
            category="1 Answer",
        ),
    log:
        "<study>/logs/attribution.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("attribution.py"),
        settings=sweeps.attributing(study),
    script:
        "../scripts/attribution.py"

# Made on request (`snakemake regrade_diff`): what a change of the verifier changed.
rule regrade_diff:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
    output:
        table="<study>/regrade.parquet",
        csv="<study>/regrade.csv",
    log:
        "<study>/logs/regrade_diff.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("regrade_diff.py"),
    script:
        "../scripts/regrade_diff.py"

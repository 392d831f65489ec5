checkpoint choose:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
    output:
        chosen="<study>/chosen.json",
    log:
        "<study>/logs/choose.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("choose.py"),
        rule=sweeps.choice(study),
    script:
        "../scripts/choose.py"

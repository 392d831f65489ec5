rule base_model:
    input:
        files=preflight.model_files(study),
    output:
        record="<study>/models/base.json",
    params:
        code=code("base_model.py"),
        model=study.model.model_dump(mode="json"),
    log:
        "<study>/logs/base_model.log",
    conda:
        "../envs/cpu.yaml"
    script:
        "../scripts/base_model.py"


rule micro_model:
    output:
        card="results/micro-model/card.json",
    params:
        code=code("micro_model.py"),
        recipe={},
    log:
        "results/micro-model/logs/micro_model.log",
    threads: workflow.cores
    conda:
        "../envs/cpu.yaml"
    script:
        "../scripts/micro_model.py"

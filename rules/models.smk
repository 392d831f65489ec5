rule base_model:
    input:
        files=study_files.files_of(study.model),
    output:
        record="<study>/models/base.json",
    log:
        "<study>/logs/base_model.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("base_model.py"),
        model=study.model.model_dump(mode="json"),
    script:
        "../scripts/base_model.py"


if study.released:

    rule released_model:
        input:
            base=rules.base_model.output.record,
            files=lambda wildcards: study_files.files_of(study.released_models[wildcards.model]),
        output:
            record="<study>/models/{model}.json",
        log:
            "<study>/logs/released_model/{model}.log",
        wildcard_constraints:
            model="|".join(study.released_models),
        localrule: True
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("released_model.py"),
            settings=lambda wildcards: settings.released_model(study, wildcards.model),
        script:
            "../scripts/released_model.py"


rule micro_model:
    input:
        prompt=study.prompt,
    output:
        card="results/micro-model/card.json",
    log:
        "results/micro-model/logs/micro_model.log",
    conda:
        "../envs/cpu.yaml"
    threads: workflow.cores
    params:
        code=code("micro_model.py"),
        recipe={},
    script:
        "../scripts/micro_model.py"


use rule micro_model as micro_model_world with:
    output:
        card="results/micro-model-{world}/card.json",
    log:
        "results/micro-model-{world}/logs/micro_model_world.log",
    wildcard_constraints:
        world="ssd|length|null",
    params:
        code=code("micro_model.py"),
        recipe=lambda wildcards: {"world": wildcards.world},

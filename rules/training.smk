# The prompts of one synthesis sample on which every arm can be trained; made only with `training.match`.
rule matched_prompts:
    input:
        samples=all_synthesis("samples"),
        verdicts=all_synthesis("verdicts"),
    output:
        prompts="<study>/matched_prompts/{seed}.json",
    log:
        "<study>/logs/matched_prompts/{seed}.log",
    group:
        together("training_sets")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("matched_prompts.py"),
        settings=settings.matched_prompts(study),
    script:
        "../scripts/matched_prompts.py"


rule training_set:
    input:
        samples=synthesis_of("samples"),
        verdicts=synthesis_of("verdicts"),
        matched=matched_prompts_of,
        lengths=lengths_of,
        problems=rules.problems.output.train,
    output:
        rows="<study>/training/{run}/set.parquet",
        counts="<study>/training/{run}/set.json",
    log:
        "<study>/logs/training_set/{run}.log",
    group:
        together("training_sets")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("training_set.py"),
        settings=lambda wildcards: settings.training_set(study, wildcards.run),
    script:
        "../scripts/training_set.py"


rule train:
    input:
        rows=rules.training_set.output.rows,
        start=start_of,
    output:
        log="<study>/training/{run}/log.jsonl",
        health=expand(
            "<study>/checkpoints/{run}@{step}/health.json",
            step=study.training.checkpoints,
            allow_missing=True,
        ),
    log:
        "<study>/logs/train/{run}.log",
    benchmark:
        "<study>/benchmarks/train/{run}.tsv"
    conda:
        f"../envs/{sweeps.environment(study)}.yaml"
    envmodules:
        *gpu_jobs.environment_modules,
    threads: gpu_jobs.threads("train")
    resources:
        **gpu_jobs.resources,
        **resources.training(study, estimate, queue, processes=gpu_jobs.gpus("train")),
        **trackers.request(study),
    params:
        code=code("train.py"),
        settings=lambda wildcards: settings.train(study, wildcards.run),
    script:
        "../scripts/train.py"

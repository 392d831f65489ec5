# One rule per sweep: a job samples all decodings of a sweep with one model load and one batch.
for sweep in sweeps.sweeps(study):

    rule:
        name:
            f"sample_{sweep.name}"
        input:
            problems=problems_of(sweep),
            prompt=study.prompt,
            model=record_of(sweep),
            imported=imported_by(sweep),
            raced=races_before(sweep),
            firewall=firewall_of(sweep),
        output:
            expand(
                f"<study>/{sweep.folder}samples/{sweep.model}/{{split}}/{{decoding}}/{{seed}}.parquet",
                split=sweep.split,
                decoding=sweep.decodings,
                seed=sweep.seed,
                allow_missing=True,
            ),
        log:
            f"<study>/logs/sample_{sweep.name}/{sweep.log}.log",
        benchmark:
            f"<study>/benchmarks/sample_{sweep.name}/{sweep.log}.tsv"
        conda:
            f"../envs/{sweeps.environment(study)}.yaml"
        envmodules:
            *gpu_jobs.environment_modules,
        threads: gpu_jobs.threads(f"sample_{sweep.name}")
        resources:
            **gpu_jobs.resources,
            **resources.sampling(study, sweep, estimate, queue),
            batch=study.sampling.batch,
        params:
            code=code(f"{sweeps.sampler(study)}.py", without=sweeps.unused_code(study, sweep)),
            settings=sampling_settings(sweep),
        script:
            f"../scripts/{sweeps.sampler(study)}.py"

    rule:
        name:
            f"verify_{sweep.name}"
        input:
            samples=getattr(rules, f"sample_{sweep.name}").output,
            problems=problems_of(sweep),
        output:
            expand(
                f"<study>/{sweep.folder}verdicts/{sweep.model}/{{split}}/{{decoding}}/{{seed}}.parquet",
                split=sweep.split,
                decoding=sweep.decodings,
                seed=sweep.seed,
                allow_missing=True,
            ),
        log:
            text=f"<study>/logs/verify_{sweep.name}/{sweep.log}.log",
            slowest=f"<study>/logs/verify_{sweep.name}/{sweep.log}.slowest.json",
        benchmark:
            f"<study>/benchmarks/verify_{sweep.name}/{sweep.log}.tsv"
        group:
            together(f"verify_{sweep.split}")
        conda:
            "../envs/cpu.yaml"
        resources:
            **resources.judging(queue),
        params:
            code=code("verify.py"),
            settings=settings.verify(study),
        script:
            "../scripts/verify.py"


# With evaluation.racing: which cells of an arm go on to the next rung. Like `choose` it reads validation alone.
for rung in range(sweeps.races(study)):

    rule:
        name:
            f"race_{rung}"
        input:
            verdicts=raced_cells(rung),
            problems=rules.problems.output.validation,
        output:
            result=f"<study>/{names.RUNGS}/{rung}/{{arm}}.json",
        log:
            f"<study>/logs/race_{rung}/{{arm}}.log",
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("race.py"),
            settings=race_settings(rung),
        script:
            "../scripts/race.py"


# Runs on request only (`snakemake regrade_diff`): which verdicts a change of the verifier changed.
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

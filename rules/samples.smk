# One rule a sweep: a job samples all of a sweep's decodings with one model load and one batch.
for sweep in sweeps.sweeps(study):

    rule:
        name:
            f"sample_{sweep.name}"
        input:
            problems=getattr(rules.problems.output, sweep.split),
            prompt=study.prompt,
            model=record_of,
            firewall=firewall if sweep.split == "test" else [],
        output:
            expand(
                "<study>/samples/{model}/{split}/{decoding}/{seed}.parquet",
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
            "../envs/cpu.yaml"
        resources:
            gpu=1,
            batch=study.sampling.batch,
        params:
            code=code("sample.py"),
            settings=sweep.settings(study),
        script:
            "../scripts/sample.py"

    rule:
        name:
            f"verify_{sweep.name}"
        input:
            samples=getattr(rules, f"sample_{sweep.name}").output,
            problems=getattr(rules.problems.output, sweep.split),
        output:
            expand(
                "<study>/verdicts/{model}/{split}/{decoding}/{seed}.parquet",
                split=sweep.split,
                decoding=sweep.decodings,
                seed=sweep.seed,
                allow_missing=True,
            ),
        log:
            f"<study>/logs/verify_{sweep.name}/{sweep.log}.log",
        benchmark:
            f"<study>/benchmarks/verify_{sweep.name}/{sweep.log}.tsv"
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("verify.py"),
            settings=sweeps.verification(study),
        script:
            "../scripts/verify.py"

rule scores:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        held_out=difficulty_cells("verdicts"),
        problems=read_problems(),
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
        settings=settings.scores(study),
    script:
        "../scripts/scores.py"


rule votes:
    input:
        verdicts=[],
        tested=test_cells("verdicts"),
        samples=power_cells,
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.test],
    output:
        table="<study>/votes.parquet",
        csv=report("<study>/votes.csv", caption="../docs/captions/votes.rst", category="2 Tables"),
    log:
        "<study>/logs/votes.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("votes.py"),
        settings=settings.votes(study),
    script:
        "../scripts/votes.py"


rule temperature:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
    output:
        table="<study>/temperature.parquet",
    log:
        "<study>/logs/temperature.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("temperature.py"),
        settings=settings.temperature(study),
    script:
        "../scripts/temperature.py"


rule checks:
    input:
        scores=rules.scores.output.table,
        contrasts=rules.contrasts.output.table,
        samples=validation_cells("samples"),
        tested=test_cells("samples"),
        beyond=outside_cells("samples"),
        outside=outside_scores(),
        problems=read_problems(*outside_problems()),
    output:
        table="<study>/checks.json",
    log:
        "<study>/logs/checks.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("checks.py"),
        settings=outside.checks(study),
        expected=lambda wildcards: staleness.expected(study, workflow, all_rules=False),
    script:
        "../scripts/checks.py"

rule plan:
    output:
        json="<study>/plan.json",
        markdown=report("<study>/plan.md", caption="../docs/captions/plan.rst", category="3 Plan"),
    log:
        "<study>/logs/plan.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("plan.py"),
        decided_by=study_digest,
        study=whole_study,
        circumstances=circumstances,
        single=lambda wildcards: counts.started_once(workflow),
    script:
        "../scripts/plan.py"


# Runs on request only (`snakemake design`): no other rule reads what it writes.
rule design:
    output:
        json="<study>/design.json",
        markdown="<study>/design.md",
        chart="<study>/design.svg",
    log:
        "<study>/logs/design.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("design.py"),
        decided_by=study_digest,
        study=whole_study,
        circumstances=circumstances,
        earlier=preflight.earlier(study),
    script:
        "../scripts/design.py"


# The pilot: a handful of draws of the base model in <study>/pilot/, which enter no table. Its cells
# are those of the sweep `pilot` in sampling.smk.
rule pilot_problems:
    input:
        problems=rules.problems.output.validation,
    output:
        problems="<study>/pilot/problems.parquet",
    log:
        "<study>/logs/pilot_problems.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("pilot_problems.py"),
        problems=study.pilot.problems,
    script:
        "../scripts/pilot_problems.py"


rule pilot:
    input:
        samples=pilot_cell("samples"),
        verdicts=pilot_cell("verdicts"),
    output:
        summary="<study>/pilot.json",
    log:
        "<study>/logs/pilot.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("pilot.py"),
        settings=settings.pilot(study),
    script:
        "../scripts/pilot.py"

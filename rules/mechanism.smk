# Priority 1, before the test cells that wait for the same choice: more jobs depend on these two.
rule contexts:
    input:
        samples=context_cells("samples"),
        verdicts=context_cells("verdicts"),
        problems=rules.problems.output.validation,
        base=rules.base_model.output.record,
        released=released_records(),
    output:
        table="<study>/carriers.parquet",
    log:
        "<study>/logs/contexts.log",
    priority: 1
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("contexts.py"),
        settings=mechanism_settings.contexts(study),
    script:
        "../scripts/contexts.py"


rule geometry:
    input:
        contexts=rules.contexts.output.table,
        records=examined_records,
    output:
        table="<study>/geometry.parquet",
        positions="<study>/positions.parquet",
        target="<study>/target.parquet",
    log:
        "<study>/logs/geometry.log",
    benchmark:
        "<study>/benchmarks/geometry.tsv"
    priority: 1
    conda:
        f"../envs/{sweeps.environment(study)}.yaml"
    envmodules:
        *gpu_jobs.environment_modules,
    threads: gpu_jobs.threads("geometry")
    resources:
        **gpu_jobs.resources,
        **resources.geometry(study, estimate, queue),
    params:
        code=code("geometry.py"),
        settings=mechanism_settings.geometry(study),
        rounds=settings.rounds(study),
    script:
        "../scripts/geometry.py"


# `probe` and `truth` read the positions that `geometry` wrote, so a change of thresholds loads no model.
rule probe:
    input:
        positions=rules.geometry.output.positions,
    output:
        table="<study>/probe.parquet",
        examples="<study>/probe.json",
    log:
        "<study>/logs/probe.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("probe.py"),
        settings=mechanism_settings.probe(study),
    script:
        "../scripts/probe.py"


rule truth:
    input:
        positions=rules.geometry.output.positions,
    output:
        table="<study>/truth.parquet",
        heuristic_recall="<study>/heuristic_recall.parquet",
    log:
        "<study>/logs/truth.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("truth.py"),
        settings=mechanism_settings.probe(study),
    script:
        "../scripts/truth.py"


# These need no model: the toy machine in closed form, and lengths from samples and verdicts.
rule toy:
    output:
        toy="<study>/toy.json",
    log:
        "<study>/logs/toy.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("toy.py"),
    script:
        "../scripts/toy.py"


rule lengths:
    input:
        samples=validation_cells("samples"),
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
        chosen=rules.choose.output.chosen,
        base=rules.base_model.output.record,
        released=released_records(),
    output:
        table="<study>/lengths.parquet",
    log:
        "<study>/logs/lengths.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("lengths.py"),
        settings=mechanism_settings.lengths(study),
    script:
        "../scripts/lengths.py"

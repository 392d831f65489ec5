# What needs only the positions that `geometry` saw: another threshold asks no model again.
rule probe:
    input:
        positions=rules.geometry.output.positions,
    output:
        table="<study>/probe.parquet",
        cards="<study>/probe.json",
    log:
        "<study>/logs/probe.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("probe.py"),
        settings=looking.probing(study),
    script:
        "../scripts/probe.py"


rule truth:
    input:
        positions=rules.geometry.output.positions,
    output:
        table="<study>/truth.parquet",
        found="<study>/found.parquet",
    log:
        "<study>/logs/truth.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("truth.py"),
        settings=looking.probing(study),
    script:
        "../scripts/truth.py"

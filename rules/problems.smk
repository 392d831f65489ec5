rule problems:
    input:
        files=preflight.source_files(study),
    output:
        **{split: f"<study>/problems/{split}.parquet" for split in study.problems.splits},
        report="<study>/problems/report.json",
    log:
        "<study>/logs/problems.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("problems.py"),
        section=study.problems.model_dump(mode="json"),
    script:
        "../scripts/problems.py"

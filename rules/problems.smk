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
        # The verifier only says here which golds it can compare, and says it again in `verify`: a
        # change of it judges anew and samples nothing.
        code=code("problems.py", without=("ssdmath/answers/",)),
        section=study.problems.model_dump(mode="json"),
    script:
        "../scripts/problems.py"

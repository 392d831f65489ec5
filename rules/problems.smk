rule problems:
    input:
        files=study_files.source_files(study),
    output:
        **{split: f"<study>/problems/{split}.parquet" for split in study.problems.splits},
        report="<study>/problems/report.json",
        cut="<study>/problems/cut.parquet",
    log:
        "<study>/logs/problems.log",
    conda:
        "../envs/cpu.yaml"
    params:
        # The verifier only says here which golds it can compare, and which answers of similar
        # statements agree: a change of it judges anew and samples nothing.
        code=code("problems.py", without=("ssdmath/answers/",)),
        section=study.problems.model_dump(mode="json"),
        trust={"smoke": study.smoke},
    script:
        "../scripts/problems.py"

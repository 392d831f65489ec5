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
        # A change of the verifier must not make new problems, because all samples depend on them. The rule only
        # uses it to find gold answers that cannot be compared, and similar statements whose answers agree.
        code=code("problems.py", without=("ssdmath/answers/",)),
        section=study.problems.model_dump(mode="json"),
        trust={"smoke": study.smoke},
    script:
        "../scripts/problems.py"

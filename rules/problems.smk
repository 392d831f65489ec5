rule problems:
    input:
        files=study_files.source_files(study.problems.inside.sources.values()),
    output:
        **{split: f"<study>/problems/{split}.parquet" for split in study.problems.inside.splits},
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
        section=settings.problems(study),
        trust={"smoke": study.smoke},
    script:
        "../scripts/problems.py"


# With an outside split: its problems have a table of their own, so that adding it changes no other.
if study.outside:

    rule outside_problems:
        input:
            filled=problem_tables(),
            files=study_files.source_files(study.problems.outside_sources),
        output:
            table="<study>/problems/outside.parquet",
            report="<study>/problems/outside.json",
            cut="<study>/problems/outside_cut.parquet",
        log:
            "<study>/logs/outside_problems.log",
        localrule: True
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("outside_problems.py", without=("ssdmath/answers/",)),
            section=study.problems.model_dump(mode="json"),
            trust={"smoke": study.smoke},
        script:
            "../scripts/outside_problems.py"

# With an outside split: what training forgets. No other table reads these cells.
if study.outside:

    rule outside:
        input:
            verdicts=outside_cells("verdicts"),
            tested=test_cells("verdicts"),
            chosen=rules.choose.output.chosen,
            problems=read_problems(*outside_problems()),
        output:
            table="<study>/outside.parquet",
            csv=report(
                "<study>/outside.csv",
                caption="../docs/captions/outside.rst",
                category="1 Answer",
            ),
            scores="<study>/outside_scores.parquet",
            scores_csv="<study>/outside_scores.csv",
        log:
            "<study>/logs/outside.log",
        group:
            together("tables")
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("outside.py"),
            settings=outside.tables(study),
        script:
            "../scripts/outside.py"

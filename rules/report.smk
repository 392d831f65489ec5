rule report:
    input:
        **mechanism_files(),
        **outside_files(),
        scores=rules.scores.output.table,
        contrasts=rules.contrasts.output.table,
        chosen=rules.choose.output.chosen,
        problems=[*problem_tables(), *outside_problems()],
        problems_report=rules.problems.output.report,
        plan=rules.plan.output.json,
        attribution=rules.attribution.output.table,
        temperature=rules.temperature.output.table,
        curves=rules.curves.output.table,
        gains=rules.gains.output.table,
        votes=rules.votes.output.table,
        by_problem=rules.by_problem.output.table,
        spread=rules.by_problem.output.spread,
        ledger=rules.ledger.output.summary,
        looks=all_looks(),
        sets=files_of_runs("training_set", "counts"),
        released=released_records(),
        samples=validation_cells("samples"),
        tested_samples=test_cells("samples"),
        verdicts=validation_cells("verdicts"),
        tested_verdicts=test_cells("verdicts"),
        training_logs=files_of_runs("train", "log"),
        health=files_of_runs("train", "health"),
        templates=sorted(map(str, Path("scripts/ssdmath/report/templates").glob("*"))),
    output:
        html=report(
            "<study>/report.html", caption="../docs/captions/report.rst", category="1 Answer"
        ),
        figure=report(
            "<study>/report.svg", caption="../docs/captions/figure.rst", category="1 Answer"
        ),
    log:
        "<study>/logs/report.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("report.py"),
        decided_by=study_digest,
        study=whole_study,
        expected=lambda wildcards, output: staleness.expected(study, workflow, all_rules=True),
    script:
        "../scripts/report.py"

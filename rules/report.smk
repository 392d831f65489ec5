rule plan:
    output:
        json="<study>/plan.json",
        markdown="<study>/plan.md",
    log:
        "<study>/logs/plan.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("plan.py"),
        study=study.model_dump(mode="json"),
    script:
        "../scripts/plan.py"


rule report:
    input:
        scores=rules.scores.output.table,
        contrasts=rules.contrasts.output.table,
        chosen=rules.choose.output.chosen,
        problems=[getattr(rules.problems.output, split) for split in study.problems.splits],
        problems_report=rules.problems.output.report,
        plan=rules.plan.output.json,
        attribution=rules.attribution.output.table,
        temperature=rules.temperature.output.table,
        samples=validation_cells("samples"),
        tested_samples=test_cells("samples"),
        verdicts=validation_cells("verdicts"),
        tested_verdicts=test_cells("verdicts"),
        training_logs=expand(rules.train.output.log, run=study.runs),
        health=expand(rules.train.output.health, run=study.runs),
        templates=sorted(map(str, Path("scripts/ssdmath/report/templates").glob("*"))),
    output:
        html="<study>/report.html",
        figure="<study>/report.svg",
    log:
        "<study>/logs/report.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("report.py"),
        study=study.model_dump(mode="json"),
    script:
        "../scripts/report.py"

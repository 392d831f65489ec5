# With evaluation.looks: the primary contrast on the first problems of the test split. If it is decided there, the other
# problems are never sampled. Each look is in the ledger of the test split before anybody can read it.
for look in range(looks.before_last(study)):

    checkpoint:
        name:
            f"look_{look}"
        input:
            verdicts=validation_cells("verdicts"),
            tested=test_cells("verdicts", look),
            chosen=rules.choose.output.chosen,
            problems=[rules.problems.output.validation, rules.problems.output.test],
        output:
            result=f"<study>/{names.LOOKS}/{look}/look.json",
            problems=f"<study>/{names.LOOKS}/{look}/problems.parquet",
        log:
            f"<study>/logs/look_{look}.log",
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("look.py"),
            settings=settings.look(study, look),
            config=settings.digest(study),
        script:
            "../scripts/look.py"


if looks.before_last(study):

    rule looks:
        input:
            earlier=earlier_looks,
            verdicts=validation_cells("verdicts"),
            tested=test_cells("verdicts"),
            chosen=rules.choose.output.chosen,
            problems=read_problems(),
        output:
            result="<study>/looks.json",
        log:
            "<study>/logs/looks.log",
        conda:
            "../envs/cpu.yaml"
        params:
            code=code("looks.py"),
            settings=settings.look(study, looks.before_last(study)),
        script:
            "../scripts/looks.py"

checkpoint choose:
    input:
        verdicts=validation_cells("verdicts"),
        problems=rules.problems.output.validation,
        races=all_races(),
    output:
        chosen="<study>/chosen.json",
    log:
        "<study>/logs/choose.log",
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("choose.py"),
        rule=settings.choose(study),
    script:
        "../scripts/choose.py"


# Records each look at the test split in test_ledger.jsonl, which only grows; the output is a summary of it.
rule ledger:
    input:
        tested=test_cells("verdicts"),
        looks=all_looks(),
        chosen=rules.choose.output.chosen,
    output:
        summary="<study>/ledger.json",
    log:
        "<study>/logs/ledger.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("ledger.py"),
        config=settings.digest(study),
    script:
        "../scripts/ledger.py"


rule contrasts:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        looks=all_looks(),
        chosen=rules.choose.output.chosen,
        problems=read_problems(),
    output:
        table="<study>/contrasts.parquet",
        csv=report(
            "<study>/contrasts.csv", caption="../docs/captions/contrasts.rst", category="1 Answer"
        ),
    log:
        "<study>/logs/contrasts.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("contrasts.py"),
        settings=settings.contrasts(study),
    script:
        "../scripts/contrasts.py"


rule gains:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        held_out=difficulty_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=read_problems(),
    output:
        table="<study>/gains.parquet",
        csv=report("<study>/gains.csv", caption="../docs/captions/gains.rst", category="2 Tables"),
    log:
        "<study>/logs/gains.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("gains.py"),
        settings=settings.gains(study),
    script:
        "../scripts/gains.py"


rule by_problem:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        held_out=difficulty_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation, rules.problems.output.test],
    output:
        table="<study>/by_problem.parquet",
        csv=report(
            "<study>/by_problem.csv",
            caption="../docs/captions/by_problem.rst",
            category="2 Tables",
        ),
        spread="<study>/spread.json",
    log:
        "<study>/logs/by_problem.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("by_problem.py"),
        settings=settings.by_problem(study),
    script:
        "../scripts/by_problem.py"


rule attribution:
    input:
        verdicts=validation_cells("verdicts"),
        tested=test_cells("verdicts"),
        chosen=rules.choose.output.chosen,
        problems=read_problems(),
    output:
        table="<study>/attribution.parquet",
        csv=report(
            "<study>/attribution.csv",
            caption="../docs/captions/attribution.rst",
            category="1 Answer",
        ),
    log:
        "<study>/logs/attribution.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("attribution.py"),
        settings=settings.attribution(study),
    script:
        "../scripts/attribution.py"


rule curves:
    input:
        verdicts=validation_cells("verdicts"),
        tested=[],
        chosen=rules.choose.output.chosen,
        problems=[rules.problems.output.validation],
    output:
        table="<study>/curves.parquet",
        csv=report("<study>/curves.csv", caption="../docs/captions/curves.rst", category="2 Tables"),
    log:
        "<study>/logs/curves.log",
    group:
        together("tables")
    conda:
        "../envs/cpu.yaml"
    params:
        code=code("curves.py"),
        settings=settings.curves(study),
    script:
        "../scripts/curves.py"

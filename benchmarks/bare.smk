# The graph of a study and nothing else; workflow.py compares ours with it and fills in the __NAMES__.
RUNS = [f"r{i}" for i in range(__RUNS__)]
MODELS = ["base", *RUNS]
SWEEPS = __SWEEPS__
TRAIN = [f"s{i}" for i in range(__DECODINGS__)]
CELLS = [f"verdicts/{m}/{s}/{d}" for m in MODELS for s, ds in SWEEPS.items() for d in ds]
SAMPLES = [cell.replace("verdicts", "samples", 1) for cell in CELLS]

rule all:
    input: "report", "checks"
rule problems:
    output: "problems"
    shell: "touch {output}"
rule base:
    output: "models/base"
    shell: "touch {output}"
rule synthesis:
    input: "problems", "models/base"
    output: expand("synthesis/{s}", s=TRAIN)
    shell: "touch {output}"
rule training_set:
    input: lambda w: "synthesis/s%d" % (int(w.run[1:]) // __SEEDS__)
    output: "training/{run}/set"
    shell: "touch {output}"
rule train:
    input: "training/{run}/set", "models/base"
    output: "training/{run}/log", "models/{run,r.*}"
    shell: "touch {output}"
for sweep, ds in SWEEPS.items():
    rule:
        name: f"sample_{sweep}"
        input: "problems", "models/{model}"
        output: expand("samples/{model}/{sweep}/{d}", sweep=sweep, d=ds, allow_missing=True)
        shell: "touch {output}"
    rule:
        name: f"verify_{sweep}"
        input:
            expand("samples/{model}/{sweep}/{d}", sweep=sweep, d=ds, allow_missing=True),
            "problems"
        output: expand("verdicts/{model}/{sweep}/{d}", sweep=sweep, d=ds, allow_missing=True)
        shell: "touch {output}"
rule choose:
    input: CELLS
    output: "chosen"
    shell: "touch {output}"
TABLES = ["scores", "temperature", "curves", "votes", "contrasts", "gains", "by_problem", "attribution"]
for table in TABLES:
    rule:
        name: table
        input: CELLS, "chosen"
        output: table
        shell: "touch {output}"
for table in ("checks", "lengths"):
    rule:
        name: table
        input: CELLS, SAMPLES, "chosen"
        output: table
        shell: "touch {output}"
rule report:
    input:
        CELLS, SAMPLES, TABLES, "lengths",
        expand("training/{r}/log", r=RUNS)
    output: "report"
    shell: "touch {output}"

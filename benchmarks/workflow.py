"""Compare `snakemake -n` of a large study with a bare Snakefile of the same graph.

The bare Snakefile has the same jobs and edges and one shell command per job, and nothing else: no
prompt file, params, logs, resources, functions. It is also timed without the commands, and with the
directives that our rules have (log, benchmark, conda, resources, params, script, a checkpoint),
filled with constants: what ours takes beyond that is our own code. Measured are the processor time
of the whole command and its growth with the number of jobs; and, if --finished names a copy of the
repository with a finished micro study, the dry run of that study.
Usage: python benchmarks/workflow.py [--quick] [--finished DIR]
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import timing
import yaml
from study_folder import copy_repository

LARGE, MICRO = "config/large.yaml", "config/micro.yaml"
SWEEPS = {"cold": ["t0.5", "t0.7"], "mild": ["t0.9", "t1"], "warm": ["t1.2"], "hot": ["t1.5"]}
SEEDS = 10
PER_RUN = 2 * len(SWEEPS) + 2  # sample and judge its sweeps, select its training set, train
BARE = (Path(__file__).parent / "bare.smk").read_text()
DIRECTIVES = """
log: {f}"logs/{number}/{wild}.log"
benchmark: {f}"benchmarks/{number}/{wild}.tsv"
conda: "env.yaml"
resources:
    mem_mb=lambda _, attempt: 4000 * attempt,
    runtime=lambda _, attempt: 30 * attempt,
    gpu=1, batch=256
params: code="0123456789abcdef", settings={{"seed": 0, "draws": 4}}
script: "job.py"
"""
AFTER_CHOICE = "lambda w: checkpoints.choose.get().output[0]"


def main(*, quick: bool, finished: str | None) -> None:
    """Time the large study, what directives cost, growth, and a finished study if there is one."""
    large, small, repeats = (400, 200, 1) if quick else (10_000, 1000, 5)
    with tempfile.TemporaryDirectory() as folder:
        rows = [against_bare(Path(folder) / "large", large, repeats)]
        rows += taken_apart(Path(folder) / "small", small, repeats)
        counts = [100, 200, 400] if quick else [100, 400, 1600]
        used = [grown(Path(folder) / str(jobs), jobs) for jobs in counts]
    if finished:
        place = Path(finished)
        times = timing.alternate([lambda: planned(place, MICRO)], repeats)[0]
        rows.append(timing.alone("dry run of the finished micro study", times, at_most=4))
    growth = {"case": "ours, jobs", "sizes": counts, "cpu": used, **timing.fit(counts, used)}
    timing.save("workflow", "snakemake", rows=rows, growth=[growth])


def grown(folder: Path, jobs: int) -> float:
    """Processor seconds of one dry run, imports and parsing included."""
    place = study_copy(folder, trainings(jobs))
    return timing.clock(lambda: planned(place, LARGE))[1]


def trainings(jobs: int) -> int:
    """How many trainings make about this many jobs."""
    return max(1, round(jobs / PER_RUN / SEEDS)) * SEEDS


def against_bare(folder: Path, size: int, repeats: int) -> dict[str, Any]:
    """Ours against the bare Snakefile, in turn; the first run of each fills the caches."""
    ours, bare, note = compared(folder, size, repeats, BARE)
    # At most 1.5 times the time of the bare one is a ratio of at least 1 / 1.5.
    more = {"target": round(1 / 1.5, 3), "note": f"{note}; at most 1.5 times the bare one"}
    return timing.versus("plan of a large study", ours, bare, **more)


def taken_apart(folder: Path, size: int, repeats: int) -> Iterator[dict[str, Any]]:
    """Ours against the bare Snakefile without its commands, and with our directives."""
    variants = {
        "bare Snakefile without commands": without_commands(BARE),
        "bare Snakefile with our directives": with_directives(BARE),
    }
    for name, text in variants.items():
        ours, other, note = compared(folder / name.replace(" ", "_"), size, repeats, text)
        yield timing.versus(f"smaller study, {name}", ours, other, note=note)


def compared(
    folder: Path, size: int, repeats: int, text: str
) -> tuple[list[timing.Seconds], list[timing.Seconds], str]:
    """Time a study of about `size` jobs and a Snakefile of its graph; also count their jobs."""
    runs = trainings(size)
    mine, other = study_copy(folder / "ours", runs), bare_copy(folder / "other", runs, text)
    counts: dict[str, int] = {}
    ours, theirs = timing.alternate(
        [
            lambda: counts.update(ours=planned(mine, LARGE)),
            lambda: counts.update(theirs=planned(other, None)),
        ],
        repeats,
    )
    return ours, theirs, f"{counts['ours']:,} jobs against {counts['theirs']:,}"


def without_commands(text: str) -> str:
    """The bare Snakefile without the commands of its rules."""
    return "\n".join(line for line in text.splitlines() if "shell:" not in line)


def with_directives(text: str) -> str:
    """The bare Snakefile with the directives of our rules."""
    lines: list[str] = []
    loop = ""  # the variable of the loop that makes the rules, in which braces are doubled
    text = without_commands(text).replace("rule choose", "checkpoint choose")
    for number, line in enumerate(text.splitlines()):
        indent, is_output, path = line.partition("output:")
        if not line.startswith(" "):
            loop = line.split()[1].strip(",") if line.startswith("for ") else ""
        lines.append(line.replace('"chosen"', AFTER_CHOICE) if "CELLS," in line else line)
        if is_output:
            wild = next((f"{{{name}}}" for name in ("run", "model") if f"{{{name}" in path), "all")
            values = {"f": "", "number": str(number), "wild": wild}
            if loop:
                values = {
                    "f": "f",
                    "number": f"{number}{{{loop}}}",
                    "wild": wild.replace("{", "{{").replace("}", "}}"),
                }
            lines += [f"{indent}{one}" for one in DIRECTIVES.format(**values).strip().splitlines()]
    return "\n".join(lines) + "\n"


def study_copy(folder: Path, runs: int) -> Path:
    """A copy of the repository with a study of `runs` trainings."""
    copy_repository(folder)
    study = yaml.safe_load((timing.ROOT / "config" / "micro-decoding.yaml").read_text())
    decodings = [f"t{1 + i / 1000:g}" for i in range(1, runs // SEEDS + 1)]
    study |= {"name": "large", "arms": {"ssd": {"decodings": decodings}}, "contrasts": []}
    study["training"] |= {"seeds": list(range(SEEDS))}
    study["evaluation"] |= {"sweeps": SWEEPS, "controls": {}}
    (folder / "config" / "large.yaml").write_text(yaml.safe_dump(study))
    return folder


def bare_copy(folder: Path, runs: int, text: str) -> Path:
    """A folder with a Snakefile of `runs` trainings, and the two files that it may name."""
    folder.mkdir(parents=True)
    (folder / "job.py").touch()
    (folder / "env.yaml").write_text("dependencies: [python]\n")
    values = {"RUNS": runs, "SEEDS": SEEDS, "DECODINGS": runs // SEEDS, "SWEEPS": SWEEPS}
    for name, value in values.items():
        text = text.replace(f"__{name}__", repr(value))
    (folder / "Snakefile").write_text(text)
    return folder


def planned(folder: Path, config: str | None) -> int:
    """One dry run: the number of jobs it found."""
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules", "--cores", "1"]
    command += ["--configfile", config] if config else []
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit((done.stdout + done.stderr)[-3000:])
    totals = [line for line in (done.stdout + done.stderr).splitlines() if line[:6] == "total "]
    return int(totals[0].split()[1]) if totals else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--finished", help="a copy of the repository with a finished micro study")
    options = parser.parse_args()
    here = str(timing.ROOT) if (timing.ROOT / "results/micro/report.html").exists() else None
    main(quick=options.quick, finished=options.finished or here)

"""Planning: `snakemake -n` of a large study against a bare Snakefile of the same graph.

The bare one has as many jobs, the edges between them and a shell command each, and nothing else: no
prompt file, params, logs, resources, functions. Without the commands it could not run; it is timed
like that too. The dressed one writes the directives that our rules write (log, benchmark, conda,
resources, params, script, a checkpoint), with constants in them: what ours takes beyond it is our
own code. Processor time of the whole command, side by side, and its slope over the jobs. Also of a
dry run of a finished micro study, if --finished names a copy that holds one.
Usage: python benchmarks/workflow.py [--quick] [--finished DIR]
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import side
import yaml

sys.path[:0] = [str(side.ROOT / "scripts"), str(side.ROOT / "tests" / "support")]

from study_folder import copied  # noqa: E402

LARGE, MICRO = "config/large.yaml", "config/micro.yaml"
SWEEPS = {"cold": ["t0.5", "t0.7"], "mild": ["t0.9", "t1"], "warm": ["t1.2"], "hot": ["t1.5"]}
SEEDS = 10
PER_RUN = 2 * len(SWEEPS) + 2  # its sweeps sampled and judged, its training set, its training
BARE = (Path(__file__).parent / "bare.smk").read_text()
DRESS = """
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
    """The large study, what its directives cost, growth in jobs, and a finished study if any."""
    large, small, repeats = (400, 200, 1) if quick else (10_000, 1000, 5)
    with tempfile.TemporaryDirectory() as folder:
        rows = [against_bare(Path(folder) / "large", large, repeats)]
        rows += taken_apart(Path(folder) / "small", small, repeats)
        counts = [100, 200, 400] if quick else [100, 400, 1600]
        used = [grown(Path(folder) / str(jobs), jobs) for jobs in counts]
    if finished:
        place = Path(finished)
        times = side.alternate([lambda: planned(place, MICRO)], repeats)[0]
        rows.append(side.alone("dry run of the finished micro study", times, at_most=4))
    growth = {"case": "ours, jobs", "sizes": counts, "cpu": used, **side.fit(counts, used)}
    side.save("workflow", "snakemake", rows=rows, growth=[growth])


def grown(folder: Path, jobs: int) -> float:
    """Processor seconds of one plan, imports and parsing included."""
    place = house(folder, trainings(jobs))
    return side.clock(lambda: planned(place, LARGE))[1]


def trainings(jobs: int) -> int:
    """How many runs make about so many jobs."""
    return max(1, round(jobs / PER_RUN / SEEDS)) * SEEDS


def against_bare(folder: Path, size: int, repeats: int) -> dict[str, Any]:
    """Ours against the bare Snakefile, in turn; the first run of each fills caches."""
    ours, bare, note = compared(folder, size, repeats, BARE)
    # The other is "theirs": at most 1.5 times it means a ratio of at least 1 / 1.5.
    more = {"target": round(1 / 1.5, 3), "note": f"{note}; at most 1.5 times the bare one"}
    return side.versus("plan of a large study", ours, bare, **more)


def taken_apart(folder: Path, size: int, repeats: int) -> Iterator[dict[str, Any]]:
    """Ours against the bare one without its commands, and against it with our directives."""
    variants = {"bare without commands": silent(BARE), "bare with our directives": dressed(BARE)}
    for name, text in variants.items():
        ours, other, note = compared(folder / name.replace(" ", "_"), size, repeats, text)
        yield side.versus(f"a smaller one, {name}", ours, other, note=note)


def compared(
    folder: Path, size: int, repeats: int, text: str
) -> tuple[list[side.Seconds], list[side.Seconds], str]:
    """Time a study of about so many jobs and a Snakefile of its graph; and the jobs of both."""
    runs = trainings(size)
    mine, other = house(folder / "ours", runs), plain(folder / "other", runs, text)
    counts: dict[str, int] = {}
    ours, theirs = side.alternate(
        [
            lambda: counts.update(ours=planned(mine, LARGE)),
            lambda: counts.update(theirs=planned(other, None)),
        ],
        repeats,
    )
    return ours, theirs, f"{counts['ours']:,} jobs against {counts['theirs']:,}"


def silent(text: str) -> str:
    """The bare Snakefile without the commands of its rules."""
    return "\n".join(line for line in text.splitlines() if "shell:" not in line)


def dressed(text: str) -> str:
    """The bare Snakefile with the directives of our rules."""
    lines: list[str] = []
    loop = ""  # the variable of the loop that makes the rules, in which braces are doubled
    text = silent(text).replace("rule choose", "checkpoint choose")
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
            lines += [f"{indent}{one}" for one in DRESS.format(**values).strip().splitlines()]
    return "\n".join(lines) + "\n"


def house(folder: Path, runs: int) -> Path:
    """A copy of the repository with a study of so many trainings."""
    copied(folder)
    study = yaml.safe_load((side.ROOT / "config" / "micro.yaml").read_text())
    decodings = [f"t{1 + i / 1000:g}" for i in range(1, runs // SEEDS + 1)]
    study |= {"name": "large", "arms": {"ssd": {"decodings": decodings}}, "contrasts": []}
    study["training"] |= {"seeds": list(range(SEEDS))}
    study["evaluation"] |= {"sweeps": SWEEPS, "controls": {}}
    (folder / "config" / "large.yaml").write_text(yaml.safe_dump(study))
    return folder


def plain(folder: Path, runs: int, text: str) -> Path:
    """A folder with a Snakefile of so many trainings, and the two files that it may name."""
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
    here = str(side.ROOT) if (side.ROOT / "results/micro/report.html").exists() else None
    main(quick=options.quick, finished=options.finished or here)

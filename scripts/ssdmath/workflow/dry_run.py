"""Say in words what a run would do: `python -m ssdmath.workflow.dry_run CONFIG [options]`.

Snakemake's dry run counts the jobs of each rule; the study says how many models, decodings and
draws they are.
"""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from ssdmath.config.config_file import read_config
from ssdmath.config.documents import refusal
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.study import Study, load
from ssdmath.grid.sweeps import Sweep, sweeps
from ssdmath.plan.counts import moves, stages
from ssdmath.plan.estimate import Estimate
from ssdmath.plan.throughput import Machine
from ssdmath.workflow.results_folder import results_of


def counted(output: str) -> dict[str, int]:
    """The number of jobs of each rule in the output of a dry run."""
    table = output.partition("Job stats:")[2].partition("\n\n")[0]
    rows = re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)
    return {rule: int(number) for rule, number in rows if rule not in ("total", "all")}


def text(study: Study, jobs: Mapping[str, int]) -> str:
    """What the jobs are: one line for each sampling sweep, the trainings, the rest, the time."""
    lines, completions, paid, sampling = [], 0, 0.0, 0
    for sweep in sweeps(study):
        if number := jobs.get(f"sample_{sweep.name}", 0):
            line, draws, with_moves = _sampled(study, sweep, number)
            lines.append(line)
            completions += draws
            paid += with_moves
            sampling += number
    estimate = Estimate.of(study, Machine(), None)
    trainings = min(jobs.get("train", 0), len(study.runs))
    if trainings:
        lines.append(f"train: {trainings} trainings of {study.steps[-1]} steps")
    trained = sum(estimate.passed(study, run.arm) for run in study.runs[:trainings])
    hours = estimate.hours(
        sampled=estimate.sampled(paid), trained=trained, jobs=sampling + trainings
    )
    if "choose" in jobs:
        planned = stages(study)
        for split in [split for split in ("test", OUTSIDE) if split in planned]:
            most = planned[split].completions
            lines.append(f"then the {split} cells that validation chooses: at most {most:,} draws")
    others = sum(jobs.values()) - sampling - trainings
    total = f"in all {sum(jobs.values())} jobs, {completions:,} draws before the test"
    lines += [
        f"and {others} short jobs: problems, verdicts, tables, report",
        f"{total}, about {_duration(hours)} of one {estimate.machine.device}; "
        "draws that are in the journal already are not made again",
    ]
    if study.imported is not None:
        lines[-1] = f"{total}; all are read from files"
    return "\n".join(f"{study.name}: {line}" for line in lines)


def _sampled(study: Study, sweep: Sweep, jobs: int) -> tuple[str, int, float]:
    """Say what the jobs of a sweep draw, how much that is, and how much with the moves of powers.

    The cells that are there already are no new ones.
    """
    model = sweep.models(study)[0]
    folder = results_of(study) / sweep.folder / "samples" / model / sweep.split
    file = f"{sweep.seed}.parquet"
    missing = [slug for slug in sweep.decodings if not (folder / slug / file).exists()]
    decodings = missing or sweep.decodings
    kind = "new decoding" if len(missing) < len(sweep.decodings) else "decoding"
    of_cell = jobs * sweep.problems(study) * sweep.draws
    draws, with_moves = len(decodings) * of_cell, (len(decodings) + moves(decodings)) * of_cell
    models = f"{jobs} model{'s' * (jobs > 1)}"
    cells = f"{models} x {len(decodings)} {kind}{'s' * (len(decodings) > 1)}"
    return f"{sweep.name} ({sweep.split}): {cells}, {draws:,} draws", draws, with_moves


def _duration(hours: float) -> str:
    if hours < 1 / 60:
        return f"{3600 * hours:.0f} s"
    return f"{60 * hours:.0f} min" if hours < 2 else f"{hours:,.1f} h"


def main(config: str, options: Sequence[str]) -> None:
    """Ask Snakemake, and say it in words; its own output where it fails."""
    try:
        study = load(read_config(config), config)
    except ValueError as error:
        sys.exit(refusal(error))
    command = ["snakemake", "--configfile", config, "-n", "--quiet", "rules", *options]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    output = process.stdout + process.stderr
    if process.returncode:
        errors = [line for line in output.splitlines() if line.startswith("error: ")]
        print("\n".join(errors) or output, file=sys.stderr)
        sys.exit(process.returncode)
    if "Nothing to be done" in output:
        print(f"{study.name}: nothing to do, all results are made and up to date")
    else:
        print(text(study, counted(output)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

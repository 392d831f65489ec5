"""Draw a flame graph of one job of a rule: results/profile-<rule>.svg.

In a copy of the repository and of a finished study, the first output of the rule is removed (with
its journal, so that a sampling job samples) and made again under py-spy, child processes included.
Usage: python benchmarks/flame.py RULE [--config config/micro.yaml]
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import timing
import yaml
from study_folder import copy_repository

RATE = "50"  # stack samples per second


def main(rule: str, config: str, results: Path | None) -> Path:
    """Copy, remove, make again under py-spy; return the path of the flame graph."""
    name = yaml.safe_load((timing.ROOT / config).read_text())["name"]
    study = results or timing.ROOT / "results" / name
    if not study.is_dir():
        sys.exit(f"{study}: no finished study there; make it first (make run CONFIG={config})")
    flame = timing.ROOT / "results" / f"profile-{rule}.svg"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        laid_out(copy, study, name)
        output = first_output(copy, config, rule)
        forget(copy, name, output)
        recorded = copy / "flame.svg"
        snakemake = [*command(config), "--cores", "1", "--rerun-triggers", "mtime", "--", output]
        spy = ["py-spy", "record", "--subprocesses", "--rate", RATE, "-o", str(recorded), "--"]
        subprocess.run([*spy, *snakemake], cwd=copy, check=True)
        flame.parent.mkdir(exist_ok=True)
        shutil.copy(recorded, flame)
    return flame


def command(config: str) -> list[str]:
    """The command that runs Snakemake on this study, quietly."""
    return [sys.executable, "-m", "snakemake", "--configfile", config, "--quiet", "rules"]


def laid_out(copy: Path, study: Path, name: str) -> None:
    """Copy the files a run reads, and the study with its modification times."""
    copy_repository(copy)
    shutil.copytree(study, copy / "results" / name, ignore=shutil.ignore_patterns(".lock"))


def first_output(copy: Path, config: str, rule: str) -> str:
    """The first file of the study that this rule makes."""
    asked = [*command(config), "--summary"]
    made = subprocess.run(asked, cwd=copy, capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit((made.stdout + made.stderr)[-2000:])
    rows = [line.split("\t") for line in made.stdout.splitlines() if line.count("\t") >= 3]
    head = next((row for row in rows if "rule" in row), None)
    if head is None:
        sys.exit("snakemake --summary printed no table")
    at = head.index("rule")
    rules = sorted({row[at] for row in rows if row is not head})
    found = [row[0] for row in rows if row[at] == rule and row is not head]
    if not found:
        sys.exit(f"rule {rule}: makes nothing in this study; it has {', '.join(rules)}")
    return found[0]


def forget(copy: Path, name: str, output: str) -> None:
    """Remove a file, and the journal of its model, from which a job would take the draws."""
    (copy / output).unlink(missing_ok=True)
    parts = Path(output).parts
    if "samples" in parts:
        model = parts[parts.index("samples") + 1]
        shutil.rmtree(copy / "results" / name / "journal" / model, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rule")
    parser.add_argument("--config", default="config/micro.yaml")
    parser.add_argument("--results", type=Path, help="the study's folder, if it is elsewhere")
    options = parser.parse_args()
    print(main(options.rule, options.config, options.results))

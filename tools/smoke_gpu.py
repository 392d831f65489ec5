"""Try the riskiest part of a study first: one row at the full cap through all that needs the GPU.

Random weights in the real shape go through a training step, the gradient signal, the export, the
sampling engine and geometry. Prints peak memory and speed of each beside the plan's figures, and
writes them where the next plan reads them (results/<study>/smoke.json).
Usage: python tools/smoke_gpu.py config/qwen3.5-4b.yaml [--profile profiles/gpu] [--gpus 1] [--tiny]
"""

import argparse
import shutil
import sys
from pathlib import Path

import yaml

from ssdmath.config.config_file import read_config
from ssdmath.config.study import Study, load
from ssdmath.plan import measured
from ssdmath.plan.throughput import Machine
from ssdmath.smoke import run
from ssdmath.smoke.task import Task
from ssdmath.tables import atomic
from ssdmath.workflow.results_folder import results_of

FOLDER = "smoke"  # in the study's results, deleted at the end


def machine(profile: Path | None) -> Machine:
    """The figures of a profile; without one the built-in ones."""
    if profile is None:
        return Machine()
    content = yaml.safe_load((profile / "config.yaml").read_text())
    return Machine.of(content.get("set-resources", {}).get("plan", {}))


def smoke(study: Study, figures: Machine, *, cards: int, threads: int, tiny: bool) -> bool:
    """Run all parts and write the record; whether none failed. ValueError without the GPUs."""
    run.claim(cards, tiny=tiny)
    results = results_of(study)
    folder = results / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    record = run.run(Task.of(study, folder, gpus=cards, threads=threads, tiny=tiny), figures)
    failed = any("failed" in part for part in record["parts"].values())
    file = results / ("smoke-tiny.json" if tiny else measured.FILE)
    atomic.write_json(record, file)
    print("\n".join(["", *measured.lines(record), "", f"written to {file}"]))
    if failed:
        print(f"a part failed: its log is in {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return not failed


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--profile", type=Path, help="whose figures the plan uses")
    parser.add_argument("--gpus", type=int, help="default: 1, with --tiny none")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tiny", action="store_true", help="a tiny shape, which a CPU can take")
    asked = parser.parse_args()
    cards = asked.gpus if asked.gpus is not None else int(not asked.tiny)
    try:
        study = load(read_config(asked.config), str(asked.config))
        figures = machine(asked.profile)
        sound = smoke(study, figures, cards=cards, threads=asked.threads, tiny=asked.tiny)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")
    sys.exit(not sound)


if __name__ == "__main__":
    main()

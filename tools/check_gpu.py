"""Check a study's engine against the model itself, and measure how far repeated draws differ.

Two small models: models/micro, and random weights in layers of the study's kinds (DeltaNet too);
--model adds a folder of your own. First tokens are tested against the exact distribution, log
probabilities compared with those of transformers in float32, and the same draws made again in the
same batch, shuffled, and with a third of the batch. Writes results/<study>/check-gpu.json.
Usage: python tools/check_gpu.py config/qwen3.5-4b.yaml [--model FOLDER] [--tiny]
"""

import argparse
import shutil
import sys
from pathlib import Path

from ssdmath.config.config_file import read_config
from ssdmath.config.study import Study, load
from ssdmath.smoke import check, run
from ssdmath.smoke.task import Task
from ssdmath.tables import atomic
from ssdmath.workflow.results_folder import results_of

FOLDER = "check-gpu"  # in the study's results, deleted at the end


def checked(study: Study, models: dict[str, Path], *, tiny: bool) -> list[str]:
    """Run the check and write its record; what is wrong. ValueError without a GPU."""
    cards = int(not tiny)
    run.claim(cards, tiny=tiny)
    folder = results_of(study) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    task = Task.of(study, folder, gpus=cards, threads=1, tiny=tiny)
    found = check.check(task, models, tiny=tiny)
    file = folder.with_name(f"{FOLDER}{'-tiny' * tiny}.json")
    atomic.write_json(found, file)
    print("\n".join(["", *check.lines(found), "", f"written to {file}"]))
    if not (wrong := [*check.wrong(found)]):
        shutil.rmtree(folder)
    return wrong


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--model", type=Path, help="the folder of one more model")
    parser.add_argument("--tiny", action="store_true", help="on a CPU, with transformers")
    asked = parser.parse_args()
    models = {"micro": check.MICRO} | ({str(asked.model): asked.model} if asked.model else {})
    try:
        study = load(read_config(asked.config), str(asked.config))
        wrong = checked(study, models, tiny=asked.tiny)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")
    sys.exit("\n".join(f"error: {line}" for line in wrong) or 0)


if __name__ == "__main__":
    main()

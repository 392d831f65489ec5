"""A smoke run: its parts one after the other, each in a process of its own, and their record."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any

from ssdmath.jobs import driver, gpus
from ssdmath.plan import measured
from ssdmath.plan.throughput import Machine
from ssdmath.smoke.parts import PARTS
from ssdmath.smoke.task import Task
from ssdmath.tables import atomic

NEEDS = {"train": "model", "signal": "model", "export": "train", "sample": "export"}
NEEDS |= {"geometry": "export"}
LIMIT = 3600  # seconds of one part
SHOWN = 300  # characters of an error


def claim(cards: int, *, tiny: bool) -> None:
    """Claim GPUs as a job would; ValueError in one line if they are too few, or have no driver."""
    visible = gpus.claim(cards)
    if cards > len(visible):
        found = f"--gpus is {cards}, this machine shows {len(visible)}"
        raise ValueError(f"{found}; allowed: at most as many, or --tiny on a CPU")
    if not tiny and not cards:
        raise ValueError("--gpus is 0; allowed: at least 1, or --tiny on a CPU")
    if cards and (missing := driver.missing(visible)):
        raise ValueError(missing)


def run(task: Task, machine: Machine) -> dict[str, Any]:
    """Run every part; the record with what each measured, or why it failed."""
    task.folder.mkdir(parents=True)
    file = task.folder / "task.json"
    atomic.write_json(task.model_dump(mode="json"), file)
    kernels = util.find_spec("fla") is not None
    planned = measured.estimated(
        task.shape,
        task.section,
        machine,
        tokens=task.tokens,
        memory_gb=task.memory_gb,
        gpus=max(1, task.gpus),
        kernels=kernels,
    )
    parts: dict[str, Any] = {}
    for name, result in _parts(file, task.folder):
        if "tokens" in result:
            result["tokens_per_second"] = result["tokens"] / result["seconds"]
        parts[name] = result | planned.get(name, {})
    return {
        "settings": measured.settings(task.shape, task.section, task.tokens),
        "device": parts.get("model", {}).get("device", "an unknown device"),
        "gpus": task.gpus,
        "kernels": kernels,
        "parts": parts,
    }


def _parts(file: Path, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part with its measurement; one whose input is missing is left out."""
    failed: set[str] = set()
    for name in PARTS:
        if NEEDS.get(name) in failed:
            failed.add(name)
            continue
        print(f"{name} ...", flush=True)
        result = part(["ssdmath.smoke.parts", name, str(file)], folder / f"{name}.json")
        seconds = f"{result.get('seconds', 0):.1f} s"
        print(f"{name}: {result.get('failed') or seconds}", flush=True)
        if "failed" in result:
            failed.add(name)
        yield name, result
        if name == "export":
            shutil.rmtree(folder / "states", ignore_errors=True)  # three times the weights


def part(arguments: list[str], output: Path) -> dict[str, Any]:
    """Run a module with its arguments and the file that it writes; that file, or what failed."""
    command = [sys.executable, "-m", *arguments, str(output)]
    with output.with_suffix(".log").open("w+") as log:
        try:
            subprocess.run(command, stdout=log, stderr=log, timeout=LIMIT, check=True)
        except subprocess.TimeoutExpired:
            return {"failed": f"it did not end in {LIMIT} s"}
        except subprocess.CalledProcessError:
            log.seek(0)
            lines = [line.strip() for line in log if line.strip()]
            return {"failed": lines[-1][:SHOWN] if lines else "no word of why"}
    result: dict[str, Any] = atomic.read_json(output)
    return result

"""Checkpoints that can be loaded, for a finished study of invented draws."""

import shutil
from pathlib import Path
from typing import Any

import tiny_models

from ssdmath.exported import models
from ssdmath.finished.study import FinishedStudy
from ssdmath.models import weights
from ssdmath.provenance import job_records
from ssdmath.tables import atomic


def add(finished: Path, folder: Path) -> Path:
    """A copy of the study, whose chosen checkpoints are models that can be loaded."""
    shutil.copytree(finished, folder)
    record = folder / "provenance" / "report.html.json"
    made: Any = atomic.read_json(record)
    for seed, one in enumerate(models.chosen(FinishedStudy(folder))):
        tiny_models.build("qwen3", one.folder, seed=seed)
        health = one.folder / "health.json"
        atomic.write_json(atomic.read_json(health) | weights.record(one.folder), health)
        name = f"results/synthetic/checkpoints/{one.name}/health.json"
        made["inputs"][name] = job_records.content(health)
    atomic.write_json(made, record)
    return folder

"""A copy of the repository in which studies are made, and the smallest study worth making."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from ssdmath.tables import parquet, schemas

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["Snakefile", "rules", "scripts", "config", "envs", "profiles", "models", "docs"]
RESULTS = Path("results") / "tiny"
LIMIT = 1200  # seconds, several times what the tiny study takes on two idle cores


def copy_repository(folder: Path) -> Path:
    """Copy what a run reads into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    return folder


def tiny_study() -> dict[str, Any]:
    """The micro study's shape with as little in it as still passes through every rule."""
    study = yaml.safe_load((ROOT / "config" / "micro-decoding.yaml").read_text())
    sizes = {"train": 12, "validation": 6, "test": 5}
    study["name"] = "tiny"
    study["problems"]["splits"] = {s: {"source": "world", "size": n} for s, n in sizes.items()}
    study["arms"] = {"ssd": {"decodings": ["t0.8-p0.9"]}, "naive": {"decodings": ["t1"]}}
    study["contrasts"] = [
        contrast for contrast in study["contrasts"] if contrast["split"] == "test"
    ]
    study["training"] |= {"seeds": [0], "checkpoints": [2, 4], "save_every": 1}
    study["training"] |= {"batch": 4, "micro_batch": 2}
    study["evaluation"] |= {
        "strata": None,
        "nested": [3],
        "sweeps": {"temperatures": ["t0.6", "t1"]},
        "controls": {"decode_only": ["t1-m0.1"]},
        "draws": {"validation": 4, "test": 4},
        "resamples": 500,
    }
    return study


def imported_study(cells: dict[str, list[str]], path: str) -> dict[str, Any]:
    """The tiny study without its arms, its cells read from files; `path` takes split, decoding."""
    study = tiny_study()
    for key in ("training", "mechanism"):
        del study[key]
    del study["problems"]["splits"]["train"]
    study["evaluation"] |= {"tested": [], "placebo": None, "composed": False}
    sides = {"a": {"arm": "base", "decoding": "t0.6"}, "b": {"arm": "base", "decoding": "t1"}}
    cold = {"name": "t0.6 against t1", "family": "primary", "split": "validation"}
    study |= {"name": "read", "arms": {}, "contrasts": [cold | sides]}
    study["sampling"] = {"engine": "imported", "cap": study["sampling"]["cap"]}
    found = {
        split: {slug: {"path": path.format(split, slug)} for slug in slugs}
        for split, slugs in cells.items()
    }
    return study | {"imported": {"mapping": "ssdmath", "cells": {"base": found}}}


class StudyFolder:
    """A copy of the repository in which a study is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        copy_repository(folder)
        self.results = folder / RESULTS

    def command(self, study: dict[str, Any], *options: str) -> list[str]:
        file = self.folder / "config" / "tiny.yaml"
        text = yaml.safe_dump(study)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        snakemake = [sys.executable, "-m", "snakemake", "--configfile", "config/tiny.yaml"]
        return [*snakemake, "--cores", "2", *options]

    def run(self, study: dict[str, Any], *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(study, *options),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    def made(self, study: dict[str, Any]) -> str:
        done = self.run(study)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stderr

    def planned(self, study: dict[str, Any]) -> dict[str, int]:
        """Rule -> number of jobs that a dry run would start."""
        done = self.run(study, "-n", "--quiet", "rules")
        assert done.returncode == 0, done.stderr[-3000:]
        output = done.stdout + done.stderr
        if "Nothing to be done" in output:
            return {}
        stats = output.partition("Job stats:")[2]
        jobs = re.findall(r"^(\w+) +(\d+)$", stats, re.MULTILINE)
        return {rule: int(count) for rule, count in jobs if rule not in ("all", "total", "count")}

    def csv(self, name: str) -> bytes:
        return (self.results / name).read_bytes()

    def cell(self, name: str) -> pl.DataFrame:
        return parquet.read(self.results / "samples" / name, schemas.SAMPLES)

"""Invented training logs, checkpoints' health, use of the machine and looks at the test split."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from synthetic_draws import Trainings, models

from ssdmath.contrasts import ledger
from ssdmath.jobs.usage import append
from ssdmath.tables import atomic


def write(root: Path, rng: np.random.Generator, trainings: Trainings) -> dict[str, Any]:
    """Write them below `root`; the keyword arguments of `report.main` that name the files."""
    logs, health, sets = [], [], []
    for model in models(trainings)[1:]:
        run = model.split("@")[0]
        rows = [
            {
                "step": step,
                "loss": 0.6 + 0.4 / (1 + step / 8) + 0.02 * float(rng.standard_normal()),
                "grad_norm": 0.5 + 0.1 * float(rng.random()),
                "lr": 1e-4 * (1 - step / 40),
                "tokens": 900 * step,
            }
            for step in range(1, 41)
        ]
        log = root / "training" / run / "log.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(json.dumps(row) + "\n" for row in rows))
        path = root / "checkpoints" / model / "health.json"
        start = {"mean_gradient_squared": 0.02, "lo": 0.01, "hi": 0.03, "signal_share": 0.25}
        entry = {"verdict": "moving", "loss": 0.7, "changed": 0.93, "start": start}
        atomic.write_json(entry, path)
        logs.append(str(log))
        dropped = {"empty": 3 if run.startswith("ssd_") else 2, "length_stop": 7}
        kept = {"run": run, "sampled": 40, "kept": 40 - sum(dropped.values()), "dropped": dropped}
        trained = {"epochs": 2.5, "rows_trained": 75, "tokens_trained": 3400, "match": None}
        set_file = log.with_name("set.json")
        atomic.write_json(kept | trained | {"levels": {"easy": 20, "hard": 10}}, set_file)
        sets.append(str(set_file))
        health.append(str(path))
    usage = root / "benchmarks" / "usage.jsonl"
    job = {"rule": "sample_temperatures", "wall": 41.5, "cpu": 41.1, "rss": 612.3}
    for model in ("base", "base", "ssd"):  # base was sampled twice; the last job counts
        append(usage, job | {"log": f"{root}/logs/sample_temperatures/{model}.log"})
    ledger.record(
        root / "test_ledger.jsonl",
        when="2026-01-02T03:04:05+00:00",
        cells=[("base", "t1"), ("base", "t0.7")],
        choice={"validation": "c0de", "config": "c0de", "verdicts": "c0de"},
    )
    found = ledger.record(
        root / "test_ledger.jsonl",
        when="2026-01-03T03:04:05+00:00",
        cells=[("base", "t1"), ("base", "t1.3")],
        choice={"validation": "beef", "config": "c0de", "verdicts": "beef"},
    )
    atomic.write_json(found, root / "ledger.json")
    return {
        "training_logs": logs,
        "health": health,
        "usage": [str(usage)],
        "sets": sets,
        "ledger": str(root / "ledger.json"),
    }

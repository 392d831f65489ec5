"""Compare our fine-tuning step with TRL's SFTTrainer and its defaults.

Both have the same model, rows, batch size, optimizer, schedule, seed and loss (on completions,
where TRL's default includes prompts). TRL runs in float32: its default, bf16, is far slower on a
CPU. The time of a side is its whole `train()`, with saving and logging; its memory is the growth of
a process of its own. There is one thread, so that processor seconds are what a free core needs.

Ours trains as the micro study does: in forward passes of 8 rows, which waste less on padding.
Usage: python benchmarks/training.py [--quick]
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peak
import polars as pl
import psutil
import timing
import torch
import transformers
import trl
from transformers.utils import logging as transformers_logging

from ssdmath.config.decoding import Decoding
from ssdmath.config.training import TrainingConfig
from ssdmath.micro.problems import generate
from ssdmath.models import loading
from ssdmath.sampling import prompts
from ssdmath.sampling.requests import cell_requests
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.tables import schemas
from ssdmath.training import sft

MICRO = timing.ROOT / "models" / "micro"
ROWS, BATCH = 512, 32


def section(steps: int, **more: Any) -> TrainingConfig:
    """The training settings of the micro study, with fewer steps."""
    plain = {
        "seeds": [0],
        "checkpoints": [steps],
        "batch": BATCH,
        "learning_rate": 1e-3,
        "final_learning_rate": 1e-4,
        "warmup_steps": min(3, steps),
    }
    return TrainingConfig.model_validate(plain | more)


def samples() -> pl.DataFrame:
    """The micro model's own completions at T = 1, as the arm `naive` trains on them."""
    engine = TransformersEngine(str(MICRO), batch=256, threads=1)
    statements = [one.statement for one in generate(split="train", n=ROWS, seed=3)]
    template = prompts.template(timing.ROOT / "config" / "prompts" / "boxed.txt")
    rendered = prompts.render(engine.tokenizer, template, statements, thinking=True)
    asked = cell_requests(
        model="benchmark",
        prompts={f"{number:04}": ids for number, ids in enumerate(rendered)},
        decoding=Decoding.parse("t1"),
        seed=0,
        draws=1,
    )
    drawn = sorted(engine.generate(asked, max_tokens=128), key=lambda one: one.request.problem)
    columns = {
        "problem": [one.request.problem for one in drawn],
        "index": [0] * len(drawn),
        "prompt_ids": [list(one.request.prompt_ids) for one in drawn],
        "token_ids": [list(one.token_ids) for one in drawn],
    }
    return pl.DataFrame(columns, schema=schemas.TRAINING_SET)


def ours(rows: pl.DataFrame, steps: int, folder: Path, **more: Any) -> trl.SFTTrainer:
    """Our trainer, as the rule `train` builds it."""
    transformers.set_seed(0)
    training = section(steps, **more)
    return sft.trainer_of(base=MICRO, rows=rows, section=training, seed=0, states=folder)


def theirs(rows: pl.DataFrame, steps: int, folder: Path, **more: Any) -> trl.SFTTrainer:
    """TRL's trainer: set what decides the result, leave the rest at its default."""
    transformers.set_seed(0)
    training = section(steps)
    options = {
        "output_dir": str(folder),
        "max_steps": steps,
        "per_device_train_batch_size": training.batch,
        "learning_rate": training.learning_rate,
        "lr_scheduler_type": "cosine_with_min_lr",
        "lr_scheduler_kwargs": {"min_lr": training.final_learning_rate},
        "warmup_steps": training.warmup_steps,
        "weight_decay": training.weight_decay,
        "adam_beta1": training.betas[0],
        "adam_beta2": training.betas[1],
        "seed": 0,
        "data_seed": 0,
        "report_to": "none",
        "use_cpu": True,
        "bf16": False,
        "dataloader_pin_memory": False,
        "logging_steps": 1,
        "completion_only_loss": True,
    }
    return trl.SFTTrainer(
        model=loading.load_model(MICRO),
        args=trl.SFTConfig(**options | more),
        train_dataset=sft.dataset(rows),
        processing_class=transformers.AutoTokenizer.from_pretrained(MICRO),
    )


Make = Callable[[pl.DataFrame, int, Path], trl.SFTTrainer]
SIDES: dict[str, Make] = {
    "ours": lambda *given: ours(*given, micro_batch=8),
    "TRL, defaults": theirs,
    "TRL, no recomputation": lambda *given: theirs(*given, gradient_checkpointing=False),
    "ours, one forward pass per batch": ours,
}


class Growth:
    """Measure how far the memory of the process rises inside a block."""

    def __enter__(self) -> "Growth":
        """Start measuring."""
        self._process, self._over = psutil.Process(), threading.Event()
        self._before = self._most = self._process.memory_info().rss
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop measuring."""
        self._over.set()
        self._watch.join()
        self.megabytes = (self._most - self._before) / 2**20

    def _look(self) -> None:
        while not self._over.wait(0.01):
            self._most = max(self._most, self._process.memory_info().rss)


def once(name: str, rows: pl.DataFrame, steps: int) -> dict[str, Any]:
    """Train once: seconds, tokens, losses, and the growth of the process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        trainer = SIDES[name](rows, steps, Path(folder) / "states")
        with Growth() as growth:
            wall, cpu = time.perf_counter(), time.process_time()
            trainer.train()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    log = trainer.state.log_history
    last = next(row for row in reversed(log) if "num_tokens" in row)
    losses = [row["loss"] for row in log if "loss" in row]
    return {
        "tokens": last["num_tokens"],
        "wall": wall,
        "cpu": cpu,
        "loss": losses,
        "megabytes": growth.megabytes,
    }


def memory(name: str, rows: Path, steps: int) -> float:
    """Memory growth in MB of a separate process that trains."""
    asked = [sys.executable, __file__, "--memory", name, "--rows", str(rows), "--steps", str(steps)]
    made = subprocess.run(asked, capture_output=True, text=True, check=True)
    return float(made.stdout.splitlines()[-1])


def main(*, steps: int, repeats: int) -> None:
    """Train each side `repeats` times in turn, then ours for 1, 4 and 16 steps."""
    torch.set_num_threads(1)
    rows = samples()
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in SIDES}
    for turn in range(repeats + 1):
        for name, kept in runs.items():
            made = once(name, rows, steps)
            if turn:
                kept.append(made)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.parquet"
        rows.write_parquet(file)
        grown = {name: memory(name, file, steps) for name in SIDES}
    used = work(rows)
    found = [against(name, runs, grown, used) for name in SIDES if name != "ours"]
    sizes = {size: once("ours", rows, size)["cpu"] for size in (1, 4, 16)}
    slope = {"case": "ours, steps", "sizes": list(sizes), "cpu": list(sizes.values())}
    growth = [slope | timing.fit(list(sizes), list(sizes.values()))]
    timing.save("training", "torch", "transformers", "trl", rows=found, growth=growth)


def work(rows: pl.DataFrame) -> Callable[[float], str]:
    """Say what share of the matmul limit so many tokens per second are, passes back included."""
    limit = peak.matmul()
    lengths = rows.select(pl.sum_horizontal(pl.col("prompt_ids", "token_ids").list.len()))
    context = float(lengths.to_series().cast(pl.Float64).to_numpy().mean()) / 2
    flops = (1 + peak.BACKWARD) * peak.per_token(loading.load_model(MICRO), context)
    return lambda rate: peak.said(rate * flops, limit)


def against(
    name: str,
    runs: dict[str, list[dict[str, Any]]],
    grown: dict[str, float],
    used: Callable[[float], str],
) -> dict[str, Any]:
    """Compare ours with one other side; only TRL's defaults have a target."""
    ours, theirs = ([(run["wall"], run["cpu"]) for run in runs[one]] for one in ("ours", name))
    losses = [runs[one][0]["loss"] for one in ("ours", name)]
    gap = max(abs(a - b) for a, b in zip(*losses, strict=True))
    tokens = runs["ours"][0]["tokens"]
    made = timing.versus(f"ours / {name}", ours, theirs, target=1.3 if "defaults" in name else None)
    rate = round(tokens / made["ours"]["cpu"])
    note = f"{rate:,} tokens per second; largest difference of a loss {gap:.1g}; "
    note += f"ours {used(tokens / made['ours']['cpu'])}; "
    return made | {"note": note + f"memory +{grown['ours']:.0f} against +{grown[name]:.0f} MB"}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--memory", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--rows", help=argparse.SUPPRESS)
    options = parser.parse_args()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    if options.memory:
        torch.set_num_threads(1)
        print(once(options.memory, pl.read_parquet(options.rows), options.steps)["megabytes"])
        sys.exit()
    main(steps=1 if options.quick else options.steps, repeats=1 if options.quick else 5)

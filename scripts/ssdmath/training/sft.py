"""Supervised fine-tuning on the token ids that a model sampled, with TRL's trainer.

Rows are trained as they were sampled: `input_ids` and a `completion_mask`, never re-tokenised text.
The end-of-sequence token is trained only where the sampler drew it, not where the cap cut a
completion off. Weights and optimizer moments are float32 (docs/method.md, section 7).

A run keeps resumable states (weights, moments, order of the data) while it trains. A killed run
resumes from its last complete state. Its checkpoints are exported from the states at the end.
"""

import gc
import logging
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import torch
import transformers
from datasets import Dataset
from torch.distributed.fsdp import MixedPrecisionPolicy
from trl import SFTConfig, SFTTrainer

from ssdmath.config.decoding import Decoding
from ssdmath.config.training import TrainingConfig
from ssdmath.models.checkpoints import save
from ssdmath.models.loading import load_model
from ssdmath.training import optimizer, trackers
from ssdmath.training.batches import SortedBatches
from ssdmath.training.exact_target import ExactTarget
from ssdmath.training.finite_loss import FiniteLoss
from ssdmath.training.lora import adapted, merged
from ssdmath.training.packing import check_packing
from ssdmath.training.states import StateRequests, log_of, resumable, state_folder
from ssdmath.training.step_times import StepTimes

LOGGER = logging.getLogger("ssdmath")
# With bf16=True accelerate makes parameters, reduction and outputs of FSDP bfloat16, whatever its
# file says. As in one process, only the parameters are, for the forward pass; gradients are added
# up over the processes, and the residual stream is kept, in float32.
PRECISION = MixedPrecisionPolicy(
    param_dtype=torch.bfloat16,
    reduce_dtype=torch.float32,
    output_dtype=torch.float32,
    cast_forward_inputs=False,
)
LOGGED = {"loss": "loss", "grad_norm": "grad_norm", "learning_rate": "lr", "entropy": "entropy"}


def dataset(rows: pl.DataFrame) -> Dataset:
    """Turn a TRAINING_SET into TRL's rows: prompt + completion ids, loss on the completion only."""
    pairs = list(zip(rows["prompt_ids"].to_list(), rows["token_ids"].to_list(), strict=True))
    return Dataset.from_dict(
        {
            "input_ids": [prompt + completion for prompt, completion in pairs],
            "completion_mask": [
                [0] * len(prompt) + [1] * len(completion) for prompt, completion in pairs
            ],
        }
    )


def arguments(section: TrainingConfig, *, seed: int, states: Path) -> SFTConfig:
    """Translate the study's training section; no default decides a result."""
    processes = _processes()
    micro_batch = per_forward(section, processes)
    cuda, recompute = torch.cuda.is_available(), section.gradient_checkpointing
    return SFTConfig(
        output_dir=str(states),
        max_steps=section.checkpoints[-1],
        per_device_train_batch_size=micro_batch,
        gradient_accumulation_steps=section.batch // (micro_batch * processes),
        learning_rate=section.learning_rate,
        lr_scheduler_type="cosine_with_min_lr",
        lr_scheduler_kwargs={"min_lr": section.final_learning_rate},
        warmup_steps=section.warmup_steps,
        **optimizer.arguments(section),
        max_grad_norm=section.clip,
        max_length=None,  # rows are as long as the study's cap allows; none is truncated
        completion_only_loss=True,
        packing=False,  # TRL's own packing would form other batches
        padding_free=section.packing,  # rows of a batch end to end, tested by `check_packing`
        loss_type="nll",  # computed in chunks: all logits at once would not fit
        gradient_checkpointing=cuda if recompute is None else recompute,
        bf16=cuda,  # autocast only; the weights stay float32
        use_cpu=not cuda,
        logging_steps=1,
        logging_nan_inf_filter=False,  # it would log 0; FiniteLoss stops
        save_strategy="no",  # StateRequests does that
        seed=seed,
        data_seed=seed,
        **trackers.arguments(section.report_to, states),
        disable_tqdm=False,
        dataloader_pin_memory=cuda,
    )


def per_forward(section: TrainingConfig, processes: int) -> int:
    """Sequences per process and forward pass; ValueError if they do not divide the batch."""
    micro_batch = section.micro_batch or section.batch // processes
    if not micro_batch or section.batch % (micro_batch * processes):
        stated = f"training.batch is {section.batch}, which {processes} processes cannot share"
        forwards = f" in forwards of {section.micro_batch}" if section.micro_batch else ""
        raise ValueError(f"{stated} equally{forwards}; allowed: a multiple")
    return micro_batch


def _processes() -> int:
    """Number of processes that `accelerate launch` started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1"))


class _Trainer(SFTTrainer):  # type: ignore[misc]
    """TRL's trainer with batches sorted by length, and autocast whatever splits the weights."""

    def compute_loss(self, *given: Any, **more: Any) -> Any:
        """Autocast, as accelerate does in one process; with FSDP 2 it leaves that out."""
        with torch.autocast(self.args.device.type, torch.bfloat16, enabled=self.args.bf16):
            return super().compute_loss(*given, **more)

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> SortedBatches:
        rows = train_dataset or self.train_dataset
        batch = self.args.per_device_train_batch_size * self.args.gradient_accumulation_steps
        return SortedBatches(
            [len(ids) for ids in rows["input_ids"]],
            batch=batch * _processes(),
            seed=self.args.data_seed,
        )


def train(
    *,
    base: Path,
    rows: pl.DataFrame,
    section: TrainingConfig,
    seed: int,
    threads: int,
    states: Path,
    identity: object,
    exact: str | None = None,
) -> list[dict[str, Any]]:
    """Train one run, leaving a state for each checkpoint under `states`; return its log.

    `identity` is everything that decides the run; states of another identity are deleted. With
    `exact`, a decoding's slug, the loss is to base's whole distribution under it. Rows of the log:
    step, loss (mean over the batch's completion tokens, in nats), its perplexity,
    grad_norm, lr, entropy.
    """
    torch.set_num_threads(threads)  # more threads than cores would wait for each other
    transformers.set_seed(seed)
    start = resumable(states, identity)
    last = state_folder(states, section.checkpoints[-1])
    if start == last:
        return history(log_of(last))  # the trainer would take one more step
    trainer = trainer_of(base=base, rows=rows, section=section, seed=seed, states=states)
    if exact is not None:
        ExactTarget(base, Decoding.parse(exact)).attach(trainer.model)
    LOGGER.info("training from step %s", start.name.partition("-")[2] if start else 0)
    trainer.train(resume_from_checkpoint=str(start) if start else None)
    log = history(trainer.state.log_history)
    trainer.accelerator.free_memory()
    del trainer
    free()
    return log


def trainer_of(
    *, base: Path, rows: pl.DataFrame, section: TrainingConfig, seed: int, states: Path
) -> SFTTrainer:
    """Make the trainer of one run, with its model loaded."""
    model = load_model(base)
    if section.packing:
        check_packing(model, [row["input_ids"] for row in dataset(rows[:2])])
    # FSDP splits the model by these classes. Its own list includes those of the vision tower, which
    # is not loaded, and it would stop.
    kinds = {type(module).__name__ for module in model.modules()}
    layers = getattr(model, "_no_split_modules", None) or ()
    os.environ["FSDP_TRANSFORMER_CLS_TO_WRAP"] = ",".join(sorted(kinds.intersection(layers)))
    if section.lora is not None:
        model = adapted(model, section.lora)
    trainer = _Trainer(
        model=model,
        args=arguments(section, seed=seed, states=states),
        train_dataset=dataset(rows),
        processing_class=transformers.AutoTokenizer.from_pretrained(base),
        callbacks=[FiniteLoss(), StateRequests(section), StepTimes()],
    )
    if trainer.args.bf16 and (plugin := trainer.accelerator.state.fsdp_plugin) is not None:
        plugin.mixed_precision_policy = PRECISION
    return trainer


def free() -> None:
    """Give memory back whose objects nobody can reach: a trainer and its model refer to each other.

    Whatever comes next loads a model of its own, and a card does not hold both.
    """
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def history(logged: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Turn what the trainer logged into the run's log."""
    return [
        {"step": row["step"], "perplexity": math.exp(row["loss"])}
        | {name: row[key] for key, name in LOGGED.items() if key in row}
        for row in logged
        if "loss" in row
    ]


def export(*, base: Path, state: Path, section: TrainingConfig, output: Path) -> Any:
    """Export a state as a checkpoint, adapters merged; return its model.

    The returned model has float32 weights, whatever type the checkpoint stores.
    """
    if section.lora is None:
        model = load_model(state)
    else:
        model = merged(load_model(base), state, rows=_probe(base))
    save(model, base=base, output=output)
    return model


def _probe(base: Path) -> torch.Tensor:
    """Return token ids (1, 32) to compare models on."""
    size = transformers.AutoConfig.from_pretrained(base).get_text_config().vocab_size
    return torch.arange(32).remainder(size).unsqueeze(0)

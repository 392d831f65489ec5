"""What a smoke run tries: a study's shape, its longest row, and a training of two steps."""

from pathlib import Path
from random import Random
from typing import Self

import polars as pl

from ssdmath.config.base import ClosedModel
from ssdmath.config.mechanism import DEFAULT_MEMORY
from ssdmath.config.planning import AttentionShape, DeltaShape, ShapeConfig
from ssdmath.config.study import Study
from ssdmath.config.training import TrainingConfig
from ssdmath.plan import model_shape
from ssdmath.sampling.settings import EngineSettings
from ssdmath.tables import schemas

STEPS = 2  # the first one compiles kernels; the second one is timed
DRAWN = 256  # tokens of each of a whole batch of draws
# As Qwen3.5 has them: three DeltaNet layers to one of attention.
TINY = ShapeConfig(
    parameters=100_000,
    layers=4,
    hidden=64,
    intermediate=96,
    vocabulary=512,
    attention=AttentionShape(heads=4, key_heads=2, head=32, gated=True),
    delta=DeltaShape(layers=3, key_heads=2, value_heads=4, key=16, value=16),
)
TINY_CAP, TINY_BATCH, TINY_DRAWN = 256, 4, 16


class Task(ClosedModel):
    """One smoke run; plain data, because each of its parts runs in a process of its own."""

    folder: Path  # for the model, the states and the checkpoint
    shape: ShapeConfig
    section: TrainingConfig  # of the study, cut down to two steps
    prompt: int  # tokens
    cap: int
    batch: int  # draws at once
    drawn: int  # tokens of each of them
    decoding: str
    engine: EngineSettings
    memory_gb: float  # of geometry's tiles
    gpus: int
    threads: int

    @classmethod
    def of(cls, study: Study, folder: Path, *, gpus: int, threads: int, tiny: bool) -> Self:
        """The task of a study; ValueError without a shape. `tiny`: as small as a CPU can take."""
        shape = TINY if tiny else model_shape.of(study)
        if shape is None:
            raise ValueError("plan.shape: found none; allowed: the size of the hub's model")
        sampling = study.sampling
        cap = min(TINY_CAP, sampling.cap) if tiny else sampling.cap
        engine = sampling.model_dump(include={"engine", "dtype", "kv_cache_dtype"}) | {"cap": cap}
        if tiny:
            engine = {"engine": "transformers", "dtype": "float32", "cap": cap}
        return cls(
            folder=folder,
            shape=shape,
            section=_two_steps(study.largest_training or study.trains_with, max(1, gpus)),
            prompt=study.plan.prompt_tokens,
            cap=cap,
            batch=TINY_BATCH if tiny else sampling.batch,
            drawn=min(TINY_DRAWN if tiny else DRAWN, cap),
            decoding=study.evaluation.default,
            engine=EngineSettings.model_validate(engine),
            memory_gb=study.mechanism.memory if study.mechanism else DEFAULT_MEMORY,
            gpus=gpus,
            threads=threads,
        )

    @property
    def tokens(self) -> int:
        """Tokens of the longest row."""
        return self.prompt + self.cap

    @property
    def base(self) -> Path:
        """The folder of the model with random weights."""
        return self.folder / "model"

    @property
    def states(self) -> Path:
        """The folder of the training's states."""
        return self.folder / "states"

    @property
    def checkpoint(self) -> Path:
        """The folder of the exported checkpoint."""
        return self.folder / self.model

    @property
    def model(self) -> str:
        """The name of the trained model, as geometry wants it: trained on a hot sample."""
        return f"smoke_t1.5-k20-p0.95_s0@{STEPS}"

    def rows(self) -> pl.DataFrame:
        """A TRAINING_SET of one batch of rows as long as a row can be, of random tokens."""
        count = self.section.batch
        return pl.DataFrame(
            {
                "problem": [f"p{row}" for row in range(count)],
                "index": [0] * count,
                "prompt_ids": [self._ids(row, self.prompt) for row in range(count)],
                "token_ids": [self._ids(-row - 1, self.cap) for row in range(count)],
            },
            schema=schemas.TRAINING_SET,
        )

    def _ids(self, seed: int, count: int) -> list[int]:
        return Random(seed).choices(range(3, self.shape.vocabulary), k=count)


def _two_steps(section: TrainingConfig, processes: int) -> TrainingConfig:
    """A training of two steps, each of one forward pass in every process."""
    forward = section.micro_batch or -(-section.batch // processes)
    fewer = {"checkpoints": [STEPS], "batch": processes * forward, "micro_batch": forward}
    fewer |= {"seeds": [0], "warmup_steps": 0, "save_every": 10**6, "report_to": []}
    return section.model_copy(update=fewer)

"""What a training's states take of the host's memory while they are written and read."""

import ctypes
import json
import os
from pathlib import Path

from ssdmath.training import sft

FILE = "memory-{}.json"  # of each process, beside its states


def status(name: str) -> int:
    """Bytes of a field of /proc/self/status."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(name)).split()[1])


class Measured(sft._Trainer):
    """The trainer, with the rise of each process's memory over what it held before."""

    def _save_checkpoint(self, *given: object, **more: object) -> None:
        with Rise(self, "save"):
            super()._save_checkpoint(*given, **more)

    def _load_from_checkpoint(self, *given: object, **more: object) -> None:
        with Rise(self, "load weights"):
            super()._load_from_checkpoint(*given, **more)

    def _load_optimizer_and_scheduler(self, *given: object, **more: object) -> None:
        with Rise(self, "load moments"):
            super()._load_optimizer_and_scheduler(*given, **more)


class Rise:
    """Notes how far the peak of this process rises inside the block, in bytes a parameter."""

    def __init__(self, trainer: sft._Trainer, name: str) -> None:
        self.trainer, self.name = trainer, name

    def __enter__(self) -> None:
        ctypes.CDLL(None).malloc_trim(0)  # what the last state left to the allocator
        Path("/proc/self/clear_refs").write_text("5")  # the peak is what is held now
        self.before = status("VmRSS:")

    def __exit__(self, *_: object) -> None:
        count = sum(one.numel() for one in self.trainer.model.parameters())
        folder, rank = Path(self.trainer.args.output_dir), os.environ.get("RANK", "0")
        file = folder.parent / FILE.format(rank)
        known = json.loads(file.read_text()) if file.exists() else {}
        rise = (status("VmHWM:") - self.before) / count
        file.write_text(json.dumps(known | {self.name: rise}))  # the last one: all is imported

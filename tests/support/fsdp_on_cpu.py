"""One process of a training whose weights FSDP splits, on a CPU.

accelerate splits weights on GPUs only. This makes it take gloo's processes for GPUs named `cpu`, so
that the config and the code of a GPU machine run here. With BF16 in the environment the trainer
does what it does on a GPU: autocast, and parameters in bfloat16 for the forward pass. What FSDP
then keeps and adds up is checked after every step. With MEASURE the memory of states is measured.
"""

import os
import sys
from pathlib import Path

os.environ["ACCELERATE_TORCH_DEVICE"] = "cpu"

import accelerate.state
import torch
import torch.distributed
from accelerate.utils import DistributedType
from torch.distributed.fsdp import FSDPModule
from torch.distributed.tensor import DTensor

from ssdmath.training import launch, sft

torch.distributed.init_process_group("gloo")
backend = ("gloo", DistributedType.MULTI_GPU)
accelerate.state.PartialState._prepare_backend = lambda *_, **__: backend


class OnGpu(sft._Trainer):
    """The trainer with a GPU's precision, and a look at what FSDP makes of it."""

    def __init__(self, **given: object) -> None:
        given["args"].bf16 = True
        given["args"].__post_init__()
        super().__init__(**given)

    def training_step(self, model: torch.nn.Module, *given: object, **more: object) -> object:
        loss = super().training_step(model, *given, **more)
        groups = [part for part in model.modules() if isinstance(part, FSDPModule)]
        policies = {part._get_fsdp_state()._mp_policy for part in groups}
        assert policies == {sft.PRECISION}
        trained = [one for one in model.parameters() if one.grad is not None]
        assert trained
        assert all(isinstance(one, DTensor) for one in trained)
        assert {one.dtype for one in trained} == {torch.float32}
        assert {one.grad.dtype for one in trained} == {torch.float32}
        return loss


if os.environ.get("BF16"):
    sft._Trainer = OnGpu
if os.environ.get("MEASURE"):
    import state_memory

    sft._Trainer = state_memory.Measured
launch.main(Path(sys.argv[1]))

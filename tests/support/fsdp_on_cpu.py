"""One process of a training whose weights FSDP splits, on a CPU.

accelerate splits weights on GPUs only. This makes it take gloo's processes for GPUs named `cpu`, so
that the config and the code of a GPU machine run here.
"""

import os
import sys
from pathlib import Path

os.environ["ACCELERATE_TORCH_DEVICE"] = "cpu"

import accelerate.state
import torch.distributed
from accelerate.utils import DistributedType

from ssdmath.training import launch

torch.distributed.init_process_group("gloo")
backend = ("gloo", DistributedType.MULTI_GPU)
accelerate.state.PartialState._prepare_backend = lambda *_, **__: backend
launch.main(Path(sys.argv[1]))

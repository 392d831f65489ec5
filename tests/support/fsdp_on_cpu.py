"""One process of a training whose weights are split by FSDP, on a CPU.

accelerate splits weights on GPUs only; told that gloo's processes are GPUs called `cpu`, it does so
here, with the config and the code that a GPU box runs.
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

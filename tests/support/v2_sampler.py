"""vLLM's sampler for GPUs (model runner V2) on a CPU: its Triton kernels, interpreted.

Usage: python v2_sampler.py VLLM TRITON IN.npz OUT.npz, the first two being unpacked wheels.
Nothing is compiled: TRITON_INTERPRET runs the kernels' Python line by line. So what is tested is
the arithmetic of the kernels, not what a GPU makes of it. The rest of vLLM is not imported; the
four functions that its `Sampler` calls for a draw are called here in its order, which
test_vllm_v2_kernels.py reads in its source.
"""

import importlib.util
import inspect
import os
import sys
import types
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

os.environ["TRITON_INTERPRET"] = "1"
VLLM, TRITON, GIVEN, FOUND = map(Path, sys.argv[1:])
sys.path.insert(0, str(TRITON))

import numpy as np  # noqa: E402
import torch  # noqa: E402
import triton  # noqa: E402
import triton.language as tl  # noqa: E402

MULTIPROCESSORS = 8
TOP_K_TOP_P = "v1/sample/ops/topk_topp_triton.py"
# The interpreter's loop variables are plain numbers, and this machine should take a GPU's branches.
ON_A_CPU = {
    "row_id.to(tl.int64)": "row_id",
    'logits.device.type == "cuda"': "True",
    'logits.device.type == "cpu"': "False",
}


def stub(name: str, **content: Any) -> None:
    """A module of vLLM of which the kernels' files use no more than this."""
    module = types.ModuleType(name)
    module.__path__ = []
    module.__dict__.update(content)
    sys.modules[name] = module


def dispatcher(kernel: Any, **_: Any) -> Callable[[Any], Any]:
    """What vLLM's decorator does at a call: the function's grid and settings, then the kernel."""

    def of(settings: Any) -> Callable[..., None]:
        def launch(*args: Any) -> None:
            given = inspect.signature(settings).bind(*args).arguments
            grid, own = settings(*args)
            for name in kernel.arg_names:
                tensor = name.lower().removesuffix("_stride_0")
                if name not in own:
                    own[name] = given[tensor].stride(0) if name[-2:] == "_0" else given[tensor]
            own.pop("num_warps")
            kernel[grid](**own)

        return launch

    return of


def load(path: str, changes: dict[str, str] | None = None) -> Any:
    """A file of the wheel as a module, with each of the changes made in its text."""
    file = VLLM / "vllm" / path
    text = file.read_text()
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    file = file.with_name(f"changed_{file.name}")  # Triton reads a kernel's text from its file
    file.write_text(text)
    spec = importlib.util.spec_from_file_location(f"vllm_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Mask each row of logits, alone or with many others, then draw from it with each seed."""
    warmup = "vllm.model_executor.warmup.jit_warmup"
    stub("vllm")
    stub("vllm.triton_utils", tl=tl, triton=triton)
    stub("vllm.model_executor")
    stub("vllm.model_executor.warmup")
    stub(warmup, WarmupChoices=None, WarmupIntRange=None, _when=None)
    launcher = {"triton_kernel_dispatcher_with_warmup": dispatcher}
    stub(f"{warmup}_triton_helper", DispatchSpec=tuple, TritonWarmupTensor=None, **launcher)
    cuda = types.SimpleNamespace(is_cuda_alike=lambda: True)
    stub("vllm.platforms", current_platform=cuda)
    stub("vllm.utils")
    stub("vllm.utils.gpu_sync_debug", gpu_sync_allowed=nullcontext)
    stub("vllm.utils.math_utils", next_power_of_2=triton.next_power_of_2)
    stub("vllm.utils.platform_utils", num_compute_units=lambda *_: MULTIPROCESSORS)
    gumbel = load("v1/worker/gpu/sample/gumbel.py")
    min_p = load("v1/worker/gpu/sample/min_p.py")
    top = load(TOP_K_TOP_P, ON_A_CPU)

    given = {name: torch.from_numpy(array) for name, array in np.load(GIVEN).items()}
    logits, temperature = given["logits"], given["temperature"]
    vocabulary = logits.shape[1]
    every = torch.arange(len(logits))

    def masked(rows: torch.Tensor) -> torch.Tensor:
        of = logits[rows].clone()
        gumbel.apply_temperature(of, rows, temperature)
        min_p.apply_min_p(of, rows, given["min_p"])
        top_k, top_p = given["top_k"][rows], given["top_p"][rows]
        only = bool(((top_k >= vocabulary) & (top_p < 1)).any())
        return top.apply_top_k_top_p_triton(of, top_k, top_p, has_topp_only_rows=only)

    size = int(given["together"])  # requests in a batch
    of = torch.cat([masked(rows) for rows in every.split(size)])
    row, seed, position = given["row"], given["seed"], given["position"]
    how = {"apply_temperature": False, "is_drafting": False}
    seeds = torch.zeros(len(row), dtype=torch.int64)
    seeds[:] = seed
    number = torch.arange(len(row))  # each draw is a request of its own
    drawn = gumbel.gumbel_sample(of[row], number, temperature[row], seeds, position, **how)
    np.savez(FOUND, inside=(of > -torch.inf).numpy(), drawn=drawn.numpy())


if __name__ == "__main__":
    main()

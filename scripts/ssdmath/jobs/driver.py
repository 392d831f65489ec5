"""The NVIDIA driver that the pinned wheels need, and what is said where it is missing or older.

With an older driver torch only warns and computes on the CPU, for as long as one lets it.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ssdmath.jobs import cards

CUDA, LEAST = "13.0", 580  # of torch in envs/gpu.txt, and the driver's first release for it
KERNEL = Path("/proc/driver/nvidia/version")  # where a container has no nvidia-smi
SWITCH = "SSDMATH_DRIVER_CHECK"  # `off` starts with any driver


def missing(names: Sequence[str]) -> str | None:
    """Say in one line that no driver answers, or an older one, for GPUs of CUDA_VISIBLE_DEVICES."""
    if os.environ.get(SWITCH) == "off":
        return None
    answer = cards.ask()
    if not (answer.cards or _kernel()):
        allowed = f"{LEAST} or newer; without a GPU no --profile profiles/gpu"
        return f"NVIDIA driver: found none ({answer.trouble}); allowed: {allowed}"
    return older(names, answer.cards)


def older(names: Sequence[str], listed: Sequence[cards.Card]) -> str | None:
    """Say in one line that the driver of these GPUs is too old; None if it is not, or unknown."""
    shown = cards.named(listed, names) or listed
    versions = [card.driver for card in shown] or [*filter(None, [_kernel()])]
    for version in versions:
        major = version.partition(".")[0]
        if major.isdigit() and int(major) < LEAST and os.environ.get(SWITCH) != "off":
            need = f"{LEAST} or newer, for CUDA {CUDA} of envs/gpu.txt"
            out = f"update it, in a container the host's; {SWITCH}=off starts anyway"
            return f"NVIDIA driver: found {version}; allowed: {need} ({out})"
    return None


def _kernel() -> str | None:
    """The version of the loaded kernel module."""
    if not KERNEL.is_file():
        return None
    words = KERNEL.read_text().partition("\n")[0].split()
    return next((word for word in words if word[0].isdigit() and "." in word), None)

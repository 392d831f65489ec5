"""The tiny study with a race in it, and as little else as a race needs."""

from typing import Any

from study_folder import tiny_study

GRID = ["t0.6", "t1", "t1.4", "t2", "t2.5"]


def raced_config() -> dict[str, Any]:
    """Five decodings: three problems once, six problems twice, then all four draws of them."""
    study = tiny_study() | {"mechanism": None}
    study["arms"] = {"ssd": study["arms"]["ssd"]}
    study["training"] |= {"checkpoints": [2], "warmup_steps": 1}
    study["evaluation"] |= {
        "sweeps": {"temperatures": GRID[:3], "hot": GRID[3:]},
        "controls": {},
        "racing": {
            "rungs": [{"problems": 0.5}, {"problems": 1, "draws": 2}],
            "keep": 0.3,
            "reach": 0,
        },
    }
    return study

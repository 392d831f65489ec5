"""A study that trains nothing and is read at three looks; as little else as that needs."""

from typing import Any

from study_folder import tiny_study

WORST = "t3"  # hardly any answer is right at it


def looked_config(*, effect: bool) -> dict[str, Any]:
    """Base at its best, against base at its worst (a huge effect) or against the placebo (none)."""
    study = tiny_study() | {"mechanism": None, "arms": {}, "training": None}
    study["problems"]["splits"] = {
        split: {"source": "world", "size": size}
        for split, size in {"validation": 6, "test": 40}.items()
    }
    worst = {"arm": "base", "decoding": WORST}
    study["evaluation"] |= {
        "sweeps": {"temperatures": ["t0.6", WORST]},
        "controls": {},
        "composed": False,
        "draws": {"validation": 2, "test": 2},
        "ks": [1],
        "default": WORST,
        "tested": ["base"],
        "looks": [0.5, 0.75, 1],
        "nested": [],
        "strata": {"draws": 1},
    }
    primary = worst if effect else {"arm": "placebo"}
    study["contrasts"] = [
        {"name": "best", "family": "primary", "split": "test", "a": {"arm": "base"}, "b": primary},
        {
            "name": "hot",
            "family": "confirmatory",
            "split": "test",
            "a": {"arm": "base"},
            "b": worst,
        },
    ]
    return study

"""A small sampling job on the micro model, run as its rule runs it; several tests interrupt it."""

from pathlib import Path

import sample  # the rule's own script
from ssdmath.models import weights
from ssdmath.sampling.backends import Grant
from ssdmath.tables import atomic, parquet, schemas

ROOT = Path(__file__).resolve().parents[2]
DECODINGS = ["t0.7-p0.9", "t1"]
PROBLEMS, DRAWS, BATCH = 8, 3, 8
TOTAL = PROBLEMS * DRAWS * len(DECODINGS)
SETTINGS = {
    "decodings": DECODINGS,
    "seed": 0,
    "draws": DRAWS,
    "cap": 64,
    "engine": "transformers",
    "dtype": "float32",
    "thinking": True,
}


def inputs(folder: Path, model: Path = ROOT / "models" / "micro") -> dict[str, str]:
    """Write the input files of the job; return their paths."""
    from ssdmath.config.problems import ProblemsConfig
    from ssdmath.problems.build import build

    world = {"world": {"kind": "generated", "seed": 11}}
    splits = {s: {"source": "world", "size": PROBLEMS} for s in ("train", "validation", "test")}
    section = ProblemsConfig.model_validate({"sources": world, "splits": splits})
    problems = build(section, smoke=False).frames["validation"]
    parquet.write(problems, folder / "problems.parquet", schemas.PROBLEMS, {})
    atomic.write_json(weights.record(model), folder / "base.json")
    return {
        "problems": str(folder / "problems.parquet"),
        "prompt": str(ROOT / "config" / "prompts" / "boxed.txt"),
        "model": str(folder / "base.json"),
    }


def cells(study: Path) -> list[Path]:
    """The tables that the job writes."""
    return [study / f"samples/base/validation/{one}/0.parquet" for one in DECODINGS]


def journals(study: Path) -> list[Path]:
    """The journals of these cells, in the same order."""
    return [study / f"journal/base/validation/{one}/0.jsonl" for one in DECODINGS]


def run(study: Path, files: dict[str, str]) -> None:
    """Draw what the study's cells lack, and write them."""
    study.mkdir(exist_ok=True)
    with (study / "terminal").open("w") as terminal:
        sample.main(
            **files,
            raced=[],
            settings=SETTINGS,
            code="c",
            grant=Grant(batch=BATCH),
            outputs=[str(path) for path in cells(study)],
            terminal=terminal,
        )

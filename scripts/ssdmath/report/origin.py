"""Where a file of a study comes from: the rule that made it, and the commit that is checked out."""

import subprocess
from pathlib import Path, PurePath

FOLDERS = {
    "samples": "sample_*",
    "verdicts": "verify_*",
    "problems": "problems",
    "checkpoints": "train",
    "training": "train",
    "matched_prompts": "matched_prompts",
    "benchmarks": "all",
}
FILES = {
    "chosen": "choose",
    "set": "training_set",
    "heuristic_recall": "truth",
    "target": "geometry",
    "positions": "geometry",
    "outside_scores": "outside",
    "problems/outside": "outside_problems",
}


def rule(name: str) -> str:
    """The rule that makes a file, by its path inside the study's folder."""
    path = PurePath(name)
    in_folder = FOLDERS.get(path.parts[0], path.stem) if len(path.parts) > 1 else path.stem
    return FILES.get(path.with_suffix("").as_posix()) or FILES.get(path.stem) or in_folder


def commit(folder: Path = Path(__file__).parent) -> str:
    """The commit that is checked out, and whether files differ from it; empty without git."""
    head = _git(folder, "rev-parse", "--short=12", "HEAD")
    changed = head and _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{head} with uncommitted changes" if changed else head


def _git(folder: Path, *words: str) -> str:
    try:
        process = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""

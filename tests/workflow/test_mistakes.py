"""The commonest mistakes: each ends at once, a line a mistake, with what is allowed."""

import resource
import subprocess
from pathlib import Path

import pytest
import yaml
from study_folder import tiny_study

pytestmark = pytest.mark.workflow

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 6.0  # of processor time: 3 where the machine is idle, more where others share its caches
HUB = {"hub": "Qwen/Qwen3.5-0.8B", "revision": "unpinned", "thinking": False}

# name -> (target of make, keys to set or whole text of the config, what each line says)
MISTAKES: dict[str, tuple[str, dict[str, object] | str | None, list[str]]] = {
    "no such config": ("run", None, ["cannot be read (No such file or directory)"]),
    "no such config to plan": ("plan", None, ["cannot be read (No such file or directory)"]),
    "no such config to serve": ("serve", None, ["cannot be read (No such file or directory)"]),
    "a misspelt key": (
        "run",
        {"training.learning_rte": 1e-3},
        ["training.learning_rte: unknown key, found 'learning_rte'; did you mean 'learning_rate'?"],
    ),
    "three mistakes": (
        "run",
        {"training.learning_rte": 1e-3, "sampling.cap": 0, "evaluation.draws": {"validation": "x"}},
        [
            "training.learning_rte: unknown key",
            "sampling.cap: found 0; allowed: greater than 0",
            "evaluation.draws.validation: found 'x'; allowed: an integer",
        ],
    ),
    "a tab": ("run", "name: a\nmodel:\n\tpath: b\n", ["line 3: found character"]),
    "a brace too few": (
        "run",
        "name: a\nmodel: {path: b\n",
        ["line 3: did not find expected ',' or '}'"],
    ),
    "a key twice": ("run", "name: a\nname: b\n", ["line 2: name: found the key again"]),
    "an empty file": ("run", "", ["found nothing; allowed: one mapping"]),
    "no such model": (
        "run",
        {"model.path": "models/none", "prompt": "none.txt"},
        ["none.txt: cannot be read", "model.path: models/none is not a directory; allowed: a mo"],
    ),
    "a model that is not made yet": (
        "run",
        {"model.path": "local/SmolLM2-135M-Instruct"},
        ["allowed: a model directory (`make smollm2` makes this one)"],
    ),
    "an unpinned model": (
        "run",
        {"model": HUB},
        ["revision is 'unpinned' of model (Qwen/Qwen3.5-0.8B); allowed in a run: a commit (`make"],
    ),
    "a decoding that is none": (
        "run",
        {"arms.ssd.decodings": ["T1.5"]},
        ["arms.ssd.decodings.0: decoding 'T1.5' is not of the form"],
    ),
    "no seeds": ("run", {"training.seeds": []}, ["training.seeds: found a list of 0; allowed: at"]),
    "a warm-up too long": ("run", {"training.warmup_steps": 9}, ["found 9; allowed: at most 4"]),
    "no such source": (
        "plan",
        {"problems.splits.test": {"source": "wrld", "size": 5}},
        ["problems: splits.test.source is 'wrld'; allowed are ['world']"],
    ),
    "serve before a run": ("serve", {}, ["nothing was run; first: make run CONFIG="]),
}


@pytest.mark.parametrize(("target", "wrong", "words"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_ends_at_once_in_a_line(
    tmp_path: Path, target: str, wrong: dict[str, object] | str | None, words: list[str]
):
    config = tmp_path / "mine.yaml"
    if wrong is not None:
        config.write_text(wrong if isinstance(wrong, str) else yaml.safe_dump(study(wrong)))
    before = seconds()
    command = ["make", "-o", ".venv/cpu", target, f"CONFIG={config}", "CORES=1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert seconds() - before < SECONDS
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if not line.startswith(("make", "Using wor"))]
    assert len(said) == len(words), said
    for line, part in zip(said, words, strict=True):
        assert line.startswith("error: "), line
        assert part in line


def study(wrong: dict[str, object]) -> dict[str, object]:
    """The tiny study, never made here, with some keys set."""
    found = tiny_study() | {"name": "mistaken"}
    for path, value in wrong.items():
        *folders, last = path.split(".")
        at = found
        for folder in folders:
            at = at[folder]
        at[last] = value
    return found


def seconds() -> float:
    """The processor time of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

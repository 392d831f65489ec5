"""Write envs/cpu.yaml and envs/gpu.yaml for `--sdm conda`, with the pins of the .txt files.

Snakemake copies a conda file into a folder of its own before it is used, where no `-r cpu.txt`
beside it is found. So the pins stand in the file itself. `make format` calls this.
"""

from pathlib import Path

ENVS = Path(__file__).resolve().parents[1] / "envs"
NAMES = ("cpu", "gpu")  # those that a rule's `conda:` names
HEADER = """\
# For `snakemake --sdm conda`. Written by tools/write_envs.py from {name}.txt (make format).
channels: [conda-forge]
dependencies:
  - python=3.11
  - pip
  - pip:
"""


def pins(name: str) -> list[str]:
    """The pins of a requirement file, in its order."""
    lines = (ENVS / f"{name}.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def conda(name: str) -> str:
    """The conda file of a requirement file."""
    return HEADER.format(name=name) + "".join(f"      - {pin}\n" for pin in pins(name))


if __name__ == "__main__":
    for name in NAMES:
        (ENVS / f"{name}.yaml").write_text(conda(name))

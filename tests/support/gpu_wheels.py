"""The wheels of a GPU machine, downloaded once into ~/.cache/ssdmath; nothing is installed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

CACHE = Path.home() / ".cache" / "ssdmath"
PINS = Path(__file__).resolve().parents[2] / "envs" / "gpu.txt"


def downloaded(package: str, pin: str = "") -> Path:
    """The wheel of a package: at `pin`, else at the version of envs/gpu.txt."""
    found = re.search(rf"^{package}==\S+$", pin or PINS.read_text(), re.MULTILINE)
    assert found is not None
    pattern = f"{found[0].replace('==', '-')}-*.whl"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{package}.lock"):  # of several processes of pytest one downloads
        if not [*CACHE.glob(pattern)]:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
            options = ["--only-binary=:all:", f"--dest={CACHE}", found[0]]
            done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.fail(f"pip cannot download {found[0]}: {done.stderr[-200:]}")
        (file,) = CACHE.glob(pattern)
    return file

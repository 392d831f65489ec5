import subprocess
import sys
from pathlib import Path

import pytest

from ssdmath.tables import atomic

COMMON = Path("rules/common.smk")


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path: Path):
    path = tmp_path / "a.json"
    atomic.write_json({"a": 1}, path)
    with pytest.raises(ValueError, match="not JSON compliant"):
        atomic.write_json({"a": float("nan")}, path)
    assert atomic.read_json(path) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_json_that_is_torn_is_named(tmp_path: Path):
    (tmp_path / "a.json").write_text('{"a": ')
    with pytest.raises(atomic.FileError, match=r"a\.json: not a readable JSON object"):
        atomic.read_json(tmp_path / "a.json")


@pytest.mark.parametrize("content", ["[]", '[["a", 1]]', "[1]", "3", "null"])
def test_json_that_is_no_object_is_named(tmp_path: Path, content: str):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(atomic.FileError, match=r"a\.json: not a readable JSON object"):
        atomic.read_json(tmp_path / "a.json")


def test_reading_the_rules_imports_no_table_library():
    # Each start of Snakemake pays for it, a job's own Snakemake too.
    imports = [line for line in COMMON.read_text().splitlines() if line.startswith("from ssdmath")]
    heavy = "sys.exit(', '.join({'polars', 'numpy', 'scipy'} & set(sys.modules)) or 0)"
    script = "\n".join(["import sys", *imports, heavy])
    done = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": "scripts"}, check=False
    )
    assert imports
    assert done.returncode == 0

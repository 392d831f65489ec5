"""What goes wrong on a real machine: each is said in one line, loses nothing, and is got over."""

import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import small_job
from study_folder import StudyFolder, tiny_study

from ssdmath.jobs import log
from ssdmath.models import weights
from ssdmath.tables import atomic, parquet

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return small_job.inputs(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="module")
def sampled(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study in which the small job was done without a disturbance."""
    study = tmp_path_factory.mktemp("sampled")
    small_job.run(study, files)
    return study


@pytest.fixture
def half(sampled: Path, tmp_path: Path) -> Path:
    """The same study after a kill: half of the draws on record, no table."""
    study = tmp_path / "half"
    shutil.copytree(sampled / "journal", study / "journal")
    for journal in small_job.journals(study):
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(b"".join(lines[: len(lines) // 2]))
    return study


def error_of(study: Path, files: dict[str, str]) -> str:
    """Do the job, which must fail; the line that the user sees."""
    with pytest.raises((ValueError, pl.exceptions.PolarsError)) as caught:
        small_job.run(study, files)
    return log.one_line(caught.value)


def assert_finishes(study: Path, files: dict[str, str], sampled: Path) -> None:
    """Start the job again: its tables are the undisturbed ones, and no draw was made twice."""
    small_job.run(study, files)
    for found, wanted in zip(small_job.cells(study), small_job.cells(sampled), strict=True):
        assert found.read_bytes() == wanted.read_bytes()
    for found, wanted in zip(small_job.journals(study), small_job.journals(sampled), strict=True):
        assert sorted(found.read_bytes().splitlines()) == sorted(wanted.read_bytes().splitlines())


class SmallDisk:
    """A disk of 256 kB; where none may be mounted, a folder whose files a job may not let grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
        self.mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        self.said = "No space left on device" if self.mounted else "File too large"

    def job(self, study: Path, files: dict[str, str], *, room: int) -> str:
        """Do the job where it can write so many bytes more, which must fail; what it said."""
        arguments = (JOB, study, json.dumps(files), self.folder.with_name("job.log"))
        if self.mounted:
            full = self.folder / "full"
            full.write_bytes(bytes(shutil.disk_usage(self.folder).free - room))
            done = process(*arguments)
            full.unlink()
        else:  # a write that reaches the limit is cut short, as on a full disk, and the next fails
            done = process(*arguments, preexec_fn=lambda: limit_files(room))
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("\n") == 1
        return done.stderr

    def remove(self) -> None:
        if self.mounted:  # lazily: a caught error may hold a file
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk")
    yield disk
    disk.remove()


JOB = """
import json, sys
from pathlib import Path
import small_job
from ssdmath.jobs import log
log.run(lambda: small_job.run(Path(sys.argv[1]), json.loads(sys.argv[2])), sys.argv[3])
"""


def process(text: str, *arguments: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """A job in a process of its own, with the log that a rule would give it."""
    library = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "tests" / "support")])
    return subprocess.run(
        [sys.executable, "-c", text, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": library, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def test_a_disk_that_fills_up_while_drawing_is_said_and_what_fitted_is_kept(
    half: Path, sampled: Path, files: dict[str, str], small_disk: SmallDisk
):
    study = Path(shutil.copytree(half, small_disk.folder / "study"))
    before = [journal.read_bytes() for journal in small_job.journals(study)]
    assert small_disk.said in small_disk.job(study, files, room=4096)
    after = [journal.read_bytes() for journal in small_job.journals(study)]
    assert all(new.startswith(old) for new, old in zip(after, before, strict=True))
    assert sum(map(len, after)) > sum(map(len, before))
    assert_finishes(study, files, sampled)


def test_a_disk_that_fills_up_while_a_table_is_written_leaves_no_table(
    sampled: Path, files: dict[str, str], small_disk: SmallDisk
):
    study = small_disk.folder / "study"
    shutil.copytree(sampled / "journal", study / "journal")
    assert small_disk.said in small_disk.job(study, files, room=4096)
    assert not [path for path in study.glob("samples/**/*") if path.is_file()]
    assert_finishes(study, files, sampled)


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


WRITE = """
import sys
import polars as pl
from ssdmath.jobs import log
from ssdmath.tables import parquet
rows = pl.DataFrame({"text": pl.int_range(40_000, eager=True).hash().cast(pl.String)})
log.run(lambda: parquet.write(rows, sys.argv[1], rows.schema, {}), sys.argv[2])
"""


def test_a_table_that_cannot_be_written_to_its_end_leaves_the_old_one(tmp_path: Path):
    path = tmp_path / "table.parquet"
    old = pl.DataFrame({"text": ["t"]})
    parquet.write(old, path, old.schema, {})
    done = process(WRITE, path, tmp_path / "log", preexec_fn=lambda: limit_files(65536))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert "File too large" in line
    assert parquet.read(path, old.schema).equals(old)
    assert {one.name for one in tmp_path.iterdir()} == {"table.parquet", "log"}


def test_a_torn_end_of_a_journal_is_drawn_anew(half: Path, sampled: Path, files: dict[str, str]):
    with small_job.journals(half)[0].open("ab") as file:
        file.write(b'{"key":"00ff\0\0\0\0\0\0')  # as a power cut leaves it
    assert_finishes(half, files, sampled)


@pytest.mark.parametrize("rest", [b'{"key":"00ff\0\0\n', b"7\n", b'{"key":"00ff"}\n'])
def test_a_damaged_line_is_named_and_the_rest_is_kept(
    half: Path, sampled: Path, files: dict[str, str], rest: bytes
):
    journal = small_job.journals(half)[0]
    complete = journal.read_bytes()
    journal.write_bytes(complete + rest)
    number = complete.count(b"\n") + 1
    said = error_of(half, files)
    assert said == f"{journal}: line {number} is damaged; delete the line to draw it again"
    assert journal.read_bytes() == complete + rest
    subprocess.run(["sed", "-i", f"{number}d", str(journal)], check=True)
    assert_finishes(half, files, sampled)


def test_a_model_that_changed_since_it_was_put_on_record_stops_the_job(tmp_path: Path):
    folder = Path(shutil.copytree(ROOT / "models" / "micro", tmp_path / "micro"))
    files = small_job.inputs(tmp_path, model=folder)
    config = folder / "config.json"
    before = config.read_text()
    config.write_text(before.replace('"rms_norm_eps": 1e-06', '"rms_norm_eps": 1e-05'))
    assert config.read_text() != before
    said = error_of(tmp_path / "study", files)
    assert said.startswith(f"{folder}: the model's files changed since {files['model']} was made")
    assert not (tmp_path / "study" / "journal").exists()
    config.write_text(before)
    small_job.run(tmp_path / "study", files)


def test_a_checkpoint_that_changed_is_not_taken_for_the_one_that_was_trained(tmp_path: Path):
    folder = Path(shutil.copytree(ROOT / "models" / "micro", tmp_path / "run@4"))
    atomic.write_json(weights.record(folder, step=4), folder / "health.json")
    assert weights.read_record(folder / "health.json")[0] == folder
    file = folder / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(weights.ModelError, match=r"changed since .*health\.json was made"):
        weights.read_record(folder / "health.json")


@pytest.mark.workflow
def test_a_second_snakemake_on_the_same_study_is_refused_and_the_first_goes_on(tmp_path: Path):
    clone = StudyFolder(tmp_path / "clone")
    cell = "results/tiny/samples/base/validation/t1/0.parquet"
    first = subprocess.Popen(
        clone.command(tiny_study(), cell),
        cwd=clone.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert first.stderr is not None
    assert any("base_model" in line for line in first.stderr)  # the first jobs are under way
    refused = clone.run(tiny_study(), cell)
    assert refused.returncode != 0
    assert "error: results/tiny is being made by another snakemake" in refused.stderr
    assert first.wait(timeout=200) == 0
    assert (clone.folder / cell).exists()

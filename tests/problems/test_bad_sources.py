"""Errors of sources, and how much of a large source is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from source_shapes import Record, contents, read, write

from ssdmath.config.decontamination import DecontaminationConfig
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.problems.sources.base import SourceError
from ssdmath.problems.sources.table import check_file

ROOT = Path(__file__).resolve().parents[2]

PLAIN = {"columns": {"statement": "q", "answer": "a"}}
WITH_ID = {"columns": PLAIN["columns"] | {"id": "i"}}
HARD = {"columns": PLAIN["columns"] | {"difficulty": "i"}}
GOOD = [{"q": f"What is {n}?", "a": str(n), "i": str(n)} for n in range(300)]


SPOILED = {  # change -> what is replaced in the file of good rows, and by what
    "byte": (b"What is 7?", b"What is \xff?"),
    "brace": (b'"a": "7"', b'"a: "7"'),
    "list": (b'{"q": "What is 7?", "a": "7", "i": "7"}', b"[1]"),
    "twice": (b'"i": "7"', b'"i": "3"'),
    "fields": (b"What is 7?,7,7", b"What is 7?,7,7,7,7"),
    "head": (b"q,a,i", b'"q"u,a,i'),
    "returns": (b"\r\n", b"\r"),
    "several": (b'"a": "7"', b'"a": [5, 6]'),
    "parts": (b'"q": "What is 7?"', b'"q": ["What is", "7?"]'),
    "huge": (b'"i": "7"', b'"i": 1' + 400 * b"0"),
}


def spoiled(path: Path, change: str) -> Path:
    """A file of good rows that something is wrong with."""
    write(path, GOOD)
    data = path.read_bytes()
    if change in SPOILED:
        data = data.replace(*SPOILED[change])
    elif change == "cut":
        data = data[: len(data) // 2]
    elif change == "empty":
        data = b""
    path.write_bytes(data)
    return path


BAD = [
    ("a.jsonl", "byte", PLAIN, r"a\.jsonl row 8: byte 16 is not UTF-8.*allowed: UTF-8"),
    ("a.csv", "byte", PLAIN, r"a\.csv row 9: byte 9 is not UTF-8"),
    ("a.jsonl", "brace", PLAIN, r"a\.jsonl row 8: not JSON .*allowed: an object a line"),
    ("a.jsonl", "list", PLAIN, r"a\.jsonl row 8: holds list; allowed: an object a line"),
    ("a.jsonl", "twice", WITH_ID, r"a\.jsonl row 8: column 'i' is '3', as in .*row 4; allowed"),
    ("a.csv", "fields", PLAIN, r"a\.csv row 8: 5 fields, the head has 3"),
    ("a.csv", "head", PLAIN, r"a\.csv row 0: not CSV"),
    ("a.csv", "returns", PLAIN, r"a\.csv row 0: not CSV \(new-line character"),
    ("a.jsonl", "several", PLAIN, r"row 8: column 'a' holds a list of 2; allowed: text or a nu"),
    ("a.jsonl", "parts", PLAIN, r"row 8: column 'q' holds a list of 2; allowed: text or a nu"),
    ("a.jsonl", "huge", HARD, r"row 8: column 'i' holds an integer of 1329 bits; allowed: a nu"),
    ("a.parquet", "cut", PLAIN, r"a\.parquet: cannot be read after row 0 .*whole parquet file"),
    ("a.parquet", "empty", PLAIN, r"a\.parquet: cannot be read after row 0"),
    ("a.jsonl", "empty", PLAIN, r"a\.jsonl gives no problem"),
    ("a.txt", "none", PLAIN, r"a\.txt: a file source is a folder or one of .*found \.txt"),
    ("a.jsonl", "none", {"mapping": "gsm8k"}, r"no column \['question', 'answer'\]; the file has"),
    ("a.csv", "none", {"mapping": "gsm8k"}, r"a\.csv: no column \['question', 'answer'\]"),
    ("a.parquet", "none", {"mapping": "gsm8k"}, r"a\.parquet: no column"),
]


@pytest.mark.parametrize(("name", "change", "settings", "words"), BAD)
def test_a_bad_file_is_named_with_its_row_in_one_line(
    tmp_path: Path, name: str, change: str, settings: Record, words: str
):
    path = tmp_path / name
    if path.suffix == ".txt":
        path.write_text("text")
    else:
        spoiled(path, change)
    source = FileSource.model_validate({"kind": "file", "path": str(path)} | settings)
    with pytest.raises(SourceError, match=words) as error:
        check_file("problems.sources.mine", source)
    assert "\n" not in str(error.value)
    assert "problems.sources.mine" in str(error.value)


@pytest.mark.parametrize("change", ["missing", "empty", "cut", "column"])
def test_a_bad_folder_is_named_in_one_line(tmp_path: Path, change: str):
    folder = tmp_path / "shards"
    if change == "empty":
        folder.mkdir()
    elif change != "missing":
        write(folder, GOOD)
    if change == "cut":
        shard = sorted(folder.iterdir())[1]
        shard.write_bytes(shard.read_bytes()[:200])
    columns = {"columns": {"statement": "z", "answer": "a"}} if change == "column" else PLAIN
    with pytest.raises(SourceError, match="shards") as error:
        read(folder, **columns)
    assert "\n" not in str(error.value)


def test_rows_without_statement_or_answer_and_huge_rows_are_counted_with_their_places(
    tmp_path: Path,
):
    odd = [
        {"q": "", "a": "1"},
        {"q": None, "a": "1"},
        {"q": "Why?", "a": None},
        {"q": "Why so?", "a": "notfound"},
        {"q": "x" * 10_000_000, "a": "1"},
        {"q": "Good?", "a": "1"},
    ]
    for ending in (".jsonl", ".parquet"):
        found, tally = read(write(tmp_path / f"a{ending}", odd), **PLAIN)
        assert contents(found) == [("Good?", "1", None, "all")]
        assert tally.counts == {"read": 6, "no_statement": 2, "no_answer": 2, "too_long": 1}
        assert tally.examples["too_long"][0].endswith(f"a{ending} row 5")


def test_a_limit_stops_the_reading_early(tmp_path: Path):
    path = spoiled(tmp_path / "a.jsonl", "byte")
    found, tally = read(path, limit=7, **PLAIN)
    assert len(found) == tally.counts["read"] == 7


REVISIONS = ["main", "v1.0", "abc", "0" * 41, "G" * 40, ""]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_that_is_not_a_commit_is_an_error(revision: str):
    with pytest.raises(ValueError, match="allowed: a commit"):
        HubSource.model_validate({"kind": "hub", "mapping": "gsm8k", "revision": revision})


def test_a_mapping_brings_the_hubs_id_config_and_split():
    source = HubSource.model_validate(
        {"kind": "hub", "mapping": "hendrycks_math", "revision": "0123456"}
    )
    assert source.id == "EleutherAI/hendrycks_math"
    assert len(source.config or "") == 7
    with pytest.raises(ValueError, match=r"mapping is 'gsm'; allowed are \['aime_2026'"):
        HubSource.model_validate({"kind": "hub", "mapping": "gsm", "revision": "0123456"})


def test_a_hub_id_without_a_network_is_named_in_one_line():
    """In a process of its own: `datasets` looks at the environment when it is imported."""
    code = """
from ssdmath.config.problems import HubSource
from ssdmath.problems.sources.table import rows
from ssdmath.problems.sources.counts import Tally
source = HubSource.model_validate({"kind": "hub", "mapping": "aime_2026", "revision": "0" * 40})
try:
    next(rows(source, Tally()))
except ValueError as error:
    print(error)
"""
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert "hub dataset MathArena/aime_2026 at 000000" in done.stdout
    assert "HF_HUB_OFFLINE is set and the cache lacks it; allowed: run the target `problems`" in (
        done.stdout
    )


READ_MOST = """
import sys
from pathlib import Path
from ssdmath.config.problems import FileSource
from ssdmath.problems.sources.table import rows
from ssdmath.problems.sources.counts import Tally

def field(file, name):
    lines = Path(file).read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])

import datasets, pyarrow.parquet, torch  # what the libraries' own files cost is not the source's
settings = {"kind": "file", "path": sys.argv[1], "columns": {"statement": "q", "answer": "a"}}
source = FileSource.model_validate(settings)
before, held = field("/proc/self/io", "rchar:"), field("/proc/self/status", "VmHWM:")
found = sum(1 for _ in rows(source, Tally()))
print(found, field("/proc/self/io", "rchar:") - before, field("/proc/self/status", "VmHWM:") - held)
"""


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("name", ["a.parquet", "shards"])
def test_of_a_large_source_only_the_named_columns_are_read(tmp_path: Path, name: str):
    heavy = [one | {"junk": os.urandom(12_000).hex()} for one in GOOD * 20]
    path = write(tmp_path / name, heavy)
    files = [path] if path.is_file() else sorted(path.iterdir())
    size = sum(file.stat().st_size for file in files)
    done = subprocess.run(
        [sys.executable, "-c", READ_MOST, str(path)],
        env=os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT / "scripts")},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found, read_bytes, held = map(int, done.stdout.split())
    assert found == len(heavy)
    assert size > 60_000_000
    assert read_bytes < size / 20
    assert held * 1024 < size / 2


def test_an_unreadable_gold_is_refused_before_the_start(tmp_path: Path):
    path = write(tmp_path / "a.jsonl", [*GOOD, {"q": "Why?", "a": "3 +* 4", "i": "x"}])
    source = FileSource.model_validate({"kind": "file", "path": str(path)} | PLAIN)
    check_file("problems.sources.mine", source, drop_unparsable=True)
    words = r"a\.jsonl row 301: answer '3 \+\* 4' cannot be compared .*; allowed: a readable answer"
    with pytest.raises(SourceError, match=words):
        check_file("problems.sources.mine", source, drop_unparsable=False)


@pytest.mark.parametrize("text", ["on: false", "'on': false", "enabled: false"])
def test_decontamination_is_switched_off_by_every_spelling_of_its_key(text: str):
    assert DecontaminationConfig.model_validate(yaml.safe_load(text)).on is False


def test_two_spellings_of_one_key_are_refused():
    with pytest.raises(ValueError, match="on and enabled are one key"):
        DecontaminationConfig.model_validate({"on": True, "enabled": False})

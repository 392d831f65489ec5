"""Whatever a prompt, source or model file holds: a dry run, or one line that says what is wrong."""

import os
import random
from pathlib import Path
from typing import Any

import odd_configs
import polars as pl
import pytest
import yaml
from front_door import CONFIG, outcome, write
from study_folder import tiny_study

pytestmark = pytest.mark.usefixtures("inside_checkout")


def odd_prompt(path: Path) -> dict[str, Any]:
    return tiny_study() | {"prompt": str(path)}


def test_a_prompt_is_a_small_regular_file_of_text(tmp_path: Path):
    fifo, large, binary = tmp_path / "fifo", tmp_path / "large", tmp_path / "binary"
    os.mkfifo(fifo)
    large.write_bytes(b"{statement}" + b" " * 10**6)
    binary.write_bytes(b"{statement}\xff")
    for path, words in [
        (fifo, "found no regular file"),
        (Path("/dev/zero"), "found no regular file"),
        (large, "found 1000011 bytes"),
        (binary, "line 1: found byte 0xff"),
        (tmp_path, "found no regular file"),
        (Path("/proc/self/status"), "{statement} stands 0 times"),  # 0 bytes: reading may wait
        (Path("/proc/kmsg"), "{statement} stands 0 times"),  # a read of one byte waits for ever
        (Path("/dev/kmsg"), "/dev/kmsg: "),
        (Path("/dev/tty"), "found no regular file"),
    ]:
        line = outcome(write(odd_configs.written(odd_prompt(path))))
        assert line is not None
        assert line.startswith(f"error: {CONFIG}: {path}: ")
        assert words in line


def with_source(path: Path) -> str:
    study = tiny_study()
    columns = {"statement": "q", "answer": "a"}
    study["problems"]["sources"]["mine"] = {"kind": "file", "path": str(path), "columns": columns}
    return write(odd_configs.written(study))


def test_a_source_is_refused_by_file_and_row_or_read(tmp_path: Path):
    fifo = tmp_path / "fifo.jsonl"
    os.mkfifo(fifo)
    line = outcome(with_source(fifo))
    assert line is not None
    assert f"{fifo}: found no regular file" in line
    twice = tmp_path / "twice.csv"
    twice.write_text("q,a,a\n1,2,3\n")
    line = outcome(with_source(twice))
    assert line is not None
    assert "the head has ['a'] twice; allowed: each column once" in line
    for row, words in [
        ('{"q": "?", "a": 1e400}', "row 2: not JSON (1e400 is no number of JSON)"),
        ('{"q": "?", "a": 1, "a": 2}', "row 2: not JSON (the key 'a' twice)"),
        ('{"q": "\\ud800", "a": 1}', "row 2: not JSON ('utf-8' codec can't encode"),
        ('{"q": "?", "a": {"b": 1, "b": 2}}', "row 2: not JSON (the key 'b' twice)"),
        ('{"q": "a\\u0000b", "a": 1}', "row 2: column 'q' holds a NUL byte; allowed: text"),
        ('{"q": "?", "a": "1\\u0000"}', "row 2: column 'a' holds a NUL byte; allowed: text"),
    ]:
        odd = tmp_path / "odd.jsonl"
        odd.write_text(f'{{"q": "What is 1 + 1?", "a": "2"}}\n{row}\n')
        line = outcome(with_source(odd))
        assert line is not None
        assert words in line
    unread = tmp_path / "unread.jsonl"
    unread.symlink_to("/proc/self/status")
    line = outcome(with_source(unread))
    assert line is not None
    assert f"{unread}: found no bytes; allowed: rows" in line
    chance = random.Random(0)
    for suffix, sound in [
        ("jsonl", b'{"q": "What is 1 + 1?", "a": "2"}\n{"q": "What is 1 + 2?", "a": "3"}\n'),
        ("csv", b'q,a\n"What is 1 + 1?",2\n"What is 1 + 2?",3\n'),
        ("parquet", parquet_bytes(tmp_path)),
    ]:
        for number in range(25):
            path = tmp_path / f"{number}.{suffix}"
            path.write_bytes(odd_configs.damaged(sound, chance))
            outcome(with_source(path))


def test_a_source_that_holds_fewer_problems_than_the_splits_take_is_refused(tmp_path: Path):
    path = tmp_path / "few.jsonl"
    path.write_text("".join(f'{{"q": "What is 1 + {n}?", "a": "{n + 1}"}}\n' for n in range(20)))
    with_source(path)
    study = yaml.safe_load(Path(CONFIG).read_text())
    for test, words in [
        (
            {"source": "mine", "size": 21},
            "found 21 problems of source 'mine' (21 in test), which h",
        ),
        ({"sources": {"mine": 21}, "size": 21}, "allowed: at most 20 in all"),
        (
            {"source": "mine", "backfill": ["more"], "size": 41},
            "found 41, but the sources ['mine', 'more'] hold 40 problems",
        ),
        ({"sources": ["mine", "more"], "size": 41}, "allowed: at most 40"),
        ({"source": "mine", "size": 20}, None),
        ({"source": "mine", "backfill": ["more"], "size": 40}, None),
    ]:
        study["problems"]["sources"]["more"] = study["problems"]["sources"]["mine"]
        study["problems"]["splits"]["test"] = test
        line = outcome(write(odd_configs.written(study)))
        if words is None:
            assert line is None
        else:
            assert line is not None
            assert words in line
    study["problems"]["splits"] |= {
        split: {"source": "mine", "size": 10} for split in ("validation", "train", "test")
    }
    line = outcome(write(odd_configs.written(study)))
    assert line is not None
    assert "found 30 problems of source 'mine' (10 in train + 10 in validation + 10 in te" in line


def parquet_bytes(folder: Path) -> bytes:
    pl.DataFrame({"q": ["What is 1 + 1?"], "a": ["2"]}).write_parquet(folder / "sound.parquet")
    return (folder / "sound.parquet").read_bytes()


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "found a list of 0; allowed: a JSON object"),
        ('{"max_position_embeddings": 1e400}', "found inf; allowed: a finite number"),
        ('{"max_position_embeddings": Infinity}', "found inf; allowed: a finite number"),
        ('{"a": ' * 100_000, "nested too deep"),
        ("{", "line 1: not JSON"),
    ],
)
def test_a_models_settings_are_a_json_object(tmp_path: Path, name: str, text: str, words: str):
    folder = tmp_path / "model"
    folder.mkdir()
    for file in Path("models/micro").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / name).write_text(text)
    study = tiny_study()
    study["model"]["path"] = str(folder)
    line = outcome(write(odd_configs.written(study)))
    assert line is not None
    assert f"{folder / name}: " in line
    assert words in line

"""Samples that `make judge` cannot read: each is named in a line, and nothing is written."""

from pathlib import Path

import foreign_samples as foreign
import pytest
from foreign_samples import RIGHT, WRONG
from judged_samples import judged

LINE = '{"problem": "%s", "index": %s, "text": "%s", "finish": "%s"}\n'
HEN = foreign.PROBLEMS[0]["question"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE % ("Who?", 0, "I", "stop"), "row 1: found problem 'Who?', which is unknown (1 such"),
        (2 * (LINE % (HEN, 1, "I", "stop")), "row 2: found problem 'A hen lays 3 eggs a day. How"),
        (LINE % (HEN, 0, "x" * (1 << 20) + "y", "stop"), "row 1: found a text of 1,048,577 bytes"),
        (LINE % (HEN, 0, "I", "stop") + '{"problem": "A', "row 2: not JSON (Unterminated string"),
        (LINE % (HEN, 0, "I", "tired"), "row 1: found 'tired' in column 'finish'; allowed: stop"),
        (LINE % (HEN, -1, "I", "stop"), "row 1: found -1 in column 'index'; allowed: the number"),
        (LINE % (HEN, 1.5, "I", "stop"), "row 1: found 1.5 in column 'index'"),
        ('{"problem": null, "index": 0, "text": "I"}\n', "row 1: found null in column 'problem'"),
        ('{"problem": "x", "index": 0, "text": null}\n', "row 1: found null in column 'text'"),
        (
            LINE[:-2] % (HEN, 0, "I", "stop") + ', "token_ids": 4294967296}\n',
            "row 1: found 4294967296 in column 'token_ids'; allowed: a length in tokens",
        ),
        ('{"a": 1}\n', "found columns a; allowed: ssdmath: problem, text; nemo_skills: problem"),
        ("", "found columns none; allowed"),
    ],
)
def test_bad_samples_are_named_and_nothing_is_written(tmp_path: Path, text: str, message: str):
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    good = foreign.own(tmp_path / "good.jsonl", RIGHT)
    with pytest.raises(SystemExit) as refused:
        judged(tmp_path, good, path)
    assert message in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_problem_twice_in_one_file_of_a_seed_is_refused(tmp_path: Path):
    folder = foreign.nemo_skills(tmp_path / "right", RIGHT)
    file = folder / "output-rs0.jsonl"
    file.write_text(2 * file.read_text())
    with pytest.raises(
        SystemExit, match=r"output-rs0\.jsonl row 4: found problem .* a second time"
    ):
        judged(tmp_path, folder)


def test_a_truncated_parquet_is_named(tmp_path: Path):
    folder = foreign.lighteval(tmp_path / "right", RIGHT)
    file = next(folder.iterdir())
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(SystemExit, match="found no parquet table"):
        judged(tmp_path, folder)


def test_missing_samples_an_unknown_mapping_and_a_path_given_twice_are_refused(tmp_path: Path):
    with pytest.raises(SystemExit, match="samples: found none; allowed: make judge SAMPLES="):
        judged(tmp_path)
    with pytest.raises(SystemExit, match="nowhere: found no such file or folder"):
        judged(tmp_path, tmp_path / "nowhere")
    samples = foreign.own(tmp_path / "plain.jsonl", WRONG)
    with pytest.raises(SystemExit, match="mapping: found 'x'; allowed: ssdmath, nemo_skills"):
        judged(tmp_path, samples, mapping="x")
    with pytest.raises(SystemExit, match="found the same path twice"):
        judged(tmp_path, samples, samples)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("")
    with pytest.raises(SystemExit, match=r"out: found a folder with other files and no judged\.js"):
        judged(tmp_path, samples)

import subprocess

import pytest

from ssdmath.report import origin


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("scores.parquet", "scores"),
        ("chosen.json", "choose"),
        ("heuristic_recall.parquet", "truth"),
        ("samples/base/test/t1/0.parquet", "sample_*"),
        ("verdicts/base/test/t1/0.parquet", "verify_*"),
        ("training/ssd_t1_s0/set.parquet", "training_set"),
        ("training/ssd_t1_s0/log.jsonl", "train"),
        ("problems/report.json", "problems"),
        ("problems/outside.parquet", "outside_problems"),
        ("problems/outside.json", "outside_problems"),
        ("outside.parquet", "outside"),
        ("outside_scores.parquet", "outside"),
    ],
)
def test_a_file_names_the_rule_that_made_it(name, rule):
    assert origin.rule(name) == rule


def test_the_commit_says_whether_files_differ_from_it(tmp_path):
    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    assert origin.commit(tmp_path) == ""
    git("init")
    file = tmp_path / "file"
    file.write_text("1")
    git("add", "file")
    git("commit", "-m", "one")
    head = origin.commit(tmp_path)
    assert len(head) == 12
    file.write_text("2")
    assert origin.commit(tmp_path) == f"{head} with uncommitted changes"

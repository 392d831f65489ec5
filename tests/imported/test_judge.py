import json
from pathlib import Path

import foreign_samples as foreign
import polars as pl
import pytest
from foreign_samples import RIGHT, WRONG
from judged_samples import judged, whole

from ssdmath.imported.draws import boxed
from ssdmath.tables import schemas, score_schema
from ssdmath.tables.parquet import provenance

UNKNOWN = {"share_length_stop", "accuracy_completed", "tokens_q25", "tokens_median", "tokens_q75"}
CELL = {"arm", "train_decoding", "train_seed", "step", "split", "decoding"}


def test_nemo_skills_output_is_judged(tmp_path: Path):
    output = judged(tmp_path, foreign.nemo_skills(tmp_path / "right", RIGHT))
    verdicts = pl.read_parquet(output / "verdicts/right.parquet")
    assert dict(verdicts.schema) == dict(schemas.VERDICTS)
    assert sorted(verdicts["status"]) == ["correct"] * 4 + ["length_stop", "wrong"]
    assert verdicts["tokens"].min() == 4
    row = whole(output, "right")
    assert row["accuracy"] == pytest.approx(4 / 6)
    assert row["accuracy_completed"] == pytest.approx(4 / 5)
    assert (row["problems"], row["draws"], row["missing"]) == (3, 6, 0)
    assert {name for name, value in row.items() if value is None} >= CELL
    assert list(row) == score_schema.schema([1]).names()


def test_of_lighteval_it_is_not_known_why_a_draw_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    output = judged(tmp_path, foreign.lighteval(tmp_path / "right", RIGHT))
    row = whole(output, "right")
    assert row["accuracy"] == pytest.approx(4 / 6)
    assert {name for name in UNKNOWN if row[name] is None} == UNKNOWN
    assert row["share_no_box"] == pytest.approx(1 / 6)
    said = capsys.readouterr().out
    assert "right: it is not known which draws were cut off" in said
    assert "not known" in said.split("length_stop")[1]


def test_all_formats_give_the_same_verdicts(tmp_path: Path):
    nemo = judged(tmp_path, foreign.nemo_skills(tmp_path / "right", RIGHT))
    first = pl.read_parquet(nemo / "verdicts/right.parquet")
    own = judged(tmp_path, foreign.own(tmp_path / "own.jsonl", RIGHT))
    second = pl.read_parquet(own / "verdicts/own.parquet")
    assert first.drop("tokens").equals(second.drop("tokens"))


def test_two_sides_are_compared_paired(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    output = judged(
        tmp_path,
        foreign.nemo_skills(tmp_path / "tuned", RIGHT),
        foreign.own(tmp_path / "plain.jsonl", WRONG),
    )
    row = pl.read_parquet(output / "contrasts.parquet").row(0, named=True)
    assert (row["contrast"], row["a"], row["b"]) == ("tuned against plain", "tuned", "plain")
    assert row["delta"] == pytest.approx(3 / 6)
    assert row["verdict"].startswith("this checkpoint: ")
    assert (output / "contrasts.csv").is_file()
    said = capsys.readouterr().out
    assert "| tuned against plain" in said
    assert (output / "summary.md").read_text() in said
    assert "12 draws judged in" in said


def test_the_tables_say_what_they_were_made_from(tmp_path: Path):
    output = judged(tmp_path, foreign.own(tmp_path / "plain.jsonl", WRONG))
    record = json.loads((output / "judged.json").read_text())
    assert record["sides"][0]["draws"] == 6
    assert list(record["sides"][0]["files"]) == [str(tmp_path / "plain.jsonl")]
    assert provenance(output / "scores.parquet") == record
    assert not (output / "contrasts.parquet").exists()


def test_a_second_call_leaves_nothing_of_the_first(tmp_path: Path):
    first, second = (foreign.own(tmp_path / f"{name}.jsonl", WRONG) for name in ("a", "b"))
    judged(tmp_path, first, second)
    output = judged(tmp_path, second)
    assert [file.name for file in (output / "verdicts").iterdir()] == ["b.parquet"]
    assert not (output / "contrasts.parquet").exists()


def test_samples_with_other_columns_are_judged_by_a_mapping_file(tmp_path: Path):
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("problem: q\ntext: out.answer\nfinish: why\n")
    rows = [
        {"q": problem["question"], "out": {"answer": text}, "why": "eos"}
        for problem, draws in zip(foreign.PROBLEMS, RIGHT, strict=True)
        for text, _ in draws
    ]
    samples = foreign.jsonl(tmp_path / "mine.jsonl", rows)
    output = judged(tmp_path, samples, mapping=str(mapping))
    assert whole(output, "mine")["accuracy"] == pytest.approx(4 / 6)
    assert whole(output, "mine")["share_no_box"] == pytest.approx(1 / 6)


@pytest.mark.parametrize(
    ("text", "mark", "read"),
    [
        ("So\n#### 5", "####", "So\n#### 5\n\\boxed{5}"),
        ("A: 4\nA: 5 ", "A:", "A: 4\nA: 5 \n\\boxed{5}"),
        ("DATA: 4", "A:", "DATA: 4"),
        ("A:\n5", "A:", "A:\n5"),
        ("A: 5", None, "A: 5"),
    ],
)
def test_an_answer_after_a_mark_is_put_in_a_box(text: str, mark: str | None, read: str):
    assert boxed(text, mark) == read


def test_unknown_problems_are_left_out_when_asked_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = foreign.own(tmp_path / "plain.jsonl", WRONG)
    path.write_text(path.read_text() + '{"problem": "Who?", "index": 0, "text": "I"}\n')
    judged(tmp_path, path, misses="leave_out")
    said = capsys.readouterr().out
    assert "left out 1 row; the first: " in said
    assert "plain.jsonl row 7: found problem 'Who?'" in said


def test_a_missing_problem_and_draw_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = foreign.own(tmp_path / "plain.jsonl", WRONG)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    output = judged(tmp_path, path)
    said = capsys.readouterr().out
    assert "1 of 3 problems have no sample" in said
    assert "between 1 and 2 draws" in said
    assert whole(output, "plain")["missing"] == 3


def test_unequal_limits_of_length_are_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = foreign.nemo_skills(tmp_path / "right", RIGHT)
    longer = [[(f"a b c d {text}", "length") for text, _ in draws] for draws in RIGHT]
    judged(tmp_path, folder, foreign.nemo_skills(tmp_path / "longer", longer))
    assert "Draws were cut off after 5 to 10 tokens" in capsys.readouterr().out

import json
from pathlib import Path

import foreign_samples as foreign
import polars as pl
import pytest
from foreign_samples import RIGHT, WRONG

from ssdmath.imported import judge
from ssdmath.imported.draws import boxed
from ssdmath.tables import schemas, score_schema
from ssdmath.tables.parquet import provenance

UNKNOWN = {"share_length_stop", "accuracy_completed", "tokens_q25", "tokens_median", "tokens_q75"}
CELL = {"arm", "train_decoding", "train_seed", "step", "split", "decoding"}


def judged(tmp_path: Path, *samples: Path, **options: str) -> Path:
    """Run the command on some samples of the three problems; gives its folder."""
    problems = foreign.problems(tmp_path / "problems.jsonl")
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    output = tmp_path / "out"
    judge.main([*map(str, samples), "--problems", str(problems), "--output", str(output),
                "--workers", "1", *flags])  # fmt: skip
    return output


def whole(output: Path, name: str) -> dict[str, object]:
    scores = pl.read_parquet(output / "scores.parquet")
    return scores.filter(model=name, stratum="all").row(0, named=True)


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


MODELS = """\
problem: question
text:
  175b_verification: 175b_verification.solution
  6b_finetuning: 6b_finetuning.solution
answer_after: "A:"
"""


def test_a_column_per_model_is_a_side_each_and_agrees_with_the_files_own_judgement(tmp_path: Path):
    mapping = tmp_path / "models.yaml"
    mapping.write_text(MODELS)
    output = judged(
        tmp_path, foreign.model_solutions(tmp_path / "solutions.jsonl"), mapping=str(mapping)
    )
    row = pl.read_parquet(output / "contrasts.parquet").row(0, named=True)
    assert row["contrast"] == "175b_verification against 6b_finetuning"
    for model, expected in foreign.CORRECT.items():
        assert whole(output, model)["accuracy"] == sum(expected) / 3
    verdicts = pl.read_parquet(output / "verdicts/6b_finetuning.parquet")
    assert sorted(verdicts["status"]) == ["no_box", "wrong", "wrong"]
    assert set(verdicts["answer"]) == {"1200", "1/2", None}
    # What the page shows is the text as it was written.
    assert "\\boxed" not in (output / "report.html").read_text()


def test_two_files_with_columns_per_model_have_sides_named_after_both(tmp_path: Path):
    mapping = tmp_path / "models.yaml"
    mapping.write_text(MODELS)
    files = [foreign.model_solutions(tmp_path / f"{name}.jsonl") for name in ("x", "y")]
    output = judged(tmp_path, *files, mapping=str(mapping))
    assert sorted(path.stem for path in (output / "verdicts").iterdir()) == [
        "x-175b_verification", "x-6b_finetuning", "y-175b_verification", "y-6b_finetuning",
    ]  # fmt: skip


def test_names_of_sides_stay_apart_and_inside_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    names = ["x,y", "x_z", "\x1b[31m"]
    files = [foreign.own(tmp_path / f"{name}.jsonl", RIGHT) for name in names]
    output = judged(tmp_path, *files)
    found = sorted(path.stem for path in (output / "verdicts").iterdir())
    assert found == ["_[31m", "x_y", "x_z"]
    assert "\x1b" not in capsys.readouterr().out
    mapping = tmp_path / "models.yaml"
    mapping.write_text(MODELS.replace("175b_verification:", "../../../175b:"))
    output = judged(tmp_path, foreign.model_solutions(tmp_path / "all.jsonl"), mapping=str(mapping))
    found = sorted(path.name for path in (output / "verdicts").iterdir())
    assert found == [".._.._.._175b.parquet", "6b_finetuning.parquet"]


def test_two_sides_of_one_name_are_refused(tmp_path: Path):
    alike = [foreign.own(tmp_path / f"{name}.jsonl", RIGHT) for name in ("x,y", "x_y")]
    with pytest.raises(SystemExit, match="found the same path twice, or two of one name"):
        judged(tmp_path, *alike)
    mapping = tmp_path / "models.yaml"
    mapping.write_text(MODELS.replace("175b_verification:", "b-c:").replace("6b_finetuning:", "c:"))
    files = [foreign.model_solutions(tmp_path / f"{name}.jsonl") for name in ("q", "q-b")]
    with pytest.raises(SystemExit, match="found two sides called q-b-c; allowed: other names"):
        judged(tmp_path, *files, mapping=str(mapping))


def test_files_that_differ_in_their_ending_alone_are_two_sides(tmp_path: Path):
    file = foreign.own(tmp_path / "a.jsonl", RIGHT)
    pl.read_ndjson(file).write_parquet(tmp_path / "a.parquet")
    output = judged(tmp_path, file, tmp_path / "a.parquet")
    found = sorted(path.stem[-7:] for path in (output / "verdicts").iterdir())
    assert found == ["a.jsonl", "parquet"]


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

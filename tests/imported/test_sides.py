"""The sides that `make judge` compares: how they are named, and which names are refused."""

from pathlib import Path

import foreign_samples as foreign
import polars as pl
import pytest
from foreign_samples import RIGHT
from judged_samples import judged, whole

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

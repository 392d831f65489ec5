"""Cells of a study from files: what is refused before the first job, and what is read."""

from pathlib import Path
from typing import Any

import foreign_samples as foreign
import polars as pl
import pytest
from foreign_samples import RIGHT

from ssdmath.config.imported import ImportedCell
from ssdmath.imported import cells, problems
from ssdmath.problems.sources.base import SourceError
from ssdmath.tables import schemas

LINE = '{"problem": "%s", "index": %s, "text": "%s", "finish": "%s", "token_ids": [1, 2]}\n'
HEN = foreign.PROBLEMS[0]["question"]
WHOLE = "".join(
    LINE % (problem["question"], index, "So", "stop")
    for problem in foreign.PROBLEMS
    for index in range(2)
)


def checked(path: Path, **options: Any) -> None:
    options = {"problems": 3, "draws": 2, "cap": 10, "ends": "known"} | options
    cells.check(ImportedCell(path=str(path)), options.pop("ends"), **options)


def read(path: Path, ends: str = "known", **options: int) -> Any:
    table = problems.read(foreign.problems(path.with_name("problems.jsonl"))).table
    options = {"seed": 7, "draws": 2, "cap": 10} | options
    return cells.read(ImportedCell(path=str(path)), ends, table, **options)


def test_a_cell_holds_every_draw_in_the_order_of_the_problems(tmp_path: Path):
    path = tmp_path / "cell.jsonl"
    lines = [*WHOLE.splitlines(keepends=True), LINE % (HEN, 2, "a third", "stop")]
    path.write_text("".join(reversed(lines)) + LINE % ("Who?", 0, "I", "stop"))
    checked(path)
    side = read(path)
    table = problems.read(tmp_path / "problems.jsonl").table
    assert dict(side.frame.schema) == dict(schemas.SAMPLES)
    assert side.frame["problem"].unique(maintain_order=True).to_list() == table["id"].to_list()
    assert side.frame["index"].to_list() == [0, 1] * 3
    assert set(side.frame["seed"]) == {7}
    assert side.frame["token_ids"].to_list() == [[1, 2]] * 6
    assert side.frame["prompt_ids"].null_count() == 6
    assert [miss.partition(": ")[2][:20] for miss in side.misses] == ["found problem 'Who?'"]


def test_with_unknown_ends_no_draw_says_why_it_ended(tmp_path: Path):
    folder = foreign.lighteval(tmp_path / "cell", RIGHT)
    checked(folder, ends="unknown")
    frame = read(folder, "unknown").frame
    assert frame["finish"].null_count() == frame.height == 6
    own = foreign.own(tmp_path / "own.jsonl", RIGHT)
    assert read(own, "unknown").frame["finish"].null_count() == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (WHOLE + LINE % (HEN, 1, "again", "stop"), "row 7: found problem .* draw 1 a second time"),
        (WHOLE[:-20], "row 6: not JSON"),
        (WHOLE.replace("So", "x" * (1 << 20) + "y", 1), "row 1: found a text of 1,048,577 bytes"),
        ("".join(WHOLE.splitlines(keepends=True)[:-1]),
         "found 2 problems with draws 0 to 1; the study declares 3"),
        (WHOLE.replace('"stop"', "null"), "found 6 draws without a reason .* imported.ends: unkn"),
        (WHOLE.replace("[1, 2]", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", 1),
         "found a completion of 11 tokens; allowed: sampling.cap, 10"),
        (WHOLE.replace('"stop"', '"tired"', 1), "row 1: found 'tired' in column 'finish'"),
    ],
)  # fmt: skip
def test_bad_cells_are_refused_before_the_first_job(tmp_path: Path, text: str, message: str):
    path = tmp_path / "cell.jsonl"
    path.write_text(text)
    with pytest.raises(SourceError, match=message) as refused:
        checked(path)
    assert str(refused.value).startswith(str(path))


def test_a_missing_file_and_a_mapping_of_several_sides_are_refused(tmp_path: Path):
    with pytest.raises(SourceError, match="nowhere: found no such file or folder"):
        checked(tmp_path / "nowhere")
    mapping = tmp_path / "models.yaml"
    mapping.write_text("problem: question\ntext: {a: a.solution}\n")
    cell = ImportedCell(path=str(tmp_path), mapping=str(mapping))
    with pytest.raises(SourceError, match=r"models\.yaml: found several columns under text"):
        cells.check(cell, "known", problems=1, draws=1, cap=1)


def test_a_problem_that_lacks_a_draw_is_named_when_problems_are_known(tmp_path: Path):
    path = tmp_path / "cell.jsonl"
    path.write_text(WHOLE.replace("A hen", "A cow"))
    checked(path)  # any three problems will do, before the study's are made
    with pytest.raises(SourceError, match=r"found no draw 0 of problem .* \(2 such draws\)"):
        read(path)


def test_the_files_of_a_cell_include_its_own_mapping(tmp_path: Path):
    foreign.nemo_skills(tmp_path / "side", RIGHT)
    cell = ImportedCell(path=str(tmp_path / "side"), mapping="mine.yaml")
    assert [Path(file).name for file in cells.files(cell)] == [
        "output-rs0.jsonl", "output-rs1.jsonl", "mine.yaml",
    ]  # fmt: skip
    assert pl.Series(cells.files(cell.model_copy(update={"mapping": "nemo_skills"}))).len() == 2

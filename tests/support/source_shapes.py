"""Rows in the shapes of the known datasets, what is kept of them, and files made of rows."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl

from ssdmath.config.problems import FileSource
from ssdmath.problems.sources.base import Row
from ssdmath.problems.sources.counts import Tally
from ssdmath.problems.sources.table import rows

Record = dict[str, Any]

LABEL_ALONE = "Answer with the label of the right option alone."
BOXED = "Adding gives $\\boxed{3}$, and then \\boxed{\\frac{1}{2}}."
SHAPES: dict[str, list[Record]] = {
    "hendrycks_math": [
        {"problem": "One?", "level": "Level 5", "type": "Algebra", "solution": BOXED},
        {"problem": "Two?", "level": "Level 3", "type": "Algebra", "solution": BOXED},
        {"problem": "Three?", "level": "Level ?", "type": "Geometry", "solution": BOXED},
    ],
    "numina_cot": [
        {
            "source": "olympiads",
            "problem": "Find x.",
            "solution": BOXED,
            "messages": [{"role": "u"}],
        },
        {"source": "olympiads", "problem": "Prove that 1 > 0.", "solution": "\\boxed{proof}"},
        {"source": "olympiads", "problem": "Show that $a = b$.", "solution": "\\boxed{1}"},
        {"source": "cn_k12", "problem": "No box", "solution": "It is 5."},
        {"source": "cn_k12", "problem": "Solve. ![](https://x/y.png)", "solution": BOXED},
        {"source": "cn_k12", "problem": "求解方程 x = 1", "solution": BOXED},
        {"source": "aops_forum", "problem": "Roots?", "solution": "\\boxed{1, 2}"},
    ],
    "deepmath": [
        {"question": "Evaluate.", "final_answer": "\\dfrac{1}{2}", "difficulty": 5.5, "topic": "C"},
        {"question": "Evaluate again.", "final_answer": "0", "difficulty": 8.0, "topic": "C"},
    ],
    "dapo_math": [
        {"prompt": "Compute.", "solution": "34", "data_source": "math_dapo", "ability": "MATH"},
    ],
    "omni_math_2": [
        {"problem": "Find all n.", "answer": "4", "difficulty": 6.5, "domain": ["Algebra"]},
        {"problem": "Find m.", "answer": "notfound", "difficulty": 2.0, "domain": []},
    ],
    "olympiadbench": [
        {"id": 1, "question": "A?", "final_answer": ["5"], "is_multiple_answer": False},
        {"id": 2, "question": "B?", "final_answer": ["5", "6"], "is_multiple_answer": False},
        {"id": 3, "question": "C?", "final_answer": ["5"], "is_multiple_answer": True},
    ],
    "beyond_aime": [{"problem": "A?", "answer": 125}],
    "aime_2026": [{"problem_idx": 1, "problem": "A?", "answer": 277}],
    "hmmt_feb_2026": [
        {"problem_idx": 1, "problem": "A?", "answer": "\\sqrt{3}", "problem_type": ["Algebra"]}
    ],
    "aime_archive": [
        {"ID": "1983-I-1", "Year": 1983, "Problem Number": 7, "Question": "A?", "Answer": "60"}
    ],
    "gsm8k": [{"question": "A?", "answer": "2 + 3 = <<2+3=5>>5\n#### 5"}],
    "arc_challenge": [
        {
            "id": "Made_1",
            "question": "Which of these is a metal?",
            "choices": {"text": ["wood", "iron", "glass", "wool"], "label": ["A", "B", "C", "D"]},
            "answerKey": "B",
        },
        {
            "id": "Made_2",
            "question": "Which is coldest?",
            "choices": {"text": ["ice", "steam", "tea"], "label": ["1", "2", "3"]},
            "answerKey": "1",
        },
        {
            "id": "Made_3",
            "question": "No such label?",
            "choices": {"text": ["yes", "no"], "label": ["A", "B"]},
            "answerKey": "C",
        },
        {
            "id": "Made_4",
            "question": "One option?",
            "choices": {"text": ["yes"], "label": ["A"]},
            "answerKey": "A",
        },
    ],
    "bbh_object_counting": [
        {"input": "I have two pens and a cup. How many objects do I have?", "target": "3"}
    ],
}
for one in SHAPES["olympiadbench"]:
    one["subfield"] = "Number Theory"
KEPT = {
    "hendrycks_math": [("One?", "\\frac{1}{2}", 5.0, "Level 5")],
    "numina_cot": [("Find x.", "\\frac{1}{2}", None, "olympiads")],
    "deepmath": [
        ("Evaluate.", "\\dfrac{1}{2}", 5.5, "5 to 6"),
        ("Evaluate again.", "0", 8.0, "8 and up"),
    ],
    "dapo_math": [("Compute.", "34", None, "all")],
    "omni_math_2": [("Find all n.", "4", 6.5, "5 to 7")],
    "olympiadbench": [("A?", "5", None, "Number Theory")],
    "beyond_aime": [("A?", "125", None, "all")],
    "aime_2026": [("A?", "277", None, "all")],
    "hmmt_feb_2026": [("A?", "\\sqrt{3}", None, "all")],
    "aime_archive": [("A?", "60", 7.0, "all")],
    "gsm8k": [("A?", "5", None, "all")],
    "arc_challenge": [
        (
            "Which of these is a metal?\n\n(A) wood\n(B) iron\n(C) glass\n(D) wool\n\n"
            + LABEL_ALONE,
            "B",
            None,
            "all",
        ),
        ("Which is coldest?\n\n(1) ice\n(2) steam\n(3) tea\n\n" + LABEL_ALONE, "1", None, "all"),
    ],
    "bbh_object_counting": [
        ("I have two pens and a cup. How many objects do I have?", "3", None, "all")
    ],
}


def write(path: Path, records: list[Record]) -> Path:
    """Write rows in the format of the path's ending; a folder holds two parquet shards."""
    if path.suffix == ".jsonl":
        path.write_text(
            "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        )
    elif path.suffix == ".csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(records[0]))
            writer.writeheader()
            writer.writerows(records)
    elif path.suffix == ".parquet":
        pl.DataFrame(records, infer_schema_length=None).write_parquet(path)
    else:
        path.mkdir()
        half = (len(records) + 1) // 2
        for number, part in enumerate((records[:half], records[half:])):
            if part:
                write(path / f"train-{number:05d}-of-00002.parquet", part)
    return path


def read(path: Path, **settings: Any) -> tuple[list[Row], Tally]:
    tally = Tally()
    source = FileSource.model_validate({"kind": "file", "path": str(path)} | settings)
    return list(rows(source, tally)), tally


def contents(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(row.statement, row.answer, row.difficulty, row.stratum) for row in rows]

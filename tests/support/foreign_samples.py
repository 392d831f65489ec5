"""Samples as others write them: NeMo-Skills, lighteval, GSM8K's authors, and our own columns."""

import json
from pathlib import Path
from typing import Any

import polars as pl

PROBLEMS = [
    {"question": "A hen lays 3 eggs a day. How many in 4 days?", "answer": "<<3*4=12>>12\n#### 12"},
    {"question": "Tom has 7 apples and eats 2. How many are left?", "answer": "7-2\n#### 5"},
    {"question": "Half of a cake is halved again. What is a part?", "answer": "So\n#### 1/4"},
]
# Of each problem: completions with the reason why they ended.
RIGHT = [
    [("It is \\boxed{12}.", "stop"), ("\\boxed{13}", "stop")],
    [("\\boxed{5}", "stop"), ("So \\boxed{5}", "stop")],
    [("\\boxed{0.25}", "stop"), ("Hmm, wait", "length")],
]
WRONG = [
    [("\\boxed{11}", "stop"), ("\\boxed{13}", "stop")],
    [("\\boxed{4}", "stop"), ("no box", "stop")],
    [("\\boxed{0.5}", "stop"), ("\\boxed{1/4}", "stop")],
]
Draws = list[list[tuple[str, str]]]


def problems(path: Path, rows: list[dict[str, Any]] | None = None) -> Path:
    return jsonl(path, PROBLEMS if rows is None else rows)


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def nemo_skills(folder: Path, draws: Draws) -> Path:
    """`ns generate --num_random_seeds=2`: a file per seed, the fields of the input kept."""
    for seed in range(len(draws[0])):
        rows = [
            {
                "problem": problem["question"],
                "expected_answer": problem["answer"].rpartition("#### ")[2],
                "generation": of_problem[seed][0],
                "num_generated_tokens": 3 + len(of_problem[seed][0].split()),
                "finish_reason": of_problem[seed][1],
            }
            for problem, of_problem in zip(PROBLEMS, draws, strict=True)
        ]
        jsonl(folder / f"output-rs{seed}.jsonl", rows)
    return folder


def lighteval(folder: Path, draws: Draws) -> Path:
    """`lighteval ... --save-details`: a row per problem, all its completions in a list."""
    rows = [
        {
            "doc": {"query": f"Question: {problem['question']}\nAnswer:", "id": str(number)},
            "model_response": {"text": [text for text, _ in of_problem]},
            "metric": {"extractive_match": 1.0},
        }
        for number, (problem, of_problem) in enumerate(zip(PROBLEMS, draws, strict=True))
    ]
    folder.mkdir(parents=True)
    pl.DataFrame(rows).write_parquet(folder / "details_lighteval|gsm8k|0_2026-01-01.parquet")
    return folder


def own(path: Path, draws: Draws) -> Path:
    """The columns that the pipeline's own samples have, as jsonl."""
    rows = [
        {"problem": problem["question"], "index": index, "text": text, "finish": finish}
        for problem, of_problem in zip(PROBLEMS, draws, strict=True)
        for index, (text, finish) in enumerate(of_problem)
    ]
    return jsonl(path, rows)


SOLUTIONS = {  # of each problem, in the order of the problems
    "175b_verification": ["3*4 = <<3*4=12>>12\nA: 12", "7-2 = <<7-2=5>>5\nA: 5", "1/2/2\nA: 0.25"],
    "6b_finetuning": [
        "DATA: 3 and 4\nA: 1,200",
        "So he has 7-2 = <<7-2=5>>5 and then he",
        "A: 1/2",
    ],
}
CORRECT = {"175b_verification": [True, True, True], "6b_finetuning": [False, False, False]}


def model_solutions(path: Path) -> Path:
    """GSM8K's `example_model_solutions.jsonl`: a row per problem, a column per model."""
    rows = []
    for number, problem in enumerate(PROBLEMS):
        columns = {
            model: {"is_correct": CORRECT[model][number], "solution": solutions[number]}
            for model, solutions in SOLUTIONS.items()
        }
        truth = problem["answer"].replace("#### ", "A: ")
        rows.append({"question": problem["question"], "ground_truth": truth} | columns)
    return jsonl(path, rows)

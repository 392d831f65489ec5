"""The problems of data/arithmetic: as the tool writes them, right, and not in the prompt."""

import json
import re

import write_arithmetic

PROMPT = write_arithmetic.OUTPUT.parents[2] / "config/prompts/arithmetic.txt"
APPLY = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}


def calculations(text: str) -> list[tuple[int, str, int]]:
    found = re.findall(r"(\d+) ([-+*]) (\d+)\?", text)
    return [(int(a), sign, int(b)) for a, sign, b in found]


def test_the_file_is_what_the_tool_writes_and_its_answers_are_right():
    rows = [json.loads(line) for line in write_arithmetic.OUTPUT.read_text().splitlines()]
    assert rows == write_arithmetic.problems(seed=0)
    assert len({row["question"] for row in rows}) == len(rows) == 360
    for row in rows:
        ((a, sign, b),) = calculations(row["question"])
        assert APPLY[sign](a, b) == int(row["answer"])


def test_no_problem_is_an_example_of_the_prompt():
    examples = calculations(PROMPT.read_text())
    rows = write_arithmetic.problems(seed=0)
    assert len(examples) == 3
    assert not set(examples) & {one for row in rows for one in calculations(row["question"])}

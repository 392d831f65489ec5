import json
import random
from pathlib import Path

import polars as pl
import pytest
from judged_cells import verdicts

from ssdmath.answers import boxed
from ssdmath.answers.canonical import canonical
from ssdmath.answers.equality import compare, exactly_same
from ssdmath.answers.gold import check_gold
from ssdmath.answers.interpret import readings
from ssdmath.tables import schemas

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "cases" / "answers.jsonl").read_text().splitlines()
]


@pytest.fixture(scope="module")
def statuses():
    """The status of every labelled answer, judged the way a study's are."""
    rows = [
        {
            "problem": str(number),
            "index": 0,
            "seed": 0,
            "prompt_ids": [1],
            "token_ids": [1],
            "text": f"</think>\\boxed{{{case['answer']}}}",
            "finish": "stop",
            "logprob": 0.0,
        }
        for number, case in enumerate(CASES)
    ]
    golds = {str(number): case["gold"] for number, case in enumerate(CASES)}
    samples = pl.DataFrame(rows, schema=schemas.SAMPLES)
    return verdicts(samples, golds, workers=2)["status"].to_list()


@pytest.mark.parametrize("expect", ["equal", "different"])
def test_every_labelled_pair_is_judged_right(statuses, expect):
    status = {"equal": "correct", "different": "wrong"}[expect]
    missed = [
        (case["gold"], case["answer"], found, case["reason"])
        for case, found in zip(CASES, statuses, strict=True)
        if case["expect"] == expect and found != status
    ]
    assert missed == []


def test_no_hostile_answer_is_correct(statuses):
    hostile = [s for case, s in zip(CASES, statuses, strict=True) if case["expect"] == "hostile"]
    assert hostile
    assert set(hostile) <= {"wrong", "parse_fail", "timeout", "no_box"}


def test_the_case_file_holds_at_least_300_pairs_and_a_reason_for_each():
    assert len({(case["gold"], case["answer"]) for case in CASES}) >= 300
    assert all(case["reason"] for case in CASES)


@pytest.mark.parametrize("case", [c for c in CASES if c["expect"] == "equal"][::7])
def test_every_gold_of_a_labelled_pair_can_be_compared(case):
    assert check_gold(case["gold"]) is None


@pytest.mark.parametrize(
    ("gold", "kind", "reason"),
    [
        ("", "empty", "empty"),
        ("proof", "no_answer", "no answer"),
        ("notfound", "no_answer", "no answer"),
        ("\\frac{1}{", "unreadable", "not understood"),
        ("\\text{see the figure that follows this page}", "prose", "prose"),
        ("\\text{at least } 3", "prose", "not understood"),
        ("5 +* 3", "unreadable", "not understood"),
        ("1, 5 +* 3", "unreadable", "not understood"),
    ],
)
def test_a_gold_that_cannot_be_compared_says_why(gold, kind, reason):
    fault = check_gold(gold)
    assert fault.kind == kind
    assert reason in fault.reason


@pytest.mark.parametrize(
    "spellings",
    [
        ("0.75", "3/4", "\\frac{3}{4}", "\\dfrac34", "x=0.75", "75\\cdot 10^{-2}"),
        ("\\sqrt{12}", "2\\sqrt{3}", "2\\cdot3^{1/2}"),
        ("1,2", "\\{2,1\\}", "2 \\text{ and } 1"),
        ("(-\\infty, 2)", "x<2", "2>x"),
        ("(n+1)^2", "n^2+2n+1"),
        ("\\log_2 8", "3"),
    ],
)
def test_equal_answers_have_one_class(spellings):
    assert len({canonical(answer) for answer in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("1/2004!", "1/2006!"), ("(1,2)", "\\{1,2\\}"), ("\\sqrt2", "1.41421356"), ("n", "m")],
)
def test_different_answers_have_different_classes(one, other):
    assert canonical(one) != canonical(other)


def test_a_class_is_short_however_long_the_answer():
    assert len(canonical("9" * 4000)) < 100
    assert len(canonical("(" * 100_000)) < 100


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("\\boxed{5}", "5"),
        ("\\boxed{1} and \\boxed{2}", "2"),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed {5}", "5"),
        ("\\boxed 5.", "5"),
        ("\\boxed{\\{1,2\\}}", "\\{1,2\\}"),
        ("\\boxed{\\boxed{5}}", "5"),
        ("\\boxed{\\left\\{ x \\right.}", "\\left\\{ x \\right."),
        ("\\boxed{5", None),
        ("\\boxed", None),
        ("\\boxed}", None),
        ("no box", None),
    ],
)
def test_the_last_whole_box_gives_the_answer_and_an_unclosed_one_gives_none(text, content):
    assert boxed.last_box(text) == content


def test_what_exact_arithmetic_cannot_tell_is_unknown_and_not_different():
    assert compare(readings("\\sqrt2"), readings("1.414"), exactly_same) is None


def test_both_readings_of_a_comma_are_tried():
    assert compare(readings("108,135,189"), readings("\\{189,108,135\\}"), exactly_same)
    assert compare(readings("1,234"), readings("1234"), exactly_same)


def test_no_text_breaks_the_reading_of_answers():
    rng = random.Random(0)
    parts = [
        "\\frac",
        "\\sqrt",
        "\\text",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "\\{",
        "\\}",
        "^",
        "_",
        "1",
        ".",
    ]
    parts += [
        "12",
        "x",
        ",",
        ";",
        "=",
        "<",
        "\\le",
        "\\in",
        "\\cup",
        "\\pm",
        "!",
        "%",
        "\\circ",
        "|",
        "&",
    ]
    parts += [
        "\\lfloor",
        "\\\\",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        " ",
        "and",
        "cm",
        "½",
        "²",
        "➒",
        "٣",
    ]
    for _ in range(1500):
        text = "".join(rng.choices(parts, k=rng.choice([3, 10, 60]))) * rng.choice([1, 1, 20])
        found = readings(text)
        assert canonical(text)
        assert compare(found, found, exactly_same) is not False

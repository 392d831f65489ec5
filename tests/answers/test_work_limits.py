"""Exact comparisons end soon, however much work an answer asks for."""

import time

import pytest

from ssdmath.answers import rational
from ssdmath.answers.parser import parse
from ssdmath.answers.work import limited
from ssdmath.verification.exact_verdict import Gold, settle

SECONDS = 5.0  # processor time; a tenth of it on an idle machine


@pytest.mark.parametrize(
    "answer",
    [
        "5000!*" * 660 + "1",
        "-".join(["5000!"] * 600),
        ",".join(["5000!"] * 400),
        "\\binom{5000}{2500}" * 200,
        "+".join(f"1/{k}^{{7000}}" for k in range(3, 300)),
        "\\sum_{i=1}^{2000}" * 3 + "i",
        ",".join("\\sum_{i=1}^{2000}i^9" for _ in range(190)),
        "(" * 60 + "5" + ")!" * 60,
        "\\pmod" * 500,
        "1 mod " * 600,
        "{1\\over" * 400,
        "\\mathrm{a" * 400,
        "9" * 3999,
    ],
)
def test_an_answer_of_much_work_is_settled_or_left_to_a_worker_soon(answer):
    started = time.process_time()
    verdict = settle(Gold.of("5"), answer)
    assert time.process_time() - started < SECONDS
    assert verdict is None or verdict.status != "correct"


def test_a_product_is_refused_before_it_is_made():
    assert rational.value(parse("2^{150000}*2^{150000}")) is None
    assert rational.value(parse("2^{50000}*2^{50000}")) == 2**100_000


def test_the_expressions_of_an_answer_share_one_budget():
    many = [parse(f"{n}!/{n - 1}!") for n in range(4000, 4200)]
    with limited():
        shared = [rational.value(expr) for expr in many]
    assert shared[0] == 4000
    assert None in shared
    assert rational.value(parse("4199!/4198!")) == 4199

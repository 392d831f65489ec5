"""No comparison exceeds its limits, whatever an answer asks for: processor time, not wall time."""

import time

import polars as pl
import pytest
from expression_trials import completions
from judged_cells import verdicts

from ssdmath.config.verification import VerificationConfig
from ssdmath.tables import statuses
from ssdmath.verification import judge

LIMITS = VerificationConfig()
PARENT_SECONDS = 5.0  # for one answer; a hundredth of it on an idle machine
OVER = 0.5  # seconds that the kernel may take to end a worker that has used up its time
HOSTILE = {
    "factorials": "5000!*" * 660 + "5000!",
    "factorials and a root": "5000!*" * 660 + "\\sqrt{2}",
    "quotients of factorials": "/".join(["\\frac{4999!}{4998!}"] * 200),
    "factorials of factorials": "((((9!)!)!)!)!",
    "a tower": "9^{9^{9^{9^{9}}}}",
    "a tower of letters": "^{".join("x" * 60) + "}" * 59,
    "sums of sums": "\\sum_{i=1}^{1999}\\sum_{j=1}^{1999}\\sqrt{i+j}",
    "many roots": "+".join(f"\\sqrt{{n+{k}}}" for k in range(280)),
    "a large power of a sum": "(\\sqrt{2}+\\sqrt{3}+x+y+z)^{99999}",
    "binomials of letters": "+".join(f"\\binom{{n+{k}}}{{{k}}}" for k in range(200)),
    "a long decimal": "0." + "1234567890" * 390 + "\\pi",
    "nested brackets": "(" * 1900 + "1" + ")" * 1900,
    "many answers": ",".join(f"\\sqrt{{{k}}}+n" for k in range(250)),
    "an enormous modulus": "7^{10^{18}}\\pmod{10^{4000}}",
    "logarithms of huge numbers": "\\ln(9^{9^{9}}!)",
}
GOLDS = ("1", "\\sqrt{2}", "n!", "\\sum_{i=1}^{n}\\sqrt{i}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_gets_a_status_within_the_limits(name: str):
    slowest: list[judge.Comparison] = []
    pairs = [(gold, HOSTILE[name]) for gold in GOLDS]
    samples, golds = completions(pairs)
    started = time.process_time()
    found = verdicts(samples, golds, limits=LIMITS, slowest=slowest)
    assert time.process_time() - started < PARENT_SECONDS * len(GOLDS)
    assert max([0.0, *(each.seconds for each in slowest)]) < LIMITS.seconds + OVER
    assert set(found["status"]) <= {statuses.WRONG, statuses.PARSE_FAIL, statuses.TIMEOUT}


def test_a_hostile_gold_ends_within_the_limits_too():
    pairs = [(answer, "1") for answer in HOSTILE.values()]
    samples, golds = completions(pairs)
    started = time.process_time()
    found = verdicts(samples, golds, limits=LIMITS)
    assert time.process_time() - started < PARENT_SECONDS * len(pairs)
    assert found.filter(pl.col("status") == statuses.CORRECT).is_empty()

"""The verifier against the naive loop of math-verify, and against hostile completions.

Run: PYTHONPATH=scripts python benchmarks/verification.py [realistic] [distinct] [hostile]
Naive: parse gold, parse what follows the thinking, verify, one process. Ours: `judging.judge`, the
start of its workers included. The truth is known: right and wrong answers are made as such.
"""

import logging
import os
import random
import sys
import threading
import time
from collections.abc import Callable

import math_verify
import polars as pl
import psutil

from ssdmath import judging, tables

WORKERS = 2
logging.getLogger("math_verify").setLevel(logging.CRITICAL)  # its timeouts are counted below
Case = tuple[str, list[str], list[str]]  # gold, right spellings, wrong answers


def integer(rng: random.Random) -> Case:
    """An integer answer, as in AIME and BeyondAIME."""
    n = rng.randint(2, 5000)
    wrong = [str(n + 1), str(n - 1), str(2 * n), f"{n}/2" if n % 2 else str(n // 2), "0"]
    return str(n), [str(n), f"{n:,}".replace(",", "{,}"), f"\\text{{{n}}}", f"x={n}"], wrong


def fraction(rng: random.Random) -> Case:
    """A fraction in lowest terms."""
    b = rng.choice([7, 11, 13, 17])
    a = rng.randint(1, b - 1)
    wrong = [f"\\frac{{{b}}}{{{a}}}", f"\\frac{{{a + 1}}}{{{b}}}", f"{a}"]
    return f"\\frac{{{a}}}{{{b}}}", [f"\\dfrac{{{a}}}{{{b}}}", f"{a}/{b}"], wrong


def surd(rng: random.Random) -> Case:
    """A closed form with a root or pi."""
    a, b = rng.randint(2, 9), rng.choice([2, 3, 5, 7])
    right = [f"{a}\\sqrt{{{b}}}", f"\\sqrt{{{a * a * b}}}"]
    wrong = [f"\\sqrt{{{a * b}}}", f"{a}\\sqrt{{{b + 1}}}", f"{a}\\pi", f"{a * b}"]
    return f"{a} \\sqrt{{{b}}}", right, wrong


def expression(rng: random.Random) -> Case:
    """A polynomial in n."""
    a = rng.randint(2, 9)
    right = [f"n^2+{a}n", f"n(n+{a})"]
    return f"n^2+{a} n", right, [f"n^2-{a}n", f"n^2+{a}", f"2n^2+{a}n"]


def pair(rng: random.Random) -> Case:
    """An ordered pair or an interval."""
    a, b = rng.randint(1, 9), rng.randint(10, 20)
    return f"({a},{b})", [f"({a}, {b})"], [f"({b},{a})", f"({a},{b + 1})", f"{a}"]


KINDS: list[tuple[Callable[[random.Random], Case], int]] = [
    (integer, 65), (fraction, 15), (surd, 10), (expression, 5), (pair, 5),
]  # fmt: skip
THOUGHT = "Let me think. We have 3 cases, so 12 + 5 = 17 of them, and 17 is prime. " * 4


def case(rng: random.Random) -> Case:
    """A problem's answers, in the mixture of competition sets."""
    kinds, weights = zip(*KINDS, strict=True)
    return rng.choices(kinds, weights)[0](rng)


def samples(rows: list[tuple[str, str]]) -> pl.DataFrame:
    """SAMPLES of (problem, boxed answer), each after a short thought."""
    table = [
        {
            "problem": problem,
            "index": index,
            "seed": 0,
            "prompt_ids": [1],
            "token_ids": [1] * 100,
            "text": f"{THOUGHT}</think>The answer is $\\boxed{{{answer}}}$.",
            "finish": "stop",
            "logprob": -1.0,
        }
        for index, (problem, answer) in enumerate(rows)
    ]
    return pl.DataFrame(table, schema=tables.SAMPLES)


def naive(frame: pl.DataFrame, golds: dict[str, str]) -> list[bool]:
    """The loop that everybody writes."""
    found = []
    for problem, text in frame.select("problem", "text").iter_rows():
        gold = math_verify.parse(f"\\boxed{{{golds[problem]}}}")
        answer = text.rsplit("</think>", 1)[-1]  # its best case: the shorter, the faster it is
        found.append(math_verify.verify(gold, math_verify.parse(answer)))
    return found


def contest(name: str, frame: pl.DataFrame, golds: dict[str, str], truth: list[bool]) -> float:
    """Time both on the same draws and print it; the ratio of our rate to the naive one."""
    started = time.perf_counter()
    ours = judging.judge(frame, golds, thinking=True, workers=WORKERS)
    ours_seconds = time.perf_counter() - started
    started = time.perf_counter()
    theirs = naive(frame, golds)
    naive_seconds = time.perf_counter() - started
    verdicts = ours["correct"].to_list()
    lost = sum(n == t and v != t for v, n, t in zip(verdicts, theirs, truth, strict=True))
    ratio = naive_seconds / ours_seconds
    n = len(truth)
    print(
        f"{name}: {n} draws; ours {ours_seconds:.2f} s ({n / ours_seconds:.0f}/s),"
        f" naive {naive_seconds:.2f} s ({n / naive_seconds:.0f}/s), ratio {ratio:.1f};"
        f" errors ours {sum(v != t for v, t in zip(verdicts, truth, strict=True))},"
        f" naive {sum(v != t for v, t in zip(theirs, truth, strict=True))};"
        f" naive right and ours not: {lost}"
    )
    if lost:
        sys.exit(f"{name}: a verdict differs where the naive loop is right")
    return ratio


def realistic(problems: int = 200, draws: int = 100) -> None:
    """Many draws a problem; a model repeats its few answers, the popular one most."""
    rng = random.Random(1)
    golds, rows, truth = {}, [], []
    for number in range(problems):
        gold, right, wrong = case(rng)
        golds[f"p{number:03d}"] = gold
        pool = [(answer, True) for answer in right] + [(answer, False) for answer in wrong]
        rng.shuffle(pool)
        weights = [1 / (rank + 1) for rank in range(len(pool))]
        for answer, is_right in rng.choices(pool, weights, k=draws):
            rows.append((f"p{number:03d}", answer))
            truth.append(is_right)
    if contest("realistic", samples(rows), golds, truth) < 10:
        sys.exit("realistic: less than 10 times the naive rate")


def distinct(count: int = 2000) -> None:
    """No two pairs alike: nothing to cache."""
    rng = random.Random(2)
    golds, rows, truth = {}, [], []
    for number in range(count):
        gold, right, wrong = case(rng)
        is_right = rng.random() < 0.5
        golds[f"p{number:04d}"] = gold
        rows.append((f"p{number:04d}", rng.choice(right if is_right else wrong)))
        truth.append(is_right)
    if contest("distinct", samples(rows), golds, truth) < 1:
        sys.exit("distinct: slower than the naive loop")


def hostile_texts(count: int = 1000) -> list[str]:
    """Completions made to hang, to exhaust, to confuse or to break out, all different."""
    rng = random.Random(3)

    def box(answer: str) -> str:
        return f"</think>\\boxed{{{answer}}}"

    def some(parts: str | list[str], count: int) -> str:
        return "".join(rng.choices(parts, k=count))

    def nested(opening: str, core: str, closing: str, depth: int) -> str:
        return opening * depth + core + closing * depth

    n = rng.randint
    makers: list[Callable[[], str]] = [
        lambda: box("^{".join(str(n(2, 9)) for _ in range(6)) + "}" * 5),
        lambda: box(f"{n(2, 9)}^{{{n(10**6, 10**9)}}}"),
        lambda: box(nested("(", str(n(2, 9)), f"^{n(2, 9)})", n(5, 30))),
        lambda: box(nested("\\log(", str(n(2, 99)), ")", n(5, 200))),
        lambda: box(nested("\\sqrt{" + str(n(2, 9)) + "+", "1", "}", n(5, 200))),
        lambda: box(nested("\\frac{1}{1+", "x", "}", n(5, 200))),
        lambda: box(str(n(1, 9)) + some("0123456789", 10**6)),
        lambda: box("{" * 10**6 + str(n(1, 9))),
        lambda: box(nested("{", str(n(1, 9)), "}", 5 * 10**5)),
        lambda: box(nested("(", str(n(1, 9)), ")", n(100, 100_000))),
        lambda: "</think>" + "".join(f"\\boxed{{{n(0, 999)}}}" for _ in range(10_000)),
        lambda: "</think>" + "\\boxed{" * 10_000 + str(n(0, 9)),
        lambda: "</think>\\boxed{" + str(n(0, 999)),
        lambda: "</think>\\boxed" + "}" * n(1, 50) + str(n(0, 9)),
        lambda: box("\x00" * n(1, 50) + str(n(0, 9)) + "\u202e\u200b\u2066" * n(1, 50)),
        lambda: box("\u202e" + "\u200b".join(str(n(10**6, 10**9)))),
        lambda: box(f"<script>alert({n(0, 999)})</script><!-- {n(0, 99)} -->"),
        lambda: box(f"$(rm -rf {n(0, 999)}); `touch {n(0, 99)}` && exit {n(0, 9)}"),
        lambda: box(f"__import__('os').system('exit {n(0, 999)}')"),
        lambda: box(f"eval('9**9**{n(9, 999)}')"),
        lambda: box("\\begin{pmatrix}" + some(["1&", "2&"], 10**4) + "3\\end{pmatrix}"),
        lambda: box("\\\\".join("&".join(str(n(0, 9)) for _ in range(100)) for _ in range(100))),
        lambda: box(f"{n(10**5, 10**9)}!"),
        lambda: box(f"\\binom{{{n(10**7, 10**9)}}}{{{n(10**5, 10**7)}}}"),
        lambda: box(f"\\int_0^{{{n(1, 99)}}} \\sin(\\sin(\\sin(x^x)))\\,dx"),
        lambda: box(f"\\sum_{{k=1}}^{{{n(10**6, 10**9)}}} \\frac{{1}}{{k^k}}"),
        lambda: box(f"\\prod_{{k=1}}^{{{n(10**6, 10**9)}}} k^{{k!}}"),
        lambda: box("+".join(f"\\sqrt{{{n(2, 999)}}}" for _ in range(n(5, 60)))),
        lambda: box("*".join(f"(x^{n(2, 99)}+{n(1, 99)})" for _ in range(n(5, 20)))),
        lambda: box(f"(x+y+z+{n(1, 99)})^{{{n(50, 500)}}}"),
        lambda: box(f"\\sin({n(1, 9)}x)^{{{n(20, 99)}}}+\\cos({n(1, 9)}x)^{{{n(20, 99)}}}"),
        lambda: box(",".join(str(n(0, 9)) for _ in range(n(10, 5000)))),
        lambda: box(some("\\{}()[]^_$&%#~<>=+-*/!|,;: 0123456789abxyfrac", n(1, 400))),
        lambda: box(some(["\\frac ", "\\sqrt ", "{", "}", "^", "_", "1", "x"], n(1, 200))),
        lambda: box("x" + "!" * n(1, 500) + str(n(0, 9))),
        lambda: box(f"{n(2, 99)}^{{-{n(2, 9)}^{{{n(20, 99)}}}}}"),
    ]  # fmt: skip
    return [makers[i % len(makers)]() for i in range(count)]


class Watch(threading.Thread):
    """The largest resident size any one process of ours reaches, in MiB."""

    def __init__(self) -> None:
        """Start watching when started."""
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.workers = self.parent = 0.0

    def run(self) -> None:
        """Look twenty times a second."""
        this = psutil.Process()
        while not self.over.wait(0.05):
            self.parent = max(self.parent, this.memory_info().rss / 2**20)
            for child in this.children(recursive=True):
                try:
                    self.workers = max(self.workers, child.memory_info().rss / 2**20)
                except psutil.NoSuchProcess:
                    continue


def hostile() -> None:
    """A thousand hostile completions: time, statuses, memory, nothing left running."""
    frame = pl.DataFrame(
        [
            {"problem": "p", "index": i, "seed": 0, "prompt_ids": [1], "token_ids": [1],
             "text": text, "finish": "stop", "logprob": 0.0}
            for i, text in enumerate(hostile_texts())
        ],
        schema=tables.SAMPLES,
    )  # fmt: skip
    watch = Watch()
    watch.start()
    started = time.perf_counter()
    found = judging.judge(frame, {"p": "\\sqrt{5}"}, thinking=True, workers=WORKERS)
    seconds = time.perf_counter() - started
    watch.over.set()
    watch.join()
    left = psutil.Process().children(recursive=True)
    statuses = dict(found["status"].value_counts(sort=True).iter_rows())
    print(
        f"hostile: {found.height} completions in {seconds:.1f} s; {statuses}; largest worker"
        f" {watch.workers:.0f} MiB, this process {watch.parent:.0f} MiB; left running: {len(left)}"
    )
    worst = max(watch.workers, watch.parent)
    if seconds > 120 or found["status"].null_count() or left or worst > 1024:
        sys.exit("hostile: a bound was not kept")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for part in (realistic, distinct, hostile):
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            part()

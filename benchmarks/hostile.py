"""Judge hostile completions within limits of time and memory, leaving no process behind.

Run: PYTHONPATH=scripts:tests/support python benchmarks/hostile.py [--quick]
"""

import random
import sys
import threading
import time
from collections.abc import Callable

import polars as pl
import psutil
from judged_cells import verdicts

from ssdmath.tables import schemas

WORKERS = 2


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


def main(count: int) -> None:
    """Judge them and hold the run to two minutes and 1 GiB."""
    frame = pl.DataFrame(
        [
            {"problem": "p", "index": i, "seed": 0, "prompt_ids": [1], "token_ids": [1],
             "text": text, "finish": "stop", "logprob": 0.0}
            for i, text in enumerate(hostile_texts(count))
        ],
        schema=schemas.SAMPLES,
    )  # fmt: skip
    watch = Watch()
    watch.start()
    started = time.perf_counter()
    found = verdicts(frame, {"p": "\\sqrt{5}"}, workers=WORKERS)
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
    main(72 if "--quick" in sys.argv else 1000)

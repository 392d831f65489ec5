"""Other verifiers, each in a process of its own, which may be of another Python environment.

`PYTHON verifier_contenders.py NAME` answers pairs from standard input; it imports nothing of ours.
"""

import json
import selectors
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

PATIENCE = 10.0  # seconds without a verdict that count as a hang
Pair = dict[str, str]


def math_verify() -> Callable[[str, str], bool]:
    """math-verify on its own, each side in a box as its users give it."""
    from math_verify import parse, verify

    return lambda gold, answer: verify(parse(f"\\boxed{{{gold}}}"), parse(f"\\boxed{{{answer}}}"))


def latex2sympy2() -> Callable[[str, str], bool]:
    """latex2sympy2's parser and sympy's simplify, as in the graders built on it."""
    from latex2sympy2 import latex2sympy
    from sympy import simplify

    def same(gold: str, answer: str) -> bool:
        if gold.strip() == answer.strip():
            return True
        return bool(simplify(latex2sympy(gold) - latex2sympy(answer)) == 0)

    return same


def lighteval() -> Callable[[str, str], bool]:
    """The extraction of lighteval, and comparison of LaTeX and plain expressions."""
    from lighteval.metrics.utils import extractive_match_utils as extraction
    from lighteval.metrics.utils.math_comparison import compare_gold_target
    from lighteval.tasks.requests import Doc
    from lighteval.utils.language import Language

    kinds = [extraction.LatexExtractionConfig(), extraction.ExprExtractionConfig()]
    patterns = extraction.get_extraction_regexes(
        Doc(query="", choices=[""], gold_index=0), kinds, Language.ENGLISH
    )

    def values(text: str) -> Any:
        boxed = f"${text}$ \\boxed{{{text}}}"
        return extraction.extract_target_from_pred(boxed, patterns, "first_match", "any_match", 5)

    return lambda gold, answer: bool(compare_gold_target(values(gold), values(answer), 6))


MAKERS = {"math-verify": math_verify, "latex2sympy2": latex2sympy2, "lighteval": lighteval}


def serve(contender: str) -> None:
    """Answer pairs from standard input, a line each; what raises is no equality."""
    same = MAKERS[contender]()
    print("ready", flush=True)
    for line in sys.stdin:
        pair = json.loads(line)
        try:
            verdict = same(pair["gold"], pair["answer"])
        except Exception:  # whatever a parser raises on text it does not know: not accepted
            verdict = False
        print(json.dumps(bool(verdict)), flush=True)


class Contender:
    """A verifier in a process of its own, started anew when it hangs."""

    def __init__(self, name: str, python: str) -> None:
        """Start it; RuntimeError where it cannot be imported."""
        self.command = [python, str(Path(__file__)), name]
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{self.command[-1]} cannot be imported by {self.command[0]}")
        return process

    def judge(self, pair: Pair) -> bool | None:
        """Whether it accepts; None if it hangs or dies."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(pair) + "\n")
        self.process.stdin.flush()
        line = _line(self.process.stdout)
        if line:
            return bool(json.loads(line))
        self.close()
        self.process = self._start()
        return None

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


def _line(stream: IO[str]) -> str:
    """The next line; empty after ten seconds without one."""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return stream.readline() if selector.select(PATIENCE) else ""


if __name__ == "__main__":
    serve(sys.argv[1])

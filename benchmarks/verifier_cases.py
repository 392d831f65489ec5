"""Verifiers on labelled pairs: false accepts, false rejects, hangs, time.

Run: PYTHONPATH=scripts:tests/support python benchmarks/verifier_cases.py [FILE.jsonl ...]
     [--random 1000] [--python latex2sympy2=/path/to/python] [--only NAME] [--docs docs] [--quick]
Each file holds objects with `gold`, `answer` and `expect` (equal, different, hostile). Beside ours:
math-verify alone, and latex2sympy2 or lighteval where `--python` names an interpreter that has it.
Writes verifier_cases.json into the folder `--docs`, row by row, and the table into its
verification.md. `--only` measures some verifiers (`ours` is one) and keeps the rows of the others.
"""

import argparse
import json
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 10.0  # seconds without a verdict that count as a hang
BEGIN, END = "<!-- verifiers:begin -->\n", "<!-- verifiers:end -->"  # in docs/verification.md
CONTENDERS = ("math-verify", "latex2sympy2", "lighteval")
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


def serve(contender: str) -> None:
    """Answer pairs from standard input, a line each; what raises is no equality."""
    makers = {"math-verify": math_verify, "latex2sympy2": latex2sympy2, "lighteval": lighteval}
    same = makers[contender]()
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
        self.command = [python, str(Path(__file__)), "--serve", name]
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


def labelled(path: Path) -> list[Pair]:
    """The pairs of a labelled file."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def ours(pairs: list[Pair]) -> list[bool | None]:
    """Our verdicts: whether each answer is correct, None for a timeout."""
    import expression_trials

    from ssdmath.tables import statuses

    judged = expression_trials.statuses([(pair["gold"], pair["answer"]) for pair in pairs])
    return [None if status == statuses.TIMEOUT else status == statuses.CORRECT for status in judged]


def theirs(name: str, python: str, pairs: list[Pair]) -> list[bool | None]:
    """A contender's verdicts, one after the other."""
    contender = Contender(name, python)
    try:
        return [contender.judge(pair) for pair in pairs]
    finally:
        contender.close()


def row(
    set_name: str, name: str, pairs: list[Pair], judge: Callable[[], Iterable[bool | None]]
) -> dict[str, Any]:
    """One line of the table."""
    started = time.perf_counter()
    verdicts = list(judge())
    seconds = time.perf_counter() - started
    both = list(zip(pairs, verdicts, strict=True))
    return {
        "set": set_name,
        "verifier": name,
        "pairs": len(pairs),
        "false_accepts": sum(v is True and p["expect"] != "equal" for p, v in both),
        "false_rejects": sum(v is not True and p["expect"] == "equal" for p, v in both),
        "unequal": sum(p["expect"] != "equal" for p in pairs),
        "hangs": sum(v is None for v in verdicts),
        "seconds": round(seconds, 1),
    }


def page(rows: list[dict[str, Any]]) -> str:
    """The table for docs/verification.md."""
    from ssdmath.tables import markdown  # here, for contenders' interpreters have only their own

    header = ["pairs", "verifier", "false accepts", "false rejects", "hangs"]
    cells = [
        [
            f"{row['set']} ({row['pairs']:,})",
            row["verifier"],
            f"{row['false_accepts']:,} of {row['unequal']:,}",
            f"{row['false_rejects']:,} of {row['pairs'] - row['unequal']:,}",
            f"{row['hangs']:,}",
        ]
        for row in rows
    ]
    missing = [
        f"{name} on the {one}"
        for one in dict.fromkeys(row["set"] for row in rows)
        for name in CONTENDERS
        if not any((row["set"], row["verifier"]) == (one, name) for row in rows)
    ]
    notes = [f"\nNot measured: {', '.join(missing)}."] if missing else []
    return "\n".join([markdown.table(header, cells, align="llrrr"), *notes]) + "\n"


def merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The new rows and those old ones of the same pairs that were not measured again, in order."""
    sizes = {row["set"]: row["pairs"] for row in new}
    again = {(row["set"], row["verifier"]) for row in new}
    kept = [
        row
        for row in old
        if sizes.get(row["set"], row["pairs"]) == row["pairs"]
        and (row["set"], row["verifier"]) not in again
    ]
    sets = list(dict.fromkeys(row["set"] for row in [*old, *new]))
    names = ["ours", *CONTENDERS]
    rows = [*kept, *new]
    return sorted(rows, key=lambda row: (sets.index(row["set"]), names.index(row["verifier"])))


def save(folder: Path, new: list[dict[str, Any]]) -> None:
    """Write the table so far: a long run that is ended keeps what it measured."""
    folder.mkdir(parents=True, exist_ok=True)
    file, text = folder / "verifier_cases.json", folder / "verification.md"
    old = json.loads(file.read_text())["rows"] if file.exists() else []
    rows = merged(old, new)
    file.write_text(json.dumps({"rows": rows}, indent=1) + "\n")
    if text.exists():
        head, _, rest = text.read_text().partition(BEGIN)
        text.write_text(f"{head}{BEGIN}{page(rows)}{END}{rest.partition(END)[2]}")
    print(new[-1], flush=True)


def main() -> None:
    """Run every verifier on every set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--random", type=int, default=1000, help="rewrites, and as many mutants")
    parser.add_argument("--python", action="append", default=[], help="NAME=interpreter")
    parser.add_argument("--only", action="append", default=[], help="one of the verifiers")
    parser.add_argument("--docs", type=Path, default=ROOT / "results" / "benchmarks")
    parser.add_argument("--serve", choices=CONTENDERS)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    import expression_trials

    count = 50 if options.quick else options.random
    trials = expression_trials.trials(3, count, count)
    sets = {"labelled cases": labelled(ROOT / "tests" / "cases" / "answers.jsonl")}
    sets["rewrites and mutants"] = [
        {"gold": t.gold, "answer": t.answer, "expect": "equal" if t.equal else "different"}
        for t in trials
    ]
    sets |= {path.name: labelled(path) for path in options.files}
    pythons = {"math-verify": sys.executable} | dict(each.split("=", 1) for each in options.python)
    if unknown := set(options.only) - {"ours", *pythons}:
        parser.error(f"--only {sorted(unknown)}: allowed are ours and {sorted(pythons)}")
    verifiers = {"ours": ours} | {name: partial(theirs, name, at) for name, at in pythons.items()}
    rows: list[dict[str, Any]] = []
    for set_name, pairs in sets.items():
        for name, judge in verifiers.items():
            if not options.only or name in options.only:
                rows.append(row(set_name, name, pairs, partial(judge, pairs)))
                save(options.docs, rows)
    print(page(rows), end="")


if __name__ == "__main__":
    main()

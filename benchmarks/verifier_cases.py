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
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import expression_trials
from verifier_contenders import Contender, Pair
from verifier_page import merged, page

from ssdmath.tables import markdown, statuses

ROOT = Path(__file__).resolve().parents[1]


def labelled(path: Path) -> list[Pair]:
    """The pairs of a labelled file."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def ours(pairs: list[Pair]) -> list[bool | None]:
    """Our verdicts: whether each answer is correct, None for a timeout."""
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


def save(folder: Path, new: list[dict[str, Any]]) -> None:
    """Write the table so far: a long run that is ended keeps what it measured."""
    folder.mkdir(parents=True, exist_ok=True)
    file, text = folder / "verifier_cases.json", folder / "verification.md"
    old = json.loads(file.read_text())["rows"] if file.exists() else []
    rows = merged(old, new)
    file.write_text(json.dumps({"rows": rows}, indent=1) + "\n")
    if text.exists():
        text.write_text(markdown.replaced(text.read_text(), "verifiers", page(rows)))
    print(new[-1], flush=True)


def main() -> None:
    """Run every verifier on every set."""
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--random", type=int, default=1000, help="rewrites, and as many mutants")
    parser.add_argument("--python", action="append", default=[], help="NAME=interpreter")
    parser.add_argument("--only", action="append", default=[], help="one of the verifiers")
    parser.add_argument("--docs", type=Path, default=ROOT / "results" / "benchmarks")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
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

"""Rewrites and mutants of random answers, judged by the verdict function that `verify` uses."""

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from expression_answer_mutations import decorated, qualified, value_mutant
from expression_answers import ALL_NOTATIONS, INFINITY, LABELS, Answer, write
from expression_rewrites import rewrite, scaled
from expression_structure_mutations import structural
from expression_structures import generate
from expression_trees import variables, walk
from expression_values import has_value
from judged_cells import verdicts

from ssdmath.tables import schemas

SEED = int(os.environ.get("FUZZ_SEED", "1"))
COUNT = int(os.environ.get("FUZZ_COUNT", "20000"))  # rewrites, and as many mutants
MOST_REJECTED = 0.001  # of the rewrites
PER_GOLD = 4
# a base, as a unit, may be missing from an answer; digits as a gold are decimal
GOLD_NOTATIONS = tuple(n for n in ALL_NOTATIONS if n not in (*LABELS, "no base"))


@dataclass(frozen=True, slots=True)
class Trial:
    """One gold and answer, whether they are equal, and what made the answer."""

    gold: str
    answer: str
    equal: bool
    kind: str
    changes: tuple[str, ...]


@dataclass(slots=True)
class Result:
    """What came of the trials: misjudged ones by kind, and all by change."""

    false_accepts: list[Trial] = field(default_factory=list)
    false_rejects: list[tuple[Trial, str]] = field(default_factory=list)
    timeouts: int = 0
    made: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)


def trials(seed: int, rewrites: int, mutants: int) -> list[Trial]:
    """Distinct pairs, as many rewrites and as many mutants."""
    rng = random.Random(seed)
    found: dict[tuple[str, str], Trial] = {}
    left = {True: rewrites, False: mutants}
    while any(left.values()):
        kind, answer = generate(rng)
        if not _defined(answer):
            continue
        enabled = set(rng.sample(GOLD_NOTATIONS, rng.choice([0, 0, 2, 12])))
        gold, used = write(answer, rng, enabled)
        for _ in range(PER_GOLD):
            for trial in (
                _rewritten(rng, kind, answer, gold, used),
                _mutated(rng, kind, answer, gold, used),
            ):
                if trial is not None and left[trial.equal] and (gold, trial.answer) not in found:
                    found[gold, trial.answer] = trial
                    left[trial.equal] -= 1
    return list(found.values())


def _defined(answer: Answer) -> bool:
    """Whether every constant in an answer has a value."""
    return all(
        variables(item) or _infinite(answer, at) or has_value(item)
        for at, item in enumerate(answer.items)
    )


def _rewritten(
    rng: random.Random, kind: str, answer: Answer, gold: str, used: set[str]
) -> Trial | None:
    changed, changes = _reordered(rng, answer)
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        at = rng.randrange(len(changed.items)) if changed.items else 0
        if (
            not changed.items
            or answer.kind in ("ratio", "base", "congruence", "family")
            or _infinite(changed, at)
        ):
            break
        step = rewrite(rng, changed.items[at])
        if step is not None:
            items = (*changed.items[:at], step[0], *changed.items[at + 1 :])
            changed, changes = replace(changed, items=items), [*changes, step[1]]
    text, notations = write(changed, rng, rng.sample(ALL_NOTATIONS, rng.choice([3, 12, 25])))
    if text == gold:
        return None
    return Trial(
        gold, text, True, kind, (*changes, *sorted(notations | {f"gold {u}" for u in used}))
    )


def _ambiguous(change: str, used: set[str]) -> bool:
    """Whether the gold's spelling leaves open what the change changes."""
    if change == "set: round brackets":
        return bool(used & {"set as list", "bare set braces"})  # a set or a tuple
    return change == "quantity: other unit" and "no unit" in used


def _infinite(answer: Answer, at: int) -> bool:
    return INFINITY in (inner for _, inner in walk(answer.items[at]))


def _reordered(rng: random.Random, answer: Answer) -> tuple[Answer, list[str]]:
    if answer.kind in ("set", "list") and rng.random() < 0.5:
        return replace(answer, items=tuple(rng.sample(answer.items, len(answer.items)))), [
            "reordered"
        ]
    if answer.kind == "ratio" and rng.random() < 0.5:
        return replace(answer, items=scaled(answer.items, rng.randint(2, 5))), ["scaled"]
    return answer, []


def _mutated(
    rng: random.Random, kind: str, answer: Answer, gold: str, used: set[str]
) -> Trial | None:
    style = rng.random()
    if style < 0.3 and answer.kind == "value":
        made = decorated(rng, answer) if style < 0.15 else qualified(rng, answer)
    elif style < 0.65 and answer.kind not in ("value", "equation"):
        made = structural(rng, answer)
    else:
        mutant = value_mutant(rng, answer)
        if mutant is None:
            return None
        text, notations = write(mutant, rng, rng.sample(ALL_NOTATIONS, rng.choice([0, 6])))
        made = (text, f"value; {', '.join(sorted(notations))}")
    if made is None or (_ambiguous(made[1], used)):
        return None
    return Trial(gold, made[0], False, kind, (made[1], *(f"gold {u}" for u in sorted(used))))


def completions(pairs: Sequence[tuple[str, str]]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Samples of one cell whose boxes hold the answers of (gold, answer) pairs, and the golds."""
    golds = {f"g{at}": gold for at, gold in enumerate(dict.fromkeys(gold for gold, _ in pairs))}
    problems = {gold: problem for problem, gold in golds.items()}
    rows = [
        {"problem": problems[gold], "index": at, "seed": 0, "prompt_ids": [1], "token_ids": [1],
         "text": f"</think>The answer is \\boxed{{{answer}}}.", "finish": "stop", "logprob": -1.0}
        for at, (gold, answer) in enumerate(pairs)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schemas.SAMPLES), golds


def statuses(pairs: Sequence[tuple[str, str]], *, workers: int = 2) -> list[str]:
    """The status of each (gold, answer), judged as completions of one cell."""
    samples, golds = completions(pairs)
    return verdicts(samples, golds, workers=workers)["status"].to_list()


def run(cases: list[Trial], *, workers: int = 2) -> Result:
    """Judge the trials and sort the misjudged ones."""
    found = statuses([(trial.gold, trial.answer) for trial in cases], workers=workers)
    result = Result()
    for trial, status in zip(cases, found, strict=True):
        result.made.update(trial.changes)
        result.timeouts += status == "timeout"
        if not trial.equal and status == "correct":
            result.false_accepts.append(trial)
        if trial.equal and status != "correct":
            result.false_rejects.append((trial, status))
            result.rejected.update(trial.changes)
    return result


def lines(result: Result, most: int = 40) -> Iterator[str]:
    """The failing kinds with counts and an example, most frequent first."""
    accepts = Counter((t.kind, t.changes[0].split(";")[0]) for t in result.false_accepts)
    for (kind, change), count in accepts.most_common(most):
        example = next(
            t for t in result.false_accepts if t.kind == kind and t.changes[0].startswith(change)
        )
        pair = f"gold {example.gold}, answer {example.answer}"
        yield f"false accept  {count:5d}  {kind}; {change}: {pair}"
    rejects = Counter(t.kind for t, _ in result.false_rejects)
    yield "false rejects by kind: " + ", ".join(
        f"{kind} {count}" for kind, count in rejects.most_common()
    )
    for change, count in sorted(
        result.rejected.items(), key=lambda item: -item[1] / result.made[item[0]]
    )[:most]:
        simplest = min(
            (t for t, _ in result.false_rejects if change in t.changes),
            key=lambda t: (len(t.changes), len(t.answer)),
        )
        pair = f"gold {simplest.gold}, answer {simplest.answer}"
        share = f"{count:5d} of {result.made[change]:5d}"
        yield f"false reject  {share}  {change}: {simplest.kind}; {pair}"


def assert_judged_right(seed: int, count: int) -> None:
    """Judge `count` rewrites and as many mutants, and print what came of them.

    One core, about 11 ms a pair: nearly all of it is math-verify's parser.
    """
    cases = trials(seed, count, count)
    assert sum(case.equal for case in cases) == sum(not case.equal for case in cases) == count
    result = run(cases, workers=1)
    report = "\n".join(lines(result))
    print(
        f"seed {seed}: {count} rewrites, {len(result.false_rejects)} rejected; {count} mutants, "
        f"{len(result.false_accepts)} accepted; {result.timeouts} timeouts",
        *([report] if result.false_rejects else []),
        sep="\n",
    )
    assert not result.false_accepts, report
    assert len(result.false_rejects) <= MOST_REJECTED * count, report

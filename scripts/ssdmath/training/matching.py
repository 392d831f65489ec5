"""Prompts on which every arm can be trained: `training.match: prompts` (docs/method.md, section 3).

Arms with different filters keep samples of different prompts: `rft` those that base solves. A
difference between such arms holds the difference between their prompts. Matched arms train on the
prompts of which each of them has a sample that passes.
"""

from collections.abc import Collection, Mapping
from typing import Any

MOST_NAMED = 3  # arms in a message, those with the fewest prompts


class MatchError(ValueError):
    """Arms without a common prompt; one line."""


def common(passed: Mapping[str, Collection[str]], *, prompts: int, draws: int) -> dict[str, Any]:
    """The prompts with a sample that passes in every arm, sorted, and how many each arm has.

    `passed` gives each arm and synthesis decoding its prompts, out of `prompts` that were drawn
    `draws` times each. MatchError if they have none in common.
    """
    shared = sorted(set.intersection(*map(set, passed.values())))
    counts = {name: len(set(problems)) for name, problems in passed.items()}
    if not shared:
        fewest = sorted(counts, key=lambda name: (counts[name], name))[:MOST_NAMED]
        fewest_passed = ", ".join(f"{name} {counts[name]}" for name in fewest)
        raise MatchError(
            f"training.match: of {prompts} prompts none has a sample that passes in every arm; "
            f"prompts with one, in {draws} draws: {fewest_passed}; allowed: more synthesis.draws, "
            "arms that keep more, or training.match left out"
        )
    return {"prompts": shared, "sampled": prompts, "draws": draws, "passed": counts}


def described(match: Mapping[str, Any]) -> str:
    """Say in one line how many prompts are left, and whose filter drops the others."""
    sampled, matched, passed = match["sampled"], len(match["prompts"]), match["passed"]
    without = {name: sampled - passed[name] for name in passed if passed[name] < sampled}
    sentence = f"all arms train on {matched} of {sampled} prompts (draws of each: {match['draws']})"
    lacking = ", ".join(f"{name} {number}" for name, number in without.items())
    return f"{sentence}; without a sample that passes: {lacking or 'none'}"

"""Rewords a statement by rule, or changes one of its numbers."""

import random
import re

from paraphrases import Problem

WORDINGS = [
    (r"\bhow many (\w+) (does|do|did|will|can|are)\b", r"what is the number of \1 that \2"),
    (r"\bhow much\b", "what amount"),
    (r"\bfind\b", "determine"),
    (r"\bcompute\b", "calculate"),
    (r"\bdetermine\b", "find"),
    (r"\bsuch that\b", "so that"),
    (r"\bin total\b", "altogether"),
    (r"\bbuys?\b", "purchases"),
    (r"\beach\b", "every"),
    (r"\bsuppose\b", "assume"),
    (r"\blet\b", "denote by"),
    (r"\bpositive integers?\b", "natural numbers greater than 0"),
    (r"\bthere are\b", "we have"),
    (r"\bmore than\b", "above"),
    (r"\bgiven that\b", "provided that"),
    (r"\bmakes\b", "produces"),
    (r"\bneeds\b", "requires"),
    (r"\bdecided to\b", "chose to"),
    (r"\bvalue of\b", "quantity"),
    (r"\bif\b", "in case"),
    (r"\bcosts?\b", "is priced at"),
    (r"\bhas\b", "owns"),
]
FORMULA_REWRITES = [
    (r"\\frac", r"\\dfrac"),
    (r"\$\$?([^$]+)\$\$?", r"\\(\1\\)"),
    (r"\\leq?(?![a-z])", r"\\leqslant "),
    (r"\\geq?(?![a-z])", r"\\geqslant "),
    (r"\\l?dots", r"\\ldots"),
    (r" = ", "="),
    (r"\^\{(\d)\}", r"^\1"),
]


def reworded(problem: Problem, rng: random.Random) -> Problem:
    """The same problem with words exchanged, formulas retyped and sentences in another order."""
    text = problem.statement
    for pattern, replacement in rng.sample(WORDINGS, len(WORDINGS) * 3 // 4):
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    for pattern, replacement in FORMULA_REWRITES:
        text = re.sub(pattern, replacement, text)
    sentences = re.split(r"(?<=[.?!])\s+", text)
    if len(sentences) > 1:
        rng.shuffle(sentences)
    opening = rng.choice(["", "Consider the following. ", "Solve this problem: ", "(Contest) "])
    return problem._replace(statement=opening + " ".join(sentences))


def renumbered(problem: Problem, rng: random.Random) -> Problem:
    """A foil: the same words about another number, with another answer."""
    numbers = list(re.finditer(r"(?<![\d.])\d+(?![\d.])", problem.statement))
    number = rng.choice(numbers)
    other = str(int(number.group()) + rng.randint(1, 9))
    text = problem.statement[: number.start()] + other + problem.statement[number.end() :]
    return Problem(text, f"{problem.answer}+{other}", f"{problem.name}-other")

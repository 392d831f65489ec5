"""Random answers with a structure (tuples, sets, intervals, relations, units, ...) or of one value."""

import random
from collections.abc import Callable

from expression_answers import INFINITY, UNITS, Answer
from expression_generator import PI, SCALARS, WORDS, constant, integer, rational, small, surd
from expression_trees import Node, compare, evaluate, name, negative, number, variables

# cheap kinds oftener: a comparison of rationals takes microseconds, one of formulas up to .2 s
WEIGHTS = {"integer": 5, "large integer": 4, "fraction": 12, "closed formula": 2, "equation": 0.3,
           "tuple": 0.5, "set": 0.7, "list": 0.7}  # fmt: skip


def generate(rng: random.Random) -> tuple[str, Answer]:
    """A random answer and the name of its kind; half of them are single values."""
    if rng.random() < 0.6:
        kinds = list(SCALARS)
        kind = rng.choices(kinds, [WEIGHTS.get(each, 1) for each in kinds])[0]
        node = SCALARS[kind](rng)
        label = rng.choice(["N", "S", "p", "c"])
        return kind, Answer("value", (node,), label="=" if variables(node) else label)
    kinds = list(_STRUCTURES)
    kind = rng.choices(kinds, [WEIGHTS.get(each, 1) for each in kinds])[0]
    return kind, _STRUCTURES[kind](rng)


def _distinct(rng: random.Random, count: int, *, ordered: bool = False) -> tuple[Node, ...]:
    """Different real constants."""
    makers = [integer, integer, integer, rational, rational, rational, surd, constant]
    values: list[Node] = []
    while len(values) < count:
        value = rng.choice(makers)(rng)
        if all(compare(value, other) is False for other in values):
            values.append(value)
    if ordered:
        values.sort(key=lambda node: float(evaluate(node, {}).real))
    return tuple(values)


def _interval(rng: random.Random) -> Answer:
    left, right = _distinct(rng, 2, ordered=True)
    mark = rng.choice("[(") + rng.choice("])")
    unbounded = rng.random()
    if unbounded < 0.15:
        return Answer("interval", (negative(INFINITY), right), "(" + mark[1])
    if unbounded < 0.3:
        return Answer("interval", (left, INFINITY), mark[0] + ")")
    if unbounded < 0.33:
        return Answer("interval", (negative(INFINITY), INFINITY), "()")
    return Answer("interval", (left, right), mark)


def _union(rng: random.Random) -> Answer:
    values = _distinct(rng, 4, ordered=True)
    mark = "".join(rng.choice("[(") + rng.choice("])") for _ in range(2))
    if rng.random() < 0.5:
        values = (negative(INFINITY), values[1], values[2], INFINITY)
        mark = "(" + mark[1:3] + ")"
    return Answer("union", values, mark)


def _ratio(rng: random.Random) -> Answer:
    values: list[int] = rng.sample(range(1, 30), rng.choice([2, 2, 3]))
    return Answer("ratio", tuple(map(number, values)))


def _matrix(rng: random.Random) -> Answer:
    columns = rng.choice([1, 2, 3])
    rows = 3 if columns == 1 else 2
    return Answer(
        "matrix", tuple(number(rng.randint(-9, 9)) for _ in range(rows * columns)), str(columns)
    )


def _quantity(rng: random.Random) -> Answer:
    value = rng.choice([small, rational, surd, integer])(rng)
    return Answer("quantity", (value,), rng.choice(list(UNITS)))


def _equation(rng: random.Random) -> Answer:
    x, y = name("x"), name("y")
    makers: list[Callable[[], tuple[Node, Node]]] = [
        lambda: (y, small(rng) * x + small(rng)),
        lambda: (y, rational(rng) * x - small(rng)),
        lambda: (small(rng) * x + small(rng) * y, small(rng)),
        lambda: ((x - small(rng)) ** 2 + (y + small(rng)) ** 2, small(rng)),
        lambda: (x**2 / small(rng) + y**2 / small(rng), number(1)),
    ]
    return Answer("equation", rng.choice(makers)())


def _base(rng: random.Random) -> Answer:
    base = rng.choice([2, 3, 5, 7, 8, 9])
    digits = "".join(str(rng.randrange(base)) for _ in range(rng.randint(3, 6)))
    return Answer("base", (number(base),), f"{rng.randrange(1, base)}{digits}")


def _congruence(rng: random.Random) -> Answer:
    modulus = rng.randint(5, 30)
    return Answer("congruence", (number(rng.randrange(1, modulus)), number(modulus)))


_STRUCTURES: dict[str, Callable[[random.Random], Answer]] = {
    "tuple": lambda rng: Answer("tuple", _distinct(rng, rng.randint(2, 4))),
    "set": lambda rng: Answer("set", _distinct(rng, rng.randint(2, 4))),
    "list": lambda rng: Answer("list", _distinct(rng, rng.randint(2, 4))),
    "interval": _interval, "union": _union, "ratio": _ratio, "matrix": _matrix,
    "quantity": _quantity, "equation": _equation, "base": _base, "congruence": _congruence,
    "percent": lambda rng: Answer("percent", (rng.choice([small, integer, rational])(rng),)),
    "degrees": lambda rng: Answer("degrees", (rng.choice([small, integer, rational])(rng),)),
    "word": lambda rng: Answer("word", mark=rng.choice(WORDS)),
    "choice": lambda rng: Answer("choice", mark=rng.choice("ABCDE")),
    "plus-minus": lambda rng: Answer("plus-minus", (small(rng), rng.choice([small, surd])(rng))),
    "family": lambda rng: Answer("family", (PI / small(rng), rng.choice([PI, number(2) * PI]))),
}  # fmt: skip

"""Rewriting a tree into an equal one: each rule has a name, and every result is checked."""

import math
import random
from collections.abc import Callable
from fractions import Fraction

from expression_trees import Node, call, compare, negative, number, replaced, root, variables, walk

ONE = number(1)
Rule = Callable[[random.Random, Node], Node | None]


def _commute(rng: random.Random, node: Node) -> Node | None:
    if node.op not in ("+", "*"):
        return None
    return Node(node.op, tuple(rng.sample(node.args, len(node.args))))


def _distribute(rng: random.Random, node: Node) -> Node | None:
    """a(b + c) into ab + ac."""
    sums = [arg for arg in node.args if arg.op == "+"]
    if node.op != "*" or not sums:
        return None
    chosen = rng.choice(sums)
    rest = list(node.args)
    rest.remove(chosen)
    other = rest[0] if len(rest) == 1 else Node("*", tuple(rest))
    terms = [
        negative(other * term.args[0]) if term.op == "neg" else other * term for term in chosen.args
    ]
    return Node("+", tuple(terms))


def _factor_minus(rng: random.Random, node: Node) -> Node | None:
    """a - b into -(b - a)."""
    if node.op != "+":
        return None
    return negative(Node("+", tuple(negative(arg) for arg in reversed(node.args))))


def _split_fraction(rng: random.Random, node: Node) -> Node | None:
    """(a + b)/c into a/c + b/c."""
    if node.op != "/" or node.args[0].op != "+":
        return None
    bottom = node.args[1]
    terms = [
        negative(term.args[0] / bottom) if term.op == "neg" else term / bottom
        for term in node.args[0].args
    ]
    return Node("+", tuple(terms))


def _factor_out_of_fraction(rng: random.Random, node: Node) -> Node | None:
    """a/b into (1/b) a."""
    if node.op != "/" or node.args[0].op in ("number", "neg"):
        return None
    return (ONE / node.args[1]) * node.args[0]


def _into_fraction(rng: random.Random, node: Node) -> Node | None:
    """a + b into (2a + 2b)/2."""
    if node.op != "+" or len(node.args) > 3:
        return None
    two = number(2)
    terms = [negative(two * t.args[0]) if t.op == "neg" else two * t for t in node.args]
    return Node("+", tuple(terms)) / two


def _expand_fraction(rng: random.Random, node: Node) -> Node | None:
    """a/b into ka/kb."""
    if node.op != "/" or node.args[0].op == "+":
        return None
    factor = number(rng.choice([2, 3, 5]))
    return (factor * node.args[0]) / (factor * node.args[1])


def _negative_exponent(rng: random.Random, node: Node) -> Node | None:
    """a/b^n into a b^{-n}."""
    if node.op != "/" or node.args[1].op not in ("name", "^", "number"):
        return None
    base, exponent = node.args[1].args if node.args[1].op == "^" else (node.args[1], ONE)
    raised = base ** negative(exponent)
    return raised if node.args[0] == ONE else node.args[0] * raised


def _shift_exponent(rng: random.Random, node: Node) -> Node | None:
    """2^{n-2} into 2^n/4, and 2^{n+1} into 2 times 2^n."""
    if node.op != "^" or node.args[0].op != "number" or node.args[1].op != "+":
        return None
    *rest, last = node.args[1].args
    shift = last.args[0] if last.op == "neg" else last
    if shift.op != "number" or shift.value.denominator != 1 or shift.value > 5:
        return None
    base = node.args[0]
    raised = base ** (rest[0] if len(rest) == 1 else Node("+", tuple(rest)))
    factor = number(base.value ** int(shift.value))
    return raised / factor if last.op == "neg" else factor * raised


def _power_of_power(rng: random.Random, node: Node) -> Node | None:
    """4^n into 2^{2n}."""
    if node.op != "^" or node.args[0].op != "number" or node.args[0].value not in (4, 9, 25):
        return None
    return number(math.isqrt(int(node.args[0].value))) ** (number(2) * node.args[1])


def _split_power(rng: random.Random, node: Node) -> Node | None:
    """a^5 into a times a^4."""
    exponent = node.args[1] if node.op == "^" else ONE
    if exponent.op != "number" or exponent.value.denominator != 1 or not 3 <= exponent.value < 50:
        return None
    return node.args[0] * node.args[0] ** int(exponent.value - 1)


def _root_as_power(rng: random.Random, node: Node) -> Node | None:
    if node.op != "root":
        return None
    return node.args[0] ** (ONE / node.args[1])


def _power_as_root(rng: random.Random, node: Node) -> Node | None:
    if node.op != "^" or node.args[1].op != "number" or node.args[1].value.denominator == 1:
        return None
    top, bottom = node.args[1].value.as_integer_ratio()
    return root(node.args[0] ** top, bottom)


def _pull_out_of_root(rng: random.Random, node: Node) -> Node | None:
    """sqrt(12) into 2 sqrt(3), and 2 sqrt(3) back into sqrt(12)."""
    if node.op == "*" and [arg.op for arg in node.args] == ["number", "root"]:
        factor, base = node.args
        return call(
            "root", number(factor.value ** int(base.args[1].value)) * base.args[0], base.args[1]
        )
    if node.op != "root" or node.args[0].op != "number":
        return None
    index, value = int(node.args[1].value), int(node.args[0].value)
    outside = max(f for f in range(1, 10) if value % f**index == 0)
    return number(outside) * root(number(value // outside**index), index) if outside > 1 else None


def _split_root(rng: random.Random, node: Node) -> Node | None:
    """sqrt(ab) into sqrt(a) sqrt(b)."""
    if node.op != "root" or node.args[0].op != "*":
        return None
    return Node("*", tuple(call("root", arg, node.args[1]) for arg in node.args[0].args))


def _rationalise(rng: random.Random, node: Node) -> Node | None:
    """b sqrt(a)/c into ab/(c sqrt(a))."""
    if node.op != "root" or node.args[1] != number(2) or variables(node):
        return None
    return node.args[0] / node


def _unfold_factorial(rng: random.Random, node: Node) -> Node | None:
    """n! into n (n-1)!."""
    if node.op != "factorial" or node.args[0].op not in ("name", "number"):
        return None
    argument = node.args[0]
    less = number(argument.value - 1) if argument.op == "number" else argument - ONE
    return argument * call("factorial", less)


def _work_out(rng: random.Random, node: Node) -> Node | None:
    """A factorial, a binomial or a power of integers into its digits."""
    if node.op not in ("factorial", "binomial", "^") or any(a.op != "number" for a in node.args):
        return None
    values = [a.value for a in node.args]
    if any(v.denominator > 1 for v in values) or values[-1] > 60 or values[0] > 200:
        return None
    worked = {"factorial": math.factorial, "binomial": math.comb, "^": pow}[node.op]
    return number(worked(*map(int, values)))


def _binomial_symmetry(rng: random.Random, node: Node) -> Node | None:
    if node.op != "binomial":
        return None
    top, bottom = node.args
    if top.op == bottom.op == "number":
        return call("binomial", top, number(top.value - bottom.value))
    return None if top == bottom else call("binomial", top, top - bottom)


def _binomial_as_factorials(rng: random.Random, node: Node) -> Node | None:
    if node.op != "binomial":
        return None
    top, bottom = node.args
    numbers = top.op == bottom.op == "number"
    rest = number(top.value - bottom.value) if numbers else top - bottom
    factorials = [call("factorial", part) for part in (top, bottom, rest)]
    return factorials[0] / (factorials[1] * factorials[2])


def _logarithm(rng: random.Random, node: Node) -> Node | None:
    """ln 8 into 3 ln 2, 2 ln 3 into ln 9, log_b a into ln a / ln b."""
    if node.op == "log":
        return call("ln", node.args[0]) / call("ln", node.args[1])
    if node.op == "*" and [arg.op for arg in node.args] == ["number", "ln"]:
        return call("ln", node.args[1].args[0] ** int(node.args[0].value))
    if node.op != "ln" or node.args[0].op != "number":
        return None
    value = int(node.args[0].value)
    for base in (2, 3):
        for exponent in (4, 3, 2):
            if value == base**exponent:
                return number(exponent) * call("ln", number(base))
    divisor = next((d for d in range(2, value) if value % d == 0), 0)
    return call("ln", number(divisor)) + call("ln", number(value // divisor)) if divisor else None


def _co_function(rng: random.Random, node: Node) -> Node | None:
    """sin a into cos(pi/2 - a), tan a into sin a / cos a."""
    if node.op == "tan":
        return call("sin", *node.args) / call("cos", *node.args)
    if node.op not in ("sin", "cos"):
        return None
    other = "cos" if node.op == "sin" else "sin"
    return call(other, Node("name", value="pi") / number(2) - node.args[0])


def _arithmetic(rng: random.Random, node: Node) -> Node | None:
    """An integer left as a sum, a difference or a product."""
    if node.op != "number" or node.value.denominator > 1 or node.value < 4:
        return None
    value, part = int(node.value), rng.randint(1, 3)
    divisor = next((d for d in range(2, 12) if value % d == 0 and value > d), 0)
    forms = [number(value - part) + number(part), number(value + part) - number(part)]
    return rng.choice(forms + ([number(value // divisor) * number(divisor)] * 3 if divisor else []))


def _step(rng: random.Random, node: Node) -> Node | None:
    """|a| into |-a|, the floor of a into one less than that of a + 1, max(a, b) into max(b, a)."""
    if node.op == "abs":
        inner = node.args[0]
        return call(
            "abs",
            negative(inner)
            if inner.op != "+"
            else Node("+", tuple(negative(a) for a in reversed(inner.args))),
        )
    if node.op in ("floor", "ceil"):
        return call(node.op, node.args[0] + ONE) - ONE
    return Node(node.op, node.args[::-1]) if node.op in ("max", "min", "gcd", "lcm") else None


RULES: dict[str, Rule] = {
    "commute": _commute, "distribute": _distribute, "factor out minus": _factor_minus,
    "split fraction": _split_fraction, "factor out of fraction": _factor_out_of_fraction,
    "into fraction": _into_fraction, "expand fraction": _expand_fraction,
    "negative exponent": _negative_exponent, "shift exponent": _shift_exponent,
    "power of power": _power_of_power, "split power": _split_power, "root as power": _root_as_power,
    "power as root": _power_as_root, "pull out of root": _pull_out_of_root, "split root": _split_root,
    "rationalise": _rationalise, "unfold factorial": _unfold_factorial, "work out": _work_out,
    "binomial symmetry": _binomial_symmetry, "binomial as factorials": _binomial_as_factorials,
    "logarithm rule": _logarithm, "co-function": _co_function, "unfinished arithmetic": _arithmetic,
    "abs, floor or max rule": _step,
}  # fmt: skip


class RewriteError(AssertionError):
    """A rule of this module changed a value."""


def rewrite(rng: random.Random, node: Node) -> tuple[Node, str] | None:
    """The tree after one random applicable rule, and the rule's name; None if none applies."""
    indices = {(*path, 1) for path, inner in walk(node) if inner.op == "root"}
    options = [
        (path, inner, rule) for path, inner in walk(node) for rule in RULES if path not in indices
    ]
    rng.shuffle(options)
    for path, inner, rule in options:
        new = RULES[rule](rng, inner)
        if new is None or new == inner:
            continue
        result = replaced(node, path, new)
        if compare(node, result) is False:
            raise RewriteError(f"{rule}: {node} became {result}")
        return result, rule
    return None


def scaled(values: tuple[Node, ...], factor: int) -> tuple[Node, ...]:
    """Integers times a factor, as a ratio allows."""
    return tuple(number(Fraction(node.value) * factor) for node in values)

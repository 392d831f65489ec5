"""Rewriting rules for roots, factorials, binomials, logarithms and trigonometric functions."""

import math
import random

from expression_trees import Node, call, number, root, variables

ONE = number(1)


def root_as_power(rng: random.Random, node: Node) -> Node | None:
    if node.op != "root":
        return None
    return node.args[0] ** (ONE / node.args[1])


def power_as_root(rng: random.Random, node: Node) -> Node | None:
    if node.op != "^" or node.args[1].op != "number" or node.args[1].value.denominator == 1:
        return None
    top, bottom = node.args[1].value.as_integer_ratio()
    return root(node.args[0] ** top, bottom)


def pull_out_of_root(rng: random.Random, node: Node) -> Node | None:
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


def split_root(rng: random.Random, node: Node) -> Node | None:
    """sqrt(ab) into sqrt(a) sqrt(b)."""
    if node.op != "root" or node.args[0].op != "*":
        return None
    return Node("*", tuple(call("root", arg, node.args[1]) for arg in node.args[0].args))


def rationalise(rng: random.Random, node: Node) -> Node | None:
    """b sqrt(a)/c into ab/(c sqrt(a))."""
    if node.op != "root" or node.args[1] != number(2) or variables(node):
        return None
    return node.args[0] / node


def unfold_factorial(rng: random.Random, node: Node) -> Node | None:
    """n! into n (n-1)!."""
    if node.op != "factorial" or node.args[0].op not in ("name", "number"):
        return None
    argument = node.args[0]
    less = number(argument.value - 1) if argument.op == "number" else argument - ONE
    return argument * call("factorial", less)


def work_out(rng: random.Random, node: Node) -> Node | None:
    """A factorial, a binomial or a power of integers into its digits."""
    if node.op not in ("factorial", "binomial", "^") or any(a.op != "number" for a in node.args):
        return None
    values = [a.value for a in node.args]
    if any(v.denominator > 1 for v in values) or values[-1] > 60 or values[0] > 200:
        return None
    worked = {"factorial": math.factorial, "binomial": math.comb, "^": pow}[node.op]
    return number(worked(*map(int, values)))


def binomial_symmetry(rng: random.Random, node: Node) -> Node | None:
    if node.op != "binomial":
        return None
    top, bottom = node.args
    if top.op == bottom.op == "number":
        return call("binomial", top, number(top.value - bottom.value))
    return None if top == bottom else call("binomial", top, top - bottom)


def binomial_as_factorials(rng: random.Random, node: Node) -> Node | None:
    if node.op != "binomial":
        return None
    top, bottom = node.args
    numbers = top.op == bottom.op == "number"
    rest = number(top.value - bottom.value) if numbers else top - bottom
    factorials = [call("factorial", part) for part in (top, bottom, rest)]
    return factorials[0] / (factorials[1] * factorials[2])


def logarithm(rng: random.Random, node: Node) -> Node | None:
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


def co_function(rng: random.Random, node: Node) -> Node | None:
    """sin a into cos(pi/2 - a), tan a into sin a / cos a."""
    if node.op == "tan":
        return call("sin", *node.args) / call("cos", *node.args)
    if node.op not in ("sin", "cos"):
        return None
    other = "cos" if node.op == "sin" else "sin"
    return call(other, Node("name", value="pi") / number(2) - node.args[0])

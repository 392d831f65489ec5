"""Small changes of a tree that change its value: each has a name, and every result is checked."""

import random
from collections.abc import Callable
from fractions import Fraction

from expression_trees import Node, call, name, negative, number, replaced, variables, walk
from expression_values import UndefinedValueError, compare, evaluate, has_value, points

Change = Callable[[random.Random, Node], Node | None]
FUNCTION_SWAPS = {"sin": "cos", "cos": "sin", "tan": "cot", "ln": "log", "arctan": "arcsin",
                  "max": "min", "min": "max", "gcd": "lcm", "floor": "ceil",
                  "ceil": "floor"}  # fmt: skip
NAME_SWAPS = {"pi": "e", "e": "pi", "x": "y", "y": "x", "n": "k", "k": "n", "a": "b", "b": "a"}


def _digit(rng: random.Random, node: Node) -> Node | None:
    """Another digit somewhere in a numerator or denominator."""
    if node.op != "number":
        return None
    parts = [list(str(part)) for part in node.value.as_integer_ratio()]
    digits = parts[rng.randrange(2) if node.value.denominator > 1 else 0]
    digits[rng.randrange(len(digits))] = str(rng.randrange(10))
    top, bottom = (int("".join(part)) for part in parts)
    return number(Fraction(top, bottom)) if bottom else None


def _digit_more(rng: random.Random, node: Node) -> Node | None:
    """A digit too many or too few, or two neighbouring ones swapped."""
    if node.op != "number" or node.value.denominator > 1:
        return None
    text = str(node.value)
    at = rng.randrange(len(text))
    swapped = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return number(
        int(
            rng.choice(
                [
                    text[:at] + text[at + 1 :] or "0",
                    text[:at] + text[at] * 2 + text[at + 1 :],
                    swapped,
                ]
            )
        )
    )


def _off_by_one(rng: random.Random, node: Node) -> Node | None:
    if node.op != "number" or node.value.denominator > 1:
        return None
    return number(node.value + rng.choice([-1, 1]))


def _sign(rng: random.Random, node: Node) -> Node | None:
    """One term of a sum, or the whole, with the other sign."""
    if node.op != "+":
        return negative(node) if node.op in ("neg", "number", "/") else None
    args = list(node.args)
    at = rng.randrange(len(args))
    args[at] = negative(args[at])
    return Node("+", tuple(args))


def _operator(rng: random.Random, node: Node) -> Node | None:
    """A sum as a product, a product as a sum, a fraction as a product, a power as a product."""
    swaps = {"+": "*", "*": "+", "/": "*", "^": "*"}
    if node.op not in swaps:
        return None
    return Node(swaps[node.op], node.args)


def _upside_down(rng: random.Random, node: Node) -> Node | None:
    if node.op == "number" and node.value.denominator > 1:
        return number(1 / node.value)
    return Node(node.op, node.args[::-1]) if node.op in ("/", "^", "binomial") else None


def _part_dropped(rng: random.Random, node: Node) -> Node | None:
    """One term or factor missing, or an operator gone from around its first argument."""
    if node.op in ("number", "name", "neg"):
        return None
    if len(node.args) == 1:
        return node.args[0]
    args = list(node.args)
    args.pop(rng.randrange(len(args)) if node.op in ("+", "*", "max", "min", "gcd") else 1)
    return args[0] if len(args) == 1 else Node(node.op, tuple(args))


def _function(rng: random.Random, node: Node) -> Node | None:
    if node.op == "ln":
        return call("log", node.args[0], number(10))
    return (
        Node(FUNCTION_SWAPS[node.op], node.args)
        if node.op in FUNCTION_SWAPS and node.op != "log"
        else None
    )


def _name(rng: random.Random, node: Node) -> Node | None:
    """Another constant or variable."""
    return name(NAME_SWAPS[node.value]) if node.op == "name" and node.value in NAME_SWAPS else None


def _exponent(rng: random.Random, node: Node) -> Node | None:
    """An exponent one more or less, or a root's index."""
    if node.op == "root":
        return (
            call("root", node.args[0], node.args[1] + number(1))
            if False
            else call("root", node.args[0], number(node.args[1].value + 1))
        )
    if node.op != "^":
        return None
    return node.args[0] ** (node.args[1] + rng.choice([number(1), negative(number(1))]))


def _wrapped(rng: random.Random, node: Node) -> Node | None:
    """A root, a factorial, a square or a factor too many."""
    if node.op not in ("name", "number") or node.value == Fraction(1):
        return None
    forms = [call("root", node, number(2)), node**2, number(2) * node]
    if node.op == "number" and node.value.denominator == 1 and 3 <= node.value < 100:
        forms.append(call("factorial", node))
    return rng.choice(forms)


def _brackets_moved(rng: random.Random, node: Node) -> Node | None:
    """a(b + c) as ab + c, (a + b)/c as a + b/c, (a + b)^n as a + b^n."""
    if node.op == "*" and node.args[-1].op == "+":
        *rest, last = node.args
        return Node("+", (Node("*", (*rest, last.args[0])), *last.args[1:]))
    if node.op in ("/", "^") and node.args[0].op == "+":
        *rest, last = node.args[0].args
        inner = last.args[0] if last.op == "neg" else last
        moved = Node(node.op, (inner, node.args[1]))
        return Node("+", (*rest, negative(moved) if last.op == "neg" else moved))
    return None


def _rounded(rng: random.Random, node: Node) -> Node | None:
    """A decimal of four to twelve digits instead of the exact value."""
    if variables(node) or not has_value(node):
        return None
    value = evaluate(node, {})
    if not isinstance(value, Fraction):
        if value.imag:
            return None
        value = Fraction(str(value.real))
    digits = rng.randint(3, 9)
    if not 1e-3 < abs(value) < 1e6:
        return None
    return number(Fraction(round(value * 10**digits), 10**digits))


def _plus_one(rng: random.Random, node: Node) -> Node | None:
    return node + number(1) if rng.random() < 0.5 else node - number(1)


CHANGES: dict[str, Change] = {
    "digit": _digit, "digits added, dropped or swapped": _digit_more, "off by one": _off_by_one,
    "sign": _sign, "operator": _operator, "upside down": _upside_down,
    "part dropped": _part_dropped,
    "function": _function, "name": _name, "exponent": _exponent,
    "root, square or factor added": _wrapped,
    "brackets moved": _brackets_moved,
}  # fmt: skip
WHOLE_CHANGES: dict[str, Change] = {"rounded": _rounded, "plus one": _plus_one}


def mutate(rng: random.Random, node: Node) -> tuple[Node, str] | None:
    """A tree of another value and the change's name; None where ten attempts changed nothing."""
    for _ in range(10):
        change = rng.choice([*CHANGES, *WHOLE_CHANGES])
        if change in WHOLE_CHANGES:
            path, new = (), WHOLE_CHANGES[change](rng, node)
        else:
            sites = [
                (path, inner)
                for path, inner in walk(node)
                if not (path and path[-1] == 1 and _parent(node, path).op in ("root", "log"))
            ]
            path, inner = rng.choice(sites)
            new = CHANGES[change](rng, inner)
        if new is None:
            continue
        result = replaced(node, path, new)
        if compare(node, result) is False:
            return result, change
    return None


def _parent(node: Node, path: tuple[int, ...]) -> Node:
    for at in path[:-1]:
        node = node.args[at]
    return node


def equations_differ(a: tuple[Node, Node], b: tuple[Node, Node]) -> bool:
    """Whether two equations are no multiples of each other."""
    first, second = (pair[0] - pair[1] for pair in (a, b))
    shift = Node("name", value="t")
    moved = Node("*", (first, shift)) - Node("*", (second, shift))  # values at the same points
    ratios = set()
    for point in points(variables(moved) - {"t"}, positive=False):
        try:
            x, y = evaluate(first, point), evaluate(second, point)
        except UndefinedValueError:
            continue
        if isinstance(x, Fraction) and isinstance(y, Fraction) and (x or y):
            ratios.add(x / y if y else None)
    return len(ratios) > 1

"""Syntax trees of random expressions."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Node:
    """An operator with its arguments, a non-negative rational or a name (leaf: `value`)."""

    op: str
    args: tuple["Node", ...] = ()
    value: Fraction | str = ""

    def __add__(self, other: "Node") -> "Node":
        """Sums are flat."""
        left = self.args if self.op == "+" else (self,)
        return Node("+", (*left, *(other.args if other.op == "+" else (other,))))

    def __sub__(self, other: "Node") -> "Node":
        """A difference is a sum with a negated term."""
        return self + negative(other)

    def __mul__(self, other: "Node") -> "Node":
        """Products are flat."""
        left = self.args if self.op == "*" else (self,)
        return Node("*", (*left, *(other.args if other.op == "*" else (other,))))

    def __truediv__(self, other: "Node") -> "Node":
        """A fraction with any numerator and denominator."""
        return Node("/", (self, other))

    def __pow__(self, other: "Node | int") -> "Node":
        """A power; an integer exponent may be negative."""
        return Node("^", (self, number(other) if isinstance(other, int) else other))


def number(value: int | Fraction) -> Node:
    """A rational literal; a negative one becomes a negation."""
    leaf = Node("number", value=Fraction(abs(value)))
    return negative(leaf) if value < 0 else leaf


def name(text: str) -> Node:
    """A variable, or one of the constants pi, e, i, oo."""
    return Node("name", value=text)


def negative(node: Node) -> Node:
    """The negation; of a negation, what it negates."""
    return node.args[0] if node.op == "neg" else Node("neg", (node,))


def call(function: str, *args: Node) -> Node:
    """A function of its arguments: `root` (radicand, index), `binomial`, `factorial`, `ln`, ..."""
    return Node(function, args)


def root(radicand: Node, index: int = 2) -> Node:
    """The square root, or the one of that index."""
    return call("root", radicand, number(index))


def variables(node: Node) -> frozenset[str]:
    """The names in a tree that are no constants."""
    if node.op == "name":
        return frozenset({str(node.value)} - {"pi", "e", "i", "oo"})
    return frozenset().union(*map(variables, node.args))


def walk(node: Node, path: tuple[int, ...] = ()) -> list[tuple[tuple[int, ...], Node]]:
    """Every node with its path from the root, outermost first."""
    inner = [pair for at, arg in enumerate(node.args) for pair in walk(arg, (*path, at))]
    return [(path, node), *inner]


def replaced(node: Node, path: tuple[int, ...], new: Node) -> Node:
    """The tree with the node at a path replaced; sums and products stay flat."""
    if not path:
        return new
    args = list(node.args)
    args[path[0]] = replaced(args[path[0]], path[1:], new)
    if node.op in ("+", "*"):
        args = [part for arg in args for part in (arg.args if arg.op == node.op else (arg,))]
    if node.op == "neg":
        return negative(args[0])
    return Node(node.op, tuple(args), node.value)

"""The syntax tree of a scalar expression."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

CONSTANTS = frozenset({"pi", "e", "i", "oo"})
BINDING = frozenset({"sum", "product"})  # args: lower bound, upper bound, body; name: the index


def words(text: str) -> frozenset[str]:
    """Split a text into the set of its words."""
    return frozenset(text.split())


class ParseError(ValueError):
    """Text that is not a scalar expression this grammar knows."""


@dataclass(frozen=True, slots=True)
class Expr:
    """A node: `op` with arguments, a number (op "number") or a name (op "name")."""

    op: str
    args: tuple["Expr", ...] = ()
    value: Fraction | None = None
    name: str = ""
    free: frozenset[str] = field(init=False, compare=False, repr=False)  # variables, no constants
    # what `rational.value` has found: a tuple of the value or None, empty before it is asked
    exact: tuple[Fraction | None, ...] = field(default=(), init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Collect the free variables once: they are needed at every comparison."""
        if self.op == "name":
            free = frozenset({self.name}) - CONSTANTS
        else:
            free = frozenset[str]().union(*(arg.free for arg in self.args))
        object.__setattr__(self, "free", free - {self.name} if self.op in BINDING else free)

    def ops(self) -> frozenset[str]:
        """Every operation in the tree."""
        return frozenset({self.op}).union(*(arg.ops() for arg in self.args))

    def mentions(self, name: str) -> bool:
        """Whether a name (a constant, too) occurs anywhere in the tree."""
        if self.op == "name":
            return self.name == name
        return any(arg.mentions(name) for arg in self.args)

    def put(self, terms: Mapping[str, "Expr"]) -> "Expr":
        """The same tree with terms put for variables, all at once."""
        if self.op == "name":
            return terms.get(self.name, self)
        return Expr(self.op, tuple(arg.put(terms) for arg in self.args), self.value, self.name)


def number(value: Fraction | int) -> Expr:
    """A leaf that holds a rational number."""
    return Expr("number", value=Fraction(value))


def negative(expr: Expr) -> Expr:
    """The expression with its sign turned."""
    return Expr("neg", (expr,))


def difference(left: Expr, right: Expr) -> Expr:
    """`left - right`."""
    return Expr("+", (left, negative(right)))


def quotient(top: Expr, bottom: Expr) -> Expr:
    """`top / bottom`."""
    return Expr("*", (top, Expr("inverse", (bottom,))))

"""The syntax tree of a scalar expression."""

from dataclasses import dataclass
from fractions import Fraction

CONSTANTS = frozenset({"pi", "e", "i", "oo"})


def words(text: str) -> frozenset[str]:
    """The words of a text, as the table of names they spell out."""
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

    def names(self) -> frozenset[str]:
        """The free variables (not pi, e, i or infinity)."""
        if self.op == "name":
            return frozenset() if self.name in CONSTANTS else frozenset({self.name})
        return frozenset().union(*(arg.names() for arg in self.args))

    def ops(self) -> frozenset[str]:
        """Every operation in the tree."""
        return frozenset({self.op}).union(*(arg.ops() for arg in self.args))


def number(value: Fraction | int) -> Expr:
    """A leaf that holds a rational number."""
    return Expr("number", value=Fraction(value))

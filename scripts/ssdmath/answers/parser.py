"""Scalar LaTeX and plain arithmetic into a small syntax tree, by recursive descent.

This parser shares no code with latex2sympy, so a wrong "equal" needs two parsers to err. It is
bounded: length and nesting are limited, and it never evaluates anything.
"""

from fractions import Fraction

from ssdmath.answers.arithmetic import CLOSING, GREEK, Arithmetic
from ssdmath.answers.lexer import FUNCTIONS
from ssdmath.answers.syntax import Expr, ParseError, negative, number, quotient

MAX_CHARACTERS = 4000

_MARKED = ("\\vec", "\\hat", "\\tilde", "\\overline")
_SERIES = {"\\sum": "sum", "\\prod": "product"}
_INVERSES = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}


def parse(text: str) -> Expr:
    """The tree of a scalar expression in tidied text; ParseError when it is not one."""
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"longer than {MAX_CHARACTERS} characters")
    return _Parser(text).whole()


class _Parser(Arithmetic):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.indices: list[str] = []  # of the sums around the position

    def whole(self) -> Expr:
        expr = self.group()
        if self.at != len(self.tokens):
            raise ParseError(f"unexpected {self.peek()!r}")
        return expr

    def atom(self, token: str) -> Expr:  # noqa: C901 - one line per form
        if token[0].isdigit() or token[0] in ".#":
            return self.numeral(token)
        if token in CLOSING:
            return self.bracket(token)
        if token == "\\frac":
            return self.closed(quotient(self.argument(), self.argument()))
        if token == "\\sqrt":
            return self.closed(self.root())
        if token == "\\binom":
            return self.closed(Expr("binomial", (self.argument(), self.argument())))
        if token in _SERIES:
            return self.series(_SERIES[token])
        if token in ("\\pi", "\\infty"):
            return Expr("name", name="pi" if token == "\\pi" else "oo")
        if token in _MARKED:
            return self.marked_name(token)
        if token in ("floor", "ceil", "abs") or token[1:] in FUNCTIONS:
            return self.call(token.lstrip("\\"))
        if token == "C" and (self.peek() == "(" or self.peek() == "_"):
            return self.combinations()
        if token[0].isalpha() or token[1:] in GREEK:
            return self.name(token)
        raise ParseError(f"unexpected {token!r}")

    def closed(self, expr: Expr) -> Expr:
        r"""An expression that may end in a digit of its own: \binom n2 2^n is a product."""
        self.closed_at = self.at
        return expr

    def name(self, token: str) -> Expr:
        name = token.lstrip("\\")
        if self.peek() == "_":
            name += self.subscript()
            self.indexed_at = self.at
        return Expr("name", name=f"#{name}" if name in self.indices else name)

    def marked_name(self, mark: str) -> Expr:
        r"""\vec{v}, \hat x: another name than the letter; \overline{z} is not z."""
        braced = self.peek() == "{"
        letter = self.peek(1) if braced else self.peek()
        if not letter.isalpha() or (braced and self.peek(2) != "}"):
            raise ParseError(f"unexpected {mark!r}")
        self.at += 3 if braced else 1
        return Expr("name", name=f"{mark[1:]}({letter})" + self.subscript())

    def combinations(self) -> Expr:
        """C(10, 5) and C_{10}^{5}; any other C is a name."""
        start = self.at
        if self.peek() == "(":
            arguments = self.arguments()
            if len(arguments) == 2:
                return Expr("binomial", arguments)
        else:
            below, above = self.subscript()[1:], ""
            if self.peek() == "^":
                self.take()
                above = self.subscript_like()
            if below.isdigit() and above.isdigit() and int(above) <= int(below):
                return self.closed(Expr("binomial", (number(int(below)), number(int(above)))))
        self.at = start
        return self.name("C")

    def subscript_like(self) -> str:
        """The token or one-token group after a caret; empty for anything else."""
        if self.peek() == "{" and self.peek(2) == "}":
            self.at += 3
            return self.tokens[self.at - 2]
        return self.take() if self.peek().isdigit() else ""

    def series(self, op: str) -> Expr:
        r"""\sum_{i=1}^{n} i^3 and sum_(i=1)^n i^3; the body reaches to the next plus or minus."""
        self.take("_")
        closing = CLOSING["(" if self.take() == "(" else "{"]
        index = self.take()
        if not index.isalpha():
            raise ParseError("a sum without an index")
        self.take("=")
        low = self.sum()
        self.take(closing)
        self.take("^")
        high = self.exponent()
        self.indices.append(index)
        body = self.product()
        self.indices.pop()
        return Expr(op, (low, high, body), name=f"#{index}")

    def root(self) -> Expr:
        index = number(2)
        if self.peek() == "[":
            index = self.bracket(self.take())
        token = self.peek()
        radicand = number(Fraction(self.take())) if token[:1].isdigit() else self.primary()
        return Expr("root", (radicand, index))

    def call(self, name: str) -> Expr:
        base: tuple[Expr, ...] = ()
        if name == "lg":
            name, base = "log", (number(10),)
        if name == "log" and self.peek() == "_":
            self.take()
            base = (self.argument(),)
        exponent = None
        if self.peek() == "^":
            self.take()
            exponent = self.signed_argument()
        if exponent == negative(number(1)) and name in _INVERSES:
            name, exponent = _INVERSES[name], None
        if name in ("gcd", "lcm", "max", "min"):
            expr = Expr(name, self.arguments())
        elif self.peek() in ("(", "{", "["):
            expr = Expr(name, (self.bracket(self.take()), *base))
        else:
            expr = Expr(name, (self.juxtaposed(), *base))
        return expr if exponent is None else Expr("^", (expr, exponent))

    def signed_argument(self) -> Expr:
        if self.peek() == "-":
            self.take()
            return negative(self.argument())
        return self.argument()

    def arguments(self) -> tuple[Expr, ...]:
        opening = self.take()
        if opening not in ("(", "{", "\\{", "["):
            raise ParseError(f"unexpected {opening!r}")
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(CLOSING[opening])
        return tuple(arguments)

    def juxtaposed(self) -> Expr:
        r"""The argument of `\sin 2x`: a run of factors without a sign or another function."""
        factors = [self.signed()]
        while self.starts_factor() and self.peek()[1:] not in FUNCTIONS and self.peek() != "(":
            if self.at_digit():
                break
            factors.append(self.power())
        return factors[0] if len(factors) == 1 else Expr("*", tuple(factors))

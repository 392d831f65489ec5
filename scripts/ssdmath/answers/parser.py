"""Scalar LaTeX and plain arithmetic into a small syntax tree, by recursive descent.

This parser shares no code with latex2sympy, so a wrong "equal" needs two parsers to err. It is
bounded: length and nesting are limited, and it never evaluates anything.
"""

from fractions import Fraction

from ssdmath.answers.lexer import FUNCTIONS, Tokens
from ssdmath.answers.syntax import Expr, ParseError, number, words

MAX_CHARACTERS = 4000
MAX_FACTORIALS = 3

_GREEK = words(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta lambda mu nu xi rho sigma tau "
    "phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell"
)
_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
_BRACKET_CALLS = {"|": "abs", "\\lfloor": "floor", "\\lceil": "ceil"}
_STARTERS = frozenset(
    {"\\frac", "\\sqrt", "\\binom", "\\pi", "\\infty", "\\lfloor", "\\lceil", "(", "[", "{"}
)


def parse(text: str) -> Expr:
    """The tree of a scalar expression in tidied text; ParseError when it is not one."""
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"longer than {MAX_CHARACTERS} characters")
    return _Parser(text).whole()


class _Parser(Tokens):
    def whole(self) -> Expr:
        found = self.sum()
        if self.at != len(self.tokens):
            raise ParseError(f"unexpected {self.peek()!r}")
        return found

    def sum(self) -> Expr:
        self.deeper()
        terms = [self.product()]
        while self.peek() in ("+", "-"):
            minus = self.take() == "-"
            term = self.product()
            terms.append(Expr("neg", (term,)) if minus else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Expr("+", tuple(terms))

    def product(self) -> Expr:
        factors = [self.signed()]  # flat, so that a long product is not a deep tree
        while True:
            if self.peek() == "*":
                self.take()
                factors.append(self.signed())
            elif self.peek() == "/":
                self.take()
                factors.append(Expr("inverse", (self.signed(),)))
            elif self.starts_factor():
                factors.append(self.power())
            else:
                return factors[0] if len(factors) == 1 else Expr("*", tuple(factors))

    def starts_factor(self) -> bool:
        token = self.peek()
        if token == "|":
            return self.bars == 0
        if token[:1].isdigit():  # `3 4` is not a product; `x 4` and `) 4` are not written either
            return False
        known = token in _STARTERS or token[1:] in FUNCTIONS or token[1:] in _GREEK
        return known or token[:1].isalpha()

    def signed(self) -> Expr:
        minus = False
        while self.peek() in ("+", "-"):
            minus ^= self.take() == "-"
        found = self.power()
        return Expr("neg", (found,)) if minus else found

    def power(self) -> Expr:
        base = self.postfix(self.primary())
        if self.peek() != "^":
            return base
        self.take()
        if self.degrees():
            return Expr("*", (base, Expr("name", name="pi"), number(Fraction(1, 180))))
        return self.postfix(Expr("^", (base, self.exponent())))

    def exponent(self) -> Expr:
        self.deeper()
        if self.peek() == "-":
            self.take()
            found = Expr("neg", (self.exponent(),))
        elif self.peek()[:1].isdigit():  # not a mixed number: 2^3\\frac{1}{2} is 4
            found = number(Fraction(self.take()))
        else:
            found = self.primary()
        if self.peek() == "^":
            self.take()
            found = Expr("^", (found, self.exponent()))
        self.depth -= 1
        return found

    def postfix(self, found: Expr) -> Expr:
        for _ in range(MAX_FACTORIALS):
            if self.peek() != "!":
                break
            self.take()
            double = self.peek() == "!"
            if double:
                self.take()
            found = Expr("double_factorial" if double else "factorial", (found,))
        return found

    def primary(self) -> Expr:
        self.deeper()
        found = self.atom(self.take())
        self.depth -= 1
        return found

    def atom(self, token: str) -> Expr:
        if token[0].isdigit() or token[0] == ".":
            return self.numeral(token)
        if token in _CLOSING:
            return self.bracket(token)
        if token == "\\frac":
            return Expr("*", (self.argument(), Expr("inverse", (self.argument(),))))
        if token == "\\sqrt":
            return self.root()
        if token == "\\binom":
            return Expr("binomial", (self.argument(), self.argument()))
        if token in ("\\pi", "\\infty"):
            return Expr("name", name="pi" if token == "\\pi" else "oo")
        if token in ("floor", "ceil", "abs") or token[1:] in FUNCTIONS:
            return self.call(token.lstrip("\\"))
        if token[0].isalpha() or token[1:] in _GREEK:
            return Expr("name", name=token.lstrip("\\") + self.subscript())
        raise ParseError(f"unexpected {token!r}")

    def bracket(self, opening: str) -> Expr:
        self.bars += opening == "|"
        outer, self.bars = self.bars, self.bars if opening == "|" else 0
        found = self.sum()
        self.bars = outer
        self.take(_CLOSING[opening])
        self.bars -= opening == "|"
        call = _BRACKET_CALLS.get(opening)
        return Expr(call, (found,)) if call else found

    def argument(self) -> Expr:
        r"""A braced group or, as in \frac12, a single digit or name."""
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        if token == "{":
            return self.bracket(self.take())
        return number(int(self.take())) if token.isdigit() else self.primary()

    def root(self) -> Expr:
        index = number(2)
        if self.peek() == "[":
            index = self.bracket(self.take())
        token = self.peek()
        radicand = number(Fraction(self.take())) if token[:1].isdigit() else self.primary()
        return Expr("root", (radicand, index))

    def call(self, name: str) -> Expr:
        base: tuple[Expr, ...] = ()
        if name == "log" and self.peek() == "_":
            self.take()
            base = (self.argument(),)
        exponent = None
        if self.peek() == "^":
            self.take()
            exponent = self.argument()
        if name in ("gcd", "lcm", "max", "min"):
            found = Expr(name, self.arguments())
        elif self.peek() in ("(", "{", "["):
            found = Expr(name, (self.bracket(self.take()), *base))
        else:
            found = Expr(name, (self.juxtaposed(), *base))
        return found if exponent is None else Expr("^", (found, exponent))

    def arguments(self) -> tuple[Expr, ...]:
        closing = _CLOSING["(" if self.take() == "(" else "{"]
        found = [self.sum()]
        while self.peek() == ",":
            self.take()
            found.append(self.sum())
        self.take(closing)
        return tuple(found)

    def juxtaposed(self) -> Expr:
        r"""The argument of `\sin 2x`: a run of factors without a sign or another function."""
        factors = [self.signed()]
        while self.starts_factor() and self.peek()[1:] not in FUNCTIONS and self.peek() != "(":
            factors.append(self.power())
        return Expr("*", tuple(factors))

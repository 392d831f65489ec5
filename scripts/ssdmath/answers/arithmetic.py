"""Sums, products, powers and brackets: the part of the grammar that decides what binds what."""

from abc import abstractmethod
from fractions import Fraction

from ssdmath.answers.lexer import FUNCTIONS, Tokens
from ssdmath.answers.syntax import Expr, ParseError, negative, number, quotient, words

MAX_FACTORIALS = 3
GREEK = words(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta lambda mu nu xi rho sigma tau "
    "phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell"
)
CLOSING = {
    "(": ")", "[": "]", "{": "}", "|": "|", "\\{": "\\}",
    "\\lfloor": "\\rfloor", "\\lceil": "\\rceil",
}  # fmt: skip
_BRACKET_CALLS = {"|": "abs", "\\lfloor": "floor", "\\lceil": "ceil"}
_STARTERS = frozenset(
    {"\\frac", "\\sqrt", "\\binom", "\\pi", "\\infty", "\\lfloor", "\\lceil", "(", "[", "{",
     "\\sum", "\\prod", "\\vec", "\\hat", "\\tilde", "\\overline"}
)  # fmt: skip


class Arithmetic(Tokens):
    """Recursive descent from a sum down to an atom, which the subclass reads."""

    closed_at = -1  # the position after an argument or exponent, which may end in digits
    indexed_at = -1  # the position after the subscript of a name

    @abstractmethod
    def atom(self, token: str) -> Expr:
        """The expression that begins with a token already taken."""

    def group(self) -> Expr:
        r"""What braces enclose: a sum, {3\over4} or {5\choose2}."""
        expr = self.sum()
        if self.peek() == "\\over":
            self.take()
            return quotient(expr, self.sum())
        if self.peek() == "\\choose":
            self.take()
            return Expr("binomial", (expr, self.sum()))
        return expr

    def sum(self) -> Expr:
        """Terms joined by + and -."""
        self.deeper()
        terms = [self.product()]
        while self.peek() in ("+", "-"):
            minus = self.take() == "-"
            term = self.product()
            terms.append(negative(term) if minus else term)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Expr("+", tuple(terms))

    def product(self) -> Expr:
        """Factors joined by *, / or nothing."""
        factors = [self.signed()]  # flat, so that a long product is not a deep tree
        divided = False
        while True:
            if self.peek() == "*":
                self.take()
                factors.append(self.signed())
            elif self.peek() == "/":
                self.take()
                factors.append(Expr("inverse", (self.signed(),)))
                divided = True
            elif self.starts_factor():
                if divided and self.at_digit():
                    raise ParseError("a digit after a quotient")  # 1/n2^n may mean 1/(n2^n)
                factors.append(self.power())
            else:
                return factors[0] if len(factors) == 1 else Expr("*", tuple(factors))

    def at_digit(self) -> bool:
        """Whether a number comes next."""
        return self.peek()[:1].isdigit() or self.peek()[:1] in (".", "#")

    def starts_factor(self) -> bool:
        """Whether the next token continues a product without a sign."""
        token = self.peek()
        if token == "|":
            return self.bars == 0
        if self.at_digit():
            return self._digit_is_factor()
        known = token in _STARTERS or token[1:] in FUNCTIONS or token[1:] in GREEK
        return known or token[:1].isalpha()

    def _digit_is_factor(self) -> bool:
        """Whether digits continue a product: )4, n!2^n and n2^n do; 3 4 and x4 are not written."""
        before = self.tokens[self.at - 1]
        if before[0].isdigit() or before[0] in ".#":
            after_index = self.indexed_at == self.at and self.peek(1) == "^"  # a_1 2^n
            return self.closed_at == self.at or after_index
        return not before[0].isalpha() or self.peek(1) == "^"

    def signed(self) -> Expr:
        """A power with its signs."""
        minus = False
        while self.peek() in ("+", "-"):
            minus ^= self.take() == "-"
        expr = self.power()
        return negative(expr) if minus else expr

    def power(self) -> Expr:
        """An atom, its factorials and its exponent."""
        base = self.postfix(self.primary())
        if self.peek() != "^":
            return base
        self.take()
        if self.degrees():
            return Expr("*", (base, Expr("name", name="pi"), number(Fraction(1, 180))))
        expr = self.postfix(Expr("^", (base, self.exponent())))
        self.closed_at = self.at
        return expr

    def exponent(self) -> Expr:
        """What stands after a caret."""
        self.deeper()
        if self.peek() == "-":
            self.take()
            expr = negative(self.exponent())
        elif self.peek()[:1].isdigit():  # not a mixed number: 2^3\\frac{1}{2} is 4
            expr = number(Fraction(self.take()))
        else:
            expr = self.primary()
        if self.peek() == "^":
            self.take()
            expr = Expr("^", (expr, self.exponent()))
        self.depth -= 1
        return expr

    def postfix(self, expr: Expr) -> Expr:
        """Factorials after an expression."""
        for _ in range(MAX_FACTORIALS):
            if self.peek() != "!":
                break
            self.take()
            double = self.peek() == "!"
            if double:
                self.take()
            expr = Expr("double_factorial" if double else "factorial", (expr,))
        return expr

    def primary(self) -> Expr:
        """An atom, counted against the limit of nesting."""
        self.deeper()
        expr = self.atom(self.take())
        self.depth -= 1
        return expr

    def bracket(self, opening: str) -> Expr:
        """What a bracket encloses, up to its closing one."""
        self.bars += opening == "|"
        outer, self.bars = self.bars, self.bars if opening == "|" else 0
        expr = self.group() if opening == "{" else self.sum()
        self.bars = outer
        self.take(CLOSING[opening])
        self.bars -= opening == "|"
        call = _BRACKET_CALLS.get(opening)
        return Expr(call, (expr,)) if call else expr

    def argument(self) -> Expr:
        r"""A braced group or, as in \frac12, a single digit or name."""
        self.split_digits()
        token = self.peek()
        if token == "{":
            return self.bracket(self.take())
        return number(int(self.take())) if token.isdigit() else self.primary()

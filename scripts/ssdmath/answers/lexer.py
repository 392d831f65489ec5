"""Tokens of an expression, and the literals that are read token by token."""

import re
from fractions import Fraction

from ssdmath.answers import numerals
from ssdmath.answers.syntax import Expr, ParseError, number, words

MAX_DEPTH = 120
_TOKEN = re.compile(r"#\d+|\d+(?:\.\d*)?|\.\d+|\\[A-Za-z]+|\\.|[A-Za-z]+'*|\S", re.ASCII)
FUNCTIONS = words(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp gcd lcm max min"
)
_WORDS = {
    "sqrt": "\\sqrt", "pi": "\\pi", "floor": "floor", "ceil": "ceil", "abs": "abs",
    "sum": "\\sum", "prod": "\\prod",
}  # fmt: skip


class Tokens:
    """A position in the tokens of a text."""

    def __init__(self, text: str) -> None:
        """Split a tidied text; ParseError for a symbol that no expression holds."""
        self.specials: list[Fraction] = []
        if "#" in text:
            raise ParseError("unexpected '#'")
        text = numerals.SPECIAL.sub(self._special, text)
        self.tokens = self._split_words(_TOKEN.findall(text))
        self.at = 0
        self.depth = 0
        self.bars = 0

    def _special(self, match: re.Match[str]) -> str:
        self.specials.append(numerals.special(match))
        return f" #{len(self.specials) - 1} "

    @staticmethod
    def _split_words(tokens: list[str]) -> list[str]:
        """A run of letters is a known name or a product of one-letter variables."""
        out: list[str] = []
        for token in tokens:
            if token == "." or not (token.isascii() or token.isalpha()):
                raise ParseError(f"unexpected {token!r}")
            word = token.rstrip("'")
            if not token[0].isalpha() or len(word) == 1:
                out.append(token)
            elif word in FUNCTIONS:
                out.append("\\" + word)
            elif word in _WORDS:
                out.append(_WORDS[word])
            else:
                out.extend([*word[:-1], token[len(word) - 1 :]])
        return out

    def peek(self, ahead: int = 0) -> str:
        """The token `ahead` of the position, empty at the end."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        """Step over a token; ParseError when it is not the expected one."""
        token = self.peek()
        if not token or (expected and token != expected):
            raise ParseError(f"expected {expected or 'more'!r}, found {token or 'the end'!r}")
        self.at += 1
        return token

    def deeper(self) -> None:
        """Count one level of nesting; ParseError beyond the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ParseError("nested too deeply")

    def numeral(self, token: str) -> Expr:
        """A number, a repeating decimal or a mixed number."""
        if token[0] == "#":
            return number(self.specials[int(token[1:])])
        whole = number(Fraction(token))
        if self.peek() == "\\frac":
            proper = self._fraction_of_numerals()
        elif self.peek().isdigit() and self.peek(1) == "/" and self.peek(2).isdigit():
            top, _, bottom = self.take(), self.take(), self.take()
            proper = self._proper(int(top), int(bottom))
        else:
            return whole
        if proper is None:
            return whole
        if not token.isdigit() or self.peek()[:1].isdigit() or self.peek() == "^":
            raise ParseError("neither a mixed number nor a product")
        return Expr("+", (whole, proper))

    def _fraction_of_numerals(self) -> Expr | None:
        r"""The proper fraction after a whole number: \frac{1}{2}, \frac12, \frac1{2}, \frac{1}2.

        None where the fraction holds anything but integers: 2\frac{\pi}{3} is a product.
        """
        start = self.at
        self.take()
        parts = [self._braced_or_digit() for _ in range(2)]
        if parts[0] is None or parts[1] is None:
            self.at = start
            return None
        return self._proper(int(parts[0]), int(parts[1]))

    def _braced_or_digit(self) -> str | None:
        if self.peek() == "{" and self.peek(1).isdigit() and self.peek(2) == "}":
            self.at += 3
            return self.tokens[self.at - 2]
        self.split_digits()
        return self.take() if self.peek().isdigit() else None

    @staticmethod
    def _proper(top: int, bottom: int) -> Expr:
        if not 0 < top < bottom:  # 3\frac{5}{2} may be meant as a sum or as a product
            raise ParseError("an improper fraction after a whole number")
        return number(Fraction(top, bottom))

    def split_digits(self) -> None:
        r"""Cut the first digit off the next token: \frac12 has the arguments 1 and 2."""
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]

    def degrees(self) -> bool:
        r"""Take `\circ` or `{\circ}`, the degree sign inside an expression."""
        for sign in (["\\circ"], ["{", "\\circ", "}"]):
            if self.tokens[self.at : self.at + len(sign)] == sign:
                self.at += len(sign)
                return True
        return False

    def subscript(self) -> str:
        """The subscript of a name, as a part of the name."""
        if self.peek() != "_":
            return ""
        self.take()
        if self.peek() != "{":
            return "_" + self.take()
        start = self.at + 1
        while self.take() != "}":
            pass
        return "_" + "".join(self.tokens[start : self.at - 1])

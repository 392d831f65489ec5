"""Tokens of an expression, and the literals that are read token by token."""

import re
from fractions import Fraction

from ssdmath.answers.syntax import Expr, ParseError, number, words

MAX_DEPTH = 120
_TOKEN = re.compile(r"\d+(?:\.\d*)?|\.\d+|\\[A-Za-z]+|\\.|[A-Za-z]+'*|\S", re.ASCII)
FUNCTIONS = words(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp gcd lcm max min"
)
_WORDS = {"sqrt": "\\sqrt", "pi": "\\pi", "floor": "floor", "ceil": "ceil", "abs": "abs"}


class Tokens:
    """A position in the tokens of a text."""

    def __init__(self, text: str) -> None:
        """Split a tidied text; ParseError for a symbol that no expression holds."""
        self.tokens = self._split_words(_TOKEN.findall(text))
        self.at = 0
        self.depth = 0
        self.bars = 0

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
        whole = number(Fraction(token))
        if self.peek() == "\\overline" and self.peek(1) == "{" and self.peek(2).isdigit():
            return number(self.repeating(token))
        proper = self.mixed_part() if token.isdigit() else None
        return whole if proper is None else Expr("+", (whole, proper))

    def repeating(self, token: str) -> Fraction:
        r"""0.1\overline{6}: the block repeats for ever."""
        self.take()
        self.take("{")
        block = self.take()
        self.take("}")
        decimals = len(token.partition(".")[2])
        return Fraction(token) + Fraction(int(block), (10 ** len(block) - 1) * 10**decimals)

    def mixed_part(self) -> Expr | None:
        r"""The proper fraction of a mixed number (3\frac{1}{2}, 3 1/2), if one follows."""
        tail = self.tokens[self.at : self.at + 7]
        if len(tail) == 7 and tail[0] == "\\frac" and [tail[1], tail[3], tail[4], tail[6]] == [
            "{", "}", "{", "}",
        ]:  # fmt: skip
            top, bottom, length = tail[2], tail[5], 7
        elif len(tail) >= 3 and tail[1] == "/":
            top, bottom, length = tail[0], tail[2], 3
        else:
            return None
        if not (top.isdigit() and bottom.isdigit() and 0 < int(top) < int(bottom)):
            return None
        self.at += length
        return number(Fraction(int(top), int(bottom)))

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

"""How random expressions are written: LaTeX by default, with named notations that change spelling.

A notation is a name in `NOTATIONS`. A `Writer` uses those that are enabled where they apply and
records which ones it used, so that a misjudged spelling can be reported under their names.
"""

import random
import re
from collections.abc import Iterable
from fractions import Fraction

from expression_numerals import NUMERAL_NOTATIONS, numeral
from expression_trees import Node

SUM, CALL, PRODUCT, UNARY, POWER, ATOM = range(6)
Text = tuple[str, int]  # the text and how tightly it binds
OPERATOR_NOTATIONS = (
    "dfrac", "tfrac", "short fraction", "slash", "over", "bare exponent", "left right", "big brackets",
    "cdot", "times", "star", "thin space", "negative space", "wide spaces", "digit after factor",
    "operatorname", "upright function", "plain function", "function with brackets", "upright e",
    "short root", "unicode root", "plain root", "unicode pi", "plain pi", "dbinom", "choose",
    "binomial C", "power of function", "lvert", "caret brackets", "square brackets", "exp function",
    "unicode minus", "unicode superscript",
)  # fmt: skip
NOTATIONS = (*OPERATOR_NOTATIONS, *NUMERAL_NOTATIONS)
FUNCTIONS = frozenset(
    [
        "ln",
        "log",
        "sin",
        "cos",
        "tan",
        "cot",
        "arctan",
        "arcsin",
        "arccos",
        "gcd",
        "lcm",
        "max",
        "min",
    ]
)
_SUPERSCRIPTS = str.maketrans("0123456789-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ")


class Writer:
    """Writes trees with some notations enabled."""

    def __init__(self, rng: random.Random, enabled: Iterable[str] = ()) -> None:
        """Nothing is used yet."""
        self.rng, self.enabled, self.used = rng, frozenset(enabled), set[str]()
        self.within_list = False  # where a comma separates items, it cannot group digits

    def pick(self, *names: str) -> str:
        """One of the enabled notations among the names, now counted as used; empty if none is."""
        enabled = [name for name in names if name in self.enabled]
        if not enabled:
            return ""
        chosen = self.rng.choice(enabled)
        self.used.add(chosen)
        return chosen

    def write(self, node: Node, *, alone: bool = False) -> str:
        """The expression; `alone` where it is the whole answer, so that digits may be grouped."""
        return self._text(node, alone=alone)[0]

    def _text(self, node: Node, *, alone: bool = False) -> Text:
        if node.op == "number":
            return numeral(self, Fraction(node.value), alone=alone and not self.within_list)
        writers = {
            "+": self._sum, "*": self._product, "neg": self._negation, "/": self._fraction,
            "^": self._power, "root": self._root, "name": self._name, "factorial": self._factorial,
            "binomial": self._binomial, "abs": self._bars, "floor": self._bars, "ceil": self._bars,
        }  # fmt: skip
        return writers.get(node.op, self._call)(node)

    def at_least(self, node: Node, level: int) -> str:
        """The text, in brackets unless it binds at least this tightly."""
        text, binds = self._text(node)
        return text if binds >= level else self.bracketed(text)

    def bracketed(self, text: str, ends: str = "()") -> str:
        """The text between brackets of some size."""
        if ends == "()" and "(" in text and self.pick("square brackets"):
            ends = "[]"
        left, right = ends[0], ends[1]
        size = self.pick("left right", "big brackets")
        if size == "left right":
            return f"\\left{left}{text}\\right{right}"
        return f"\\big{left}{text}\\big{right}" if size else f"{left}{text}{right}"

    def operator(self, sign: str) -> str:
        """A binary sign with the blanks around it."""
        if sign == "-" and self.pick("unicode minus"):
            sign = "−"
        return {"wide spaces": f" {sign} ", "thin space": f"\\,{sign}\\,", "": sign}[
            self.pick("wide spaces", "thin space")
        ]

    def _sum(self, node: Node) -> Text:
        text = ""
        for at, term in enumerate(node.args):
            minus = term.op == "neg"
            inner = self.at_least(term.args[0] if minus else term, CALL)
            text += (self.operator("-" if minus else "+") if at else "-" * minus) + inner
        return text, SUM

    def _negation(self, node: Node) -> Text:
        return "-" + self.at_least(node.args[0], CALL), SUM

    def _product(self, node: Node) -> Text:
        text = ""
        for at, factor in enumerate(node.args):
            written = self.at_least(factor, UNARY if factor.op != "*" else POWER)
            if at:
                text += self._times(node.args[at - 1], text, factor, written)
            text += written
        return text, PRODUCT

    def _times(self, left: Node, before: str, right: Node, after: str) -> str:
        """What stands between two factors: nothing where juxtaposition reads as a product."""
        sign = {"cdot": "\\cdot ", "times": "\\times ", "star": "*", "": ""}[
            self.pick("cdot", "times", "star")
        ]
        if sign:
            return sign if sign != "*" else self.operator(sign)
        first = after[0] if after[0] != "\\" else re.match(r"\\[A-Za-z]*", after).group()
        digit = first.isdigit() or first in (".", "\\frac", "\\dfrac", "\\tfrac", "{", "-", "−")
        open_left = left.op in FUNCTIONS or left.op == "/" or first == "√" or "over" in before
        if first.isdigit() and left.op in ("name", "factorial", "binomial", "+"):
            inside = before[-1:] in ")]}!" or before[-1:].isalpha()
            if inside and self.pick("digit after factor"):
                return " " if left.op == "binomial" else ""
        bare_root = left.op == "root" and before[-1:].isalnum() and not first.startswith("\\")
        if digit or (open_left and left.op != "/") or bare_root or right.op in ("factorial", "/"):
            return "\\cdot "
        if left.op == "/" and "/" in before:
            return "\\cdot "
        if re.search(r"[a-z]$", before) and re.match(r"(pi|sqrt|[a-z]{2})", after):
            return "*"  # a name of several letters, written without a backslash
        if re.search(r"(?<!\\)pi$", before) and after[0].isalnum():
            return "*"
        if re.search(r"\^[a-z]$", before) and after[0].isalnum():
            return "\\cdot "
        command = re.search(r"\\[A-Za-z]+$|frac ?\S+[a-z0-9]$|\^\d$", before) and after[0].isalpha()
        space = {"thin space": "\\,", "negative space": "\\!", "": ""}[
            self.pick("thin space", "negative space")
        ]
        return space or (" " if command else "")

    def _fraction(self, node: Node) -> Text:
        return self.fraction_of(self._text(node.args[0]), self._text(node.args[1]))

    def fraction_of(self, top: Text, bottom: Text) -> Text:
        """A fraction of two texts."""
        style = self.pick("dfrac", "tfrac", "slash", "over")
        if style == "slash":
            above = top[0] if top[1] >= PRODUCT and "/" not in top[0] else self.bracketed(top[0])
            below = bottom[0] if bottom[1] >= POWER else self.bracketed(bottom[0])
            return f"{above}/{below}", PRODUCT
        if style == "over":
            return f"{{{top[0]} \\over {bottom[0]}}}", UNARY
        command = "\\" + (style or "frac")
        short = [len(part) == 1 and part.isalnum() for part, _ in (top, bottom)]
        if any(short) and self.pick("short fraction"):
            parts = [
                part if bare else f"{{{part}}}"
                for (part, _), bare in zip((top, bottom), short, strict=True)
            ]
            blank = " " if parts[0].isalpha() or self.rng.random() < 0.3 else ""
            return command + blank + "".join(parts), UNARY
        return f"{command}{{{top[0]}}}{{{bottom[0]}}}", UNARY

    def _power(self, node: Node) -> Text:
        base, exponent = node.args
        if base == Node("name", value="e") and self.pick("exp function"):
            return f"\\exp({self.write(exponent)})", ATOM
        raised = self._raised(exponent)
        if base.op in FUNCTIONS - {"log", "gcd", "lcm", "max", "min"}:
            if re.fullmatch("[2-9]", raised) and self.pick("power of function"):
                return f"\\{base.op}^{raised}({self.write(base.args[0])})", PRODUCT
            below = f"({self.write(base)})"
        else:
            below = self.at_least(base, ATOM)
        return below + self._exponent(raised), POWER

    def _raised(self, exponent: Node) -> str:
        """An exponent; numbers in it are fractions, as nobody writes x^{2.5}."""
        enabled, self.enabled = self.enabled, self.enabled - set(NUMERAL_NOTATIONS)
        text = self.write(exponent)
        self.enabled = enabled
        return text

    def _exponent(self, raised: str) -> str:
        bare = len(raised) == 1 and raised.isalnum()
        if re.fullmatch("[-0-9n]+", raised) and self.pick("unicode superscript"):
            return raised.translate(_SUPERSCRIPTS)
        if bare and self.pick("bare exponent"):
            return f"^{raised}"
        if re.fullmatch(r"[-+0-9a-z/()*]+", raised) and self.pick("caret brackets"):
            return f"^({raised})"
        return f"^{{{raised}}}"

    def _root(self, node: Node) -> Text:
        radicand, index = node.args
        inner, degree = self.write(radicand), int(index.value)
        if degree != 2:
            return f"\\sqrt[{degree}]{{{inner}}}", ATOM
        bare = re.fullmatch(r"[0-9]|[a-z]", inner)
        style = self.pick("unicode root", "plain root", *(["short root"] if bare else []))
        if style == "unicode root":
            return (f"√{inner}" if re.fullmatch("[0-9]+", inner) else f"√({inner})"), ATOM
        if style == "plain root":
            return f"sqrt({inner})", ATOM
        if style == "short root":
            return "\\sqrt" + " " * (inner.isalpha() or self.rng.random() < 0.3) + inner, ATOM
        return f"\\sqrt{{{inner}}}", ATOM

    def _name(self, node: Node) -> Text:
        if node.value == "pi":
            style = self.pick("unicode pi", "plain pi")
            return {"": "\\pi", "unicode pi": "π", "plain pi": "pi"}[style], ATOM
        if node.value == "oo":
            return "\\infty", ATOM
        if node.value in ("e", "i") and self.pick("upright e"):
            return f"\\mathrm{{{node.value}}}", ATOM
        return str(node.value), ATOM

    def _factorial(self, node: Node) -> Text:
        return self.at_least(node.args[0], ATOM) + "!", ATOM

    def _binomial(self, node: Node) -> Text:
        top, bottom = (self.write(arg) for arg in node.args)
        style = self.pick("dbinom", "choose", "binomial C", "short fraction")
        if style == "choose":
            return f"{{{top} \\choose {bottom}}}", ATOM
        if style == "binomial C":
            return f"C({top}, {bottom})", ATOM
        if style == "short fraction" and len(top) == len(bottom) == 1:
            return f"\\binom {top}{bottom}", ATOM
        return f"\\{'dbinom' if style == 'dbinom' else 'binom'}{{{top}}}{{{bottom}}}", ATOM

    def _bars(self, node: Node) -> Text:
        inner = self.write(node.args[0])
        ends = {"abs": "||", "floor": ("\\lfloor ", "\\rfloor "), "ceil": ("\\lceil ", "\\rceil ")}
        left, right = ends[node.op]
        if self.pick("left right"):
            return f"\\left{left}{inner}\\right{right}", ATOM
        if node.op == "abs" and self.pick("lvert"):
            return f"\\lvert {inner}\\rvert ", ATOM
        return f"{left}{inner}{right}", ATOM

    def _call(self, node: Node) -> Text:
        inner = [self._text(arg) for arg in node.args[: 1 if node.op == "log" else None]]
        style = self.pick("operatorname", "upright function", "plain function")
        head = {
            "": f"\\{node.op}", "operatorname": f"\\operatorname{{{node.op}}}",
            "upright function": f"\\mathrm{{{node.op}}}", "plain function": node.op,
        }[style]  # fmt: skip
        if node.op == "log":
            head += f"_{{{self.write(node.args[1])}}}"
        several = len(inner) > 1
        simple = not several and re.fullmatch(
            r"\d+|[a-z]|\\(frac|sqrt)\{[^{}]*\}(\{[^{}]*\})?", inner[0][0]
        )
        if simple and style in ("", "operatorname") and not self.pick("function with brackets"):
            return f"{head} {inner[0][0]}", CALL
        return head + self.bracketed(", ".join(text for text, _ in inner)), POWER

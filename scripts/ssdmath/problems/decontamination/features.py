"""What is compared of a statement: its words, its formulas in short runs, its numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ssdmath.answers.syntax import words
from ssdmath.problems.normalise import comparable

_REPLACEMENTS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"\\frac ?\{([^{}]*)\} ?\{([^{}]*)\}", r" \1/\2 "),
        (r"\\frac ?(\d) ?(\d)", r" \1/\2 "),
        (r"\\(?:times|cdot)(?![a-z])|[×⋅]", "*"),
        (r"\\(?:leqslant|leq|le)(?![a-z])|≤", "<"),
        (r"\\(?:geqslant|geq|ge)(?![a-z])|≥", ">"),
        (r"\\(?:ldots|dots|cdots|dotsc|dotsb)(?![a-z])|…|\.\.\.", "~"),
        (r"\\(?:text|math|operatorname|mbox|emph)[a-z]*(?![a-z])", " "),
        (r"\\[bp]?mod(?![a-z])", " mod "),
        (r"\\?%", " percent "),
        (r"\\circ(?![a-z])|°", " degree "),
    ]
]
# What collections write around a statement: `Example 3.`, `12. (5 points)`, `(AIME 1995)`
_LABELS = re.compile(
    r"^\s*(?:(?:example|problem|task|exercise|question)\s*)?(?:[a-z]-?)?\d+(?:\.\d+)*\s*[.):]\s+"
    r"|^\s*(?:example|problem|task|exercise|question)\s*\d+\b"
    r"|\(\s*\d+\s*(?:points?|marks?|pts\.?)\s*\)"
    r"|^\s*[(\[](?=[^()\[\]]*[A-Z])[^()\[\]]*\b(?:19|20)\d\d\b[^()\[\]]*[)\]]"
    r"|[(\[](?=[^()\[\]]*[A-Z])[^()\[\]]*\b(?:19|20)\d\d\b[^()\[\]]*[)\]]\s*$",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"(?<![\d,({\[.])(\d{1,3}(?:(?:,|\{,\})\d{3})+)(?![\d,.]*\d)")
_TOKEN = re.compile(r"\\[a-z]+|\d+(?:\.\d+)?|[^\W\d_]+|[^\w\s\\(){}\[\].,;:?!'\"`]")
_SUFFIXES = ("ing", "ies", "es", "ed", "s", "ly")
_FIRST_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMBER_WORDS = {word: str(value) for value, word in enumerate(str.split(_FIRST_NUMBERS))} | {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100",
    "thousand": "1000", "dozen": "12", "twice": "2", "half": "2", "double": "2", "triple": "3",
}  # fmt: skip
STOP_WORDS = words(
    "a an the of is are be it its that this these those such so in on at to for with by from as "
    "and or if then than which what who whose how many much find determine compute calculate "
    "evaluate let suppose assume given there has have had do does did will would can could we you "
    "all each every any some value number when where into out up not no he she they his her their "
    "them was were been being following answer question problem solve"
)
SMALL_NUMBERS = frozenset("012")  # a paraphrase may bring them or lose them: a_1, x squared, twice


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared of one statement."""

    words: frozenset[str]  # words, numbers and signs
    runs: frozenset[str]  # signs of a formula that stand side by side, two to n
    grams: frozenset[tuple[str, ...]]  # everything in order, n by n
    numbers: tuple[str, ...]  # all of them, in order
    digits: frozenset[str]  # beyond 0, 1 and 2, written in digits
    number_words: frozenset[str]  # beyond 0, 1 and 2, written in words
    quantities: dict[str, frozenset[str]]  # word -> the numbers that stand right before it

    @property
    def compared(self) -> list[str]:
        """Words and runs, in an order that is the same in every process: weights are summed."""
        return sorted(self.words | self.runs)


def features(statement: str, n: int) -> Features:
    """Extract the features of a statement; `n` is the longest run that is compared."""
    tokens = list(_tokens(statement))
    said = frozenset(word for word, _ in tokens if word not in STOP_WORDS)
    runs: set[str] = set()
    for formula in _formulas(tokens):
        for length in range(2, n + 1):
            runs.update(" ".join(formula[i : i + length]) for i in range(len(formula) - length + 1))
    sequence = [word for word, _ in tokens]
    last = max(1, len(sequence) - n + 1)
    numbers = {k: {word for word, kind in tokens if kind == k} for k in ("digits", "number")}
    return Features(
        words=said,
        runs=frozenset(runs),
        grams=frozenset(tuple(sequence[i : i + n]) for i in range(last)),
        numbers=tuple(word for word, kind in tokens if kind in numbers),
        digits=frozenset(numbers["digits"] - SMALL_NUMBERS),
        number_words=frozenset(numbers["number"] - SMALL_NUMBERS),
        quantities=_quantities(tokens),
    )


def _tokens(statement: str) -> Iterator[tuple[str, str]]:
    """Yield the tokens with their kind: word, number (in words), digits or sign."""
    unmarked = re.sub(r"\$|\\[()\[\]]", " ", _LABELS.sub(" ", statement))
    without_commas = _THOUSANDS.sub(lambda m: re.sub(r"\D", "", m[1]), unmarked)
    text = comparable(without_commas)
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    for token in _TOKEN.findall(text):
        if token[0].isdecimal():
            yield _plain_number(token), "digits"
        elif token in NUMBER_WORDS:
            yield NUMBER_WORDS[token], "number"
        elif token[0] == "\\" or (len(token) == 1 and token not in "ai"):
            yield token.lstrip("\\"), "sign"
        else:
            yield (token if token in STOP_WORDS else _stem(token)), "word"


def _formulas(tokens: list[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield the longest stretches of signs and digits."""
    formula: list[str] = []
    for word, kind in [*tokens, ("", "word")]:
        if kind in ("sign", "digits"):
            formula.append(word)
        elif formula:
            yield formula
            formula = []


def _quantities(tokens: list[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The numbers that stand before each word: `8 tiles` gives {tile: {8}}."""
    quantities: dict[str, set[str]] = {}
    for (number, kind), (word, next_kind) in pairwise(tokens):
        if kind in ("digits", "number") and next_kind == "word" and word not in STOP_WORDS:
            quantities.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in quantities.items()}


def _plain_number(digits: str) -> str:
    integer, _, decimals = digits.partition(".")
    decimals = decimals.rstrip("0")
    return (integer.lstrip("0") or "0") + (f".{decimals}" if decimals else "")


def _stem(word: str) -> str:
    """A word without its suffix: `divides`, `divided` and `dividing` are one."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word.removesuffix(suffix)
    return word

"""No two places in `scripts/` share ten lines or more, to the letter or but for names and values.

A line is compared by its tokens, where every name is one token, every string another and every
number a third; comments, blank lines and lines of brackets alone do not count. Two exceptions:

- Left out are imports and signatures. Two modules that need the same things import them in the same
  lines, and two functions that serve one interface have the same parameters: Python has no shorter
  way to say either.
- Compared to the letter are constants of a module and fields of a class. The schemas of two tables,
  or two records, are lists of names and types; without the names, lists of one length are equal
  and have nothing in common.
"""

import ast
import io
import keyword
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
LINES = 10
LAYOUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip


class Line(NamedTuple):
    """A line of a file and what is compared of it."""

    file: str
    number: int
    shape: tuple[str, ...]


def shape(token: tokenize.TokenInfo) -> str:
    """A token without what tells two copies of one piece of code apart."""
    if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
        return "name"
    if token.type in (tokenize.STRING, tokenize.NUMBER):
        return tokenize.tok_name[token.type]
    return token.string


def numbers(nodes: Iterable[ast.stmt]) -> set[int]:
    """The numbers of the lines that statements take."""
    return {n for node in nodes for n in range(node.lineno, (node.end_lineno or node.lineno) + 1)}


def left_out(tree: ast.Module) -> set[int]:
    """The lines of imports and signatures."""
    nodes = list(ast.walk(tree))
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    signatures = {n for node in functions for n in range(node.lineno, node.body[0].lineno)}
    return signatures | numbers(n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom))


def declarations(tree: ast.Module) -> set[int]:
    """The lines of a module's constants and of the fields of its classes."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bodies = [tree.body, *(node.body for node in classes)]
    return numbers(
        node for body in bodies for node in body if isinstance(node, ast.Assign | ast.AnnAssign)
    )


def lines_of(name: str, source: str) -> list[Line]:
    """The lines of a file that count, in order."""
    tree = ast.parse(source)
    skipped, declared = left_out(tree), declarations(tree)
    tokens: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        number = token.start[0]
        if token.type not in LAYOUT and number not in skipped:
            tokens[number].append(token.string if number in declared else shape(token))
    return [
        Line(name, number, tuple(line))
        for number, line in sorted(tokens.items())
        if any(character.isalpha() for character in "".join(line))
    ]


def duplicates(files: dict[str, str]) -> Iterator[str]:
    """Name the places that share `LINES` lines with an earlier one, the first of each run."""
    first: dict[tuple[tuple[str, ...], ...], Line] = {}
    end: dict[str, int] = {}
    for name, source in sorted(files.items()):
        lines = lines_of(name, source)
        for start in range(len(lines) - LINES + 1):
            window = tuple(line.shape for line in lines[start : start + LINES])
            here, last = lines[start], lines[start + LINES - 1]
            before = first.setdefault(window, here)
            overlaps = before.file == name and any(
                line.number == here.number
                for line in lines[lines.index(before) : lines.index(before) + LINES]
            )
            if before is here or overlaps:
                continue
            if here.number > end.get(name, 0):
                yield f"{before.file}:{before.number} and {name}:{here.number}"
            end[name] = last.number


def scripts() -> dict[str, str]:
    files = SCRIPTS.rglob("*.py")
    return {path.relative_to(SCRIPTS).as_posix(): path.read_text() for path in files}


def test_no_two_places_share_ten_lines():
    files = scripts()
    assert len(files) > 200
    assert list(duplicates(files)) == []


BODY = """
def {function}({value}, other):
    '''Add up.'''
    total = {start}
    for number in {value}:
        if number in other:
            continue
        total += number
        other.append(number)
        print(total)
    if total > 3:
        raise ValueError({value})
    return total
"""


def test_a_copy_with_other_names_and_numbers_is_found():
    one = BODY.format(function="add", value="values", start=0)
    two = BODY.format(function="sum_up", value="numbers", start=100)
    assert list(duplicates({"a.py": one, "b.py": "import os\n" + two})) == ["a.py:3 and b.py:4"]


CONSTANTS = "\n".join(f"LIMIT_{n} = {n}" for n in range(LINES))


def test_constants_are_compared_to_the_letter():
    assert list(duplicates({"a.py": CONSTANTS, "b.py": CONSTANTS})) == ["a.py:1 and b.py:1"]
    assert not list(duplicates({"a.py": CONSTANTS, "b.py": CONSTANTS.replace("LIMIT", "OTHER")}))


def test_other_code_of_the_same_length_is_not():
    other = BODY.replace("total += number", "total = max(total, number)")
    names = {"function": "add", "value": "values", "start": 0}
    assert not list(duplicates({"a.py": BODY.format(**names), "b.py": other.format(**names)}))

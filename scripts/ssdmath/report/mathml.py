"""LaTeX in problem statements as MathML, which browsers draw and read aloud without any script.

A statement becomes a list of plain text and of nodes `[tag, child, ...]`; only tags of MathML's
core come through, no attribute does, so a hostile formula has nothing to act with.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from ssdmath.report.escape import visible

Part = str | list[Any]
LONGEST = 400  # characters of a formula; longer ones stay LaTeX
DEEPEST = 24  # levels of nesting, likewise
# A single dollar opens before and closes after a non-space, as in pandoc: `$5 and $6` is money.
_FORMULA = re.compile(
    rf"\$\$(?P<a>[^$]{{1,{LONGEST}}})\$\$|\$(?=\S)(?P<b>[^$\n]{{1,{LONGEST}}})(?<=\S)\$(?!\d)"
    rf"|\\\((?P<c>.{{1,{LONGEST}}}?)\\\)|\\\[(?P<d>[\s\S]{{1,{LONGEST}}}?)\\\]"
)
_ENTITY = re.compile(r"&#x([0-9A-Fa-f]{1,5});")
_TAGS = {"math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "ms", "mfrac", "msqrt", "mroot"}
_TAGS |= {"msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"}
_TAGS |= {"mprescripts", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle", "menclose"}


def parts(statement: str) -> list[Part]:
    """Split a statement into text and formulas; what cannot be read as a formula stays text."""
    split: list[Part] = []
    end = 0
    for match in _FORMULA.finditer(statement):
        split += [visible(statement[end : match.start()]), formula(match)]
        end = match.end()
    return [part for part in [*split, visible(statement[end:])] if part]


def formula(match: re.Match[str]) -> Part:
    """One formula as a node, or its LaTeX where that is not possible."""
    latex = next(group for group in match.groups() if group is not None)
    try:
        node = _node(convert_to_element(latex), DEEPEST)
    except Exception:  # the converter raises a dozen kinds; the source is always a right answer
        return visible(match[0])
    return visible(match[0]) if node is None else node


def _node(element: Element, levels: int) -> list[Any] | None:
    """An element as `[tag, child, ...]`; None if it is too deep or not MathML."""
    if element.tag not in _TAGS or levels == 0:
        return None
    children: list[Any] = [_node(child, levels - 1) for child in element]
    if None in children:
        return None
    # The converter writes characters as entities for its own serialiser.
    text = [visible(_ENTITY.sub(_character, element.text))] if element.text else []
    return [element.tag, *text, *children]


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))

"""Work that is a fixed list of steps, written down as text: what most routes consist of.

    steps("first difference terms", "gaps = terms - 1", "rise = gaps * difference")

writes `7-1=6, 6*3=18` for the parameters (5, 3, 7).
"""

from __future__ import annotations

from typing import NamedTuple, cast

from ssdmath.micro.family import Parameters, Work
from ssdmath.micro.writer import Sign, Writer


class _Step(NamedTuple):
    """`name = left sign right`; an operand is a name or a whole number."""

    name: str
    left: str
    sign: Sign
    right: str


def steps(parameters: str, *lines: str, result: str = "") -> Work:
    """Work that writes one step per line, with commas between them.

    `parameters` names the numbers of a problem in their order. A name that a line defines again
    takes the new value. `result` names the parts of the result; without it, the last line is it.
    """
    names = parameters.split()
    parsed = [_parse(line) for line in lines]
    parts = result.split() or [parsed[-1].name]

    def work(writer: Writer, numbers: Parameters) -> tuple[int, ...]:
        values = dict(zip(names, numbers, strict=True))
        for i, step in enumerate(parsed):
            if i:
                writer.comma()
            left, right = (values[x] if x in values else int(x) for x in (step.left, step.right))
            values[step.name] = writer.step(left, step.sign, right)
        return tuple(values[name] for name in parts)

    return work


def _parse(line: str) -> _Step:
    name, _, left, sign, right = line.split()
    return _Step(name, left, cast("Sign", " mod " if sign == "mod" else sign), right)

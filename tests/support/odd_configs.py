"""Configs and files as a hurried or hostile user might write them, made from a sound study."""

import copy
import random
from typing import Any

import yaml

ODD: list[Any] = [
    *(True, False, None, 0, -1, 1, 3, 0.5, -0.0, 1e308, -1e308, float("inf"), float("nan")),
    *(2**31, 2**32, 2**63 - 1, 2**63, 2**64, 10**30, 10**400, "1e400", "inf", "nan", "true"),
    *("", " ", "x" * 5000, "../../..", "/etc/passwd", "/dev/zero", ".", "a\nb", "a\tb", "\x1b[31m"),
    *("{x}", "<study>", "%s", "=1+1", "base", "chosen", "t1", "t0.70", "t1-k0", "t1-k99999999999"),
    *("naïve", "数学", "\u202eabc", "e\u0301", "😀", "\ufeff", "t" + "9" * 400, "a_t1_s0@3"),
    *([], {}, [[]], [None], [True], ["t1"], ["t1", "t1"], [1, 1], [0.9, float("nan")], [2, 2]),
    *({"": 1}, {"a": {"b": {}}}, {"t1": ["t1"]}, list(range(2000)), {"seed": True}),
    *([[[[[[[[[[[[]]]]]]]]]]]], {1: 2}, {True: 1}, {None: None}),
]

PIECES = [
    *(b"\0", b"\xff", b"\xc3", b"\t", b"{", b"]", b"'", b"&a ", b"*a", b"!!python/tuple ", b"%"),
    *(b"\n---\n", b"[" * 200, b"? ", b": ", b"<<: ", b"\xef\xbb\xbf", b"\x85", b"\xed\xa0\x80"),
    *(b"__use_yte__: true\n", b"9" * 6000, b"- &x [*x]\n", b"2020-99-99", b"0x", b"!!int z "),
]


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path of keys and indices into nested dicts and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, one in items:
        found.append((*at, key))
        if isinstance(one, dict | list):
            found += paths(one, (*at, key))
    return found


def changed(study: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The study with one to three keys set to odd values, removed, renamed or added."""
    study = copy.deepcopy(study)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        *folders, last = chance.choice(paths(study))
        at: Any = study
        for folder in folders:
            at = at[folder]
        kind = chance.random()
        if kind < 0.75:
            at[last] = copy.deepcopy(chance.choice(ODD))
        elif kind < 0.85:
            del at[last]
        elif isinstance(at, dict):
            odd_key = chance.choice([f"{last}s", "", 7, True, "x" * 3000, "\x1b", "é", "a.b"])
            at[odd_key] = at.pop(last) if kind < 0.93 else copy.deepcopy(chance.choice(ODD))
    return study


def damaged(text: bytes, chance: random.Random) -> bytes:
    """The bytes of a file with a piece of it broken, repeated or replaced."""
    lines = text.splitlines(keepends=True)
    at, line = chance.randrange(len(text)), chance.randrange(len(lines))
    piece = chance.choice(PIECES)
    return chance.choice(
        [
            text[:at] + piece + text[at:],
            text[:at],
            b"".join([*lines[:line], lines[line], *lines[line:]]),
            b"".join([*lines[:line], piece, b"\n", *lines[line:]]),
            b"".join([*lines[:line], b"\t", *lines[line:]]),
            text.replace(b"\n", b"\r\n"),
            text + b"\n" + text,
            piece,
            b"",
        ]
    )


def written(study: dict[str, Any]) -> bytes:
    """A study as YAML bytes; characters are written as they are."""
    return yaml.safe_dump(study, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")

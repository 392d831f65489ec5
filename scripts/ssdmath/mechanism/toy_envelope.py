"""The toy machine beyond the published comparison: every temperature with every truncation.

The paper compares teacher and student at one top-p. Here both may use the best value of top-p,
min-p or top-k at each temperature. A third machine needs no training: the *composed* decoding of
the teacher chooses the support at (T_train, top-p), then samples inside it at T_train * T_eval. It
is the exact student, because tempering twice inside a fixed support multiplies the temperatures.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ssdmath.mechanism import toy
from ssdmath.mechanism.toy import CURVE, GRID, P_EVAL, P_TRAIN, T_TRAIN, Machine
from ssdmath.stats.resampling import Floats
from ssdmath.stats.truncation import Truncation

COARSE = GRID[::10]  # 0.05 to 5 in steps of 0.01; the curves' temperatures are among them
ON_CURVE = slice(CURVE.start // 10, (CURVE.stop - 1) // 10 + 1)
# The last top-p and top-k, and the first min-p, truncate nothing.
LIMITS: dict[str, list[float]] = {
    "top_p": (np.arange(5, 101) / 100).tolist(),
    "min_p": (np.arange(100) / 100).tolist(),
    "top_k": list(range(1, toy.VOCABULARY + 1)),
}


def composed(teacher: Machine, temperatures: Floats, limits: Truncation) -> dict[str, Floats]:
    """The teacher's heads under the composed decoding, then `limits`: [temperatures, tokens]."""
    policy = {}
    for name, head in teacher.items():
        inside = toy.decoded(head, T_TRAIN, P_TRAIN)[0] > 0
        policy[name] = toy.truncated(head * inside, T_TRAIN * temperatures, limits)
    return policy


def plain(machine: Machine, temperatures: Floats, limits: Truncation) -> dict[str, Floats]:
    """A machine's heads under temperature and truncation: [temperatures, tokens]."""
    return {name: toy.truncated(head, temperatures, limits) for name, head in machine.items()}


def report() -> dict[str, Any]:
    """The keys `envelope` and `composed` of toy.json, as plain values."""
    teacher = toy.teacher()
    student = toy.student(teacher)
    machines = {
        "teacher": partial(plain, teacher),
        "student": partial(plain, student),
        "composed": partial(composed, teacher),
    }
    rates = {
        name: {kind: _rates(policy, kind) for kind in LIMITS} for name, policy in machines.items()
    }
    envelope: dict[str, Any] = {
        kind: {
            "values": values,
            **{name: _envelope(of_machine[kind], kind) for name, of_machine in rates.items()},
        }
        for kind, values in LIMITS.items()
    }
    exact, trained = (rates[name] for name in ("composed", "student"))
    gaps = [np.abs(exact[kind] - trained[kind]).max() for kind in LIMITS]
    at_p_eval = toy.passing(composed(teacher, GRID[CURVE], Truncation(top_p=P_EVAL)))
    return {
        "envelope": {"temperature": COARSE[ON_CURVE].tolist(), **envelope},
        "composed": {
            "t_support": T_TRAIN,
            "p_support": P_TRAIN,
            "p_eval": P_EVAL,
            "curve": at_p_eval.tolist(),  # at the temperatures of the paper's curve
            "largest_gap_to_student": float(max(gaps)),
        },
    }


def _rates(policy: Callable[[Floats, Truncation], Machine], kind: str) -> Floats:
    """P(PASS) of a machine over one kind of truncation: [values, temperatures]."""
    limits = [Truncation(**{kind: value}) for value in LIMITS[kind]]
    return np.array([toy.passing(policy(COARSE, limit)) for limit in limits])


def _envelope(rates: Floats, kind: str) -> dict[str, Any]:
    """The best over the values at each temperature of the curves, and the best of all."""
    value, temperature = np.unravel_index(int(rates.argmax()), rates.shape)
    return {
        "curve": rates.max(axis=0)[ON_CURVE].tolist(),
        "best": {
            "temperature": float(COARSE[temperature]),
            "value": LIMITS[kind][int(value)],
            "success": float(rates.max()),
        },
    }

"""The toy machine of the SSD paper (appendix C.4) in closed form: no sampling, no model.

The root leads by token 0 or 1 into one of two equal paths: one fork, three locks, PASS. At fork and
lock token 0 is right; every other token fails. A student is the teacher's own distribution after
the training temperature and truncation; both are then decoded with the same nucleus.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ssdmath.stats.resampling import Floats
from ssdmath.stats.truncation import Truncation, support

VOCABULARY = 16
LOCKS = 3
HEADS: dict[str, tuple[float, ...]] = {
    "root": (0.200, 0.190, 0.329, 0.126),
    "fork": (0.148, 0.280, 0.140, 0.144),
    "lock": (0.750, 0.055, 0.050, 0.037),
}
WAYS_IN = 2  # root tokens that lead into a path
T_TRAIN, P_TRAIN = 0.9, 0.85
P_EVAL = 0.80
TOP_PS = (0.65, 0.70, 0.75, 0.80, 0.85, 0.90)
GRID = np.arange(50, 5001) / 1000  # temperatures of the search, in steps of 0.001
SHOWN = slice(50, 3951, 10)  # those of the curves: 0.1 to 4 in steps of 0.01

Machine = Mapping[str, Floats]  # head -> distribution over the vocabulary


def teacher() -> dict[str, Floats]:
    """The machine as printed: four stated tokens a head, the rest shared by halves."""
    return {name: _completed(head) for name, head in HEADS.items()}


def _completed(head: Sequence[float]) -> Floats:
    """The 12 other tokens share what is left geometrically: each half of the one before."""
    halves = 0.5 ** np.arange(VOCABULARY - len(head))
    rest = (1 - sum(head)) * halves / halves.sum()
    return np.concatenate([np.asarray(head, dtype=np.float64), rest])


def student(machine: Machine) -> dict[str, Floats]:
    """The perfect student: it has learned the tempered, truncated target, renormalised."""
    return {name: decoded(head, T_TRAIN, P_TRAIN)[0] for name, head in machine.items()}


def decoded(head: Floats, temperatures: Floats | float, top_p: float) -> Floats:
    """Temper, keep the smallest prefix that reaches top-p, renormalise: temperatures x tokens."""
    t = np.atleast_1d(np.asarray(temperatures, dtype=np.float64))[:, None]
    order = np.argsort(-head, kind="stable")  # no temperature changes the order
    ranked = head[order]
    with np.errstate(divide="ignore"):
        powers = np.exp((np.log(ranked) - np.log(ranked[0])) / t)
    tempered = powers / powers.sum(axis=1, keepdims=True)
    kept = tempered * support(tempered, Truncation(top_p=top_p), total=1.0).inside
    found = np.zeros_like(kept)
    found[:, order] = kept / kept.sum(axis=1, keepdims=True)
    return found


def success(machine: Machine, temperatures: Floats | float, top_p: float) -> Floats:
    """P(PASS) = (q_root(0) + q_root(1)) q_fork(0) q_lock(0)^3 at each temperature."""
    q = {name: decoded(head, temperatures, top_p) for name, head in machine.items()}
    into = q["root"][:, :WAYS_IN].sum(axis=1)
    return np.asarray(into * q["fork"][:, 0] * q["lock"][:, 0] ** LOCKS)


def optimum(machine: Machine, top_p: float) -> dict[str, Any]:
    """The best temperature of the grid, its success, and the policy it means at every head.

    `edge` says that the next step of temperature changes a support: success drops there, so that
    the optimum is the last temperature before a head lets one more token in.
    """
    rates = success(machine, GRID, top_p)
    at = int(rates.argmax())
    around = GRID[at : at + 2]
    policies = {name: decoded(head, around, top_p) for name, head in machine.items()}
    kept = {name: (q > 0).sum(axis=1) for name, q in policies.items()}
    return {
        "temperature": float(GRID[at]),
        "success": float(rates[at]),
        "edge": any(sizes[0] != sizes[-1] for sizes in kept.values()),
        "kept": {name: np.flatnonzero(q[0]).tolist() for name, q in policies.items()},
        "policy": {name: q[0].tolist() for name, q in policies.items()},
    }


def report() -> dict[str, Any]:
    """Everything the paper's table and its figures 12 to 14 show, as plain numbers."""
    machines = {"teacher": teacher()}
    machines["student"] = student(machines["teacher"])
    curves = {name: success(machine, GRID, P_EVAL)[SHOWN] for name, machine in machines.items()}
    return {
        "specification": {
            "vocabulary": VOCABULARY,
            "locks": LOCKS,
            "heads": {name: head.tolist() for name, head in machines["teacher"].items()},
            "t_train": T_TRAIN,
            "p_train": P_TRAIN,
            "p_eval": P_EVAL,
        },
        "target": {
            name: {"kept": np.flatnonzero(head).tolist(), "policy": head.tolist()}
            for name, head in machines["student"].items()
        },
        "untouched": {name: float(success(m, 1.0, 1.0)[0]) for name, m in machines.items()},
        "optimum": {name: optimum(machine, P_EVAL) for name, machine in machines.items()},
        "curve": {"temperature": GRID[SHOWN].tolist()}
        | {name: curve.tolist() for name, curve in curves.items()},
        "robustness": [
            {"top_p": p} | {name: optimum(machine, p) for name, machine in machines.items()}
            for p in TOP_PS
        ],
    }

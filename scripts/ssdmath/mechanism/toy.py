"""The toy machine of the SSD paper (appendix C.4) in closed form: no sampling, no model.

At the root, token 0 or 1 leads into one of two equal paths: one fork, three locks, PASS. At a fork
or lock only token 0 is right; every other token fails. The student is the teacher's distribution
after the training temperature and truncation. Both are then decoded with the same top-p.
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
PATHS = 2  # root tokens that lead into a path
T_TRAIN, P_TRAIN = 0.9, 0.85
P_EVAL = 0.80
TOP_PS = (0.65, 0.70, 0.75, 0.80, 0.85, 0.90)
GRID = np.arange(50, 5001) / 1000  # temperatures of the search, in steps of 0.001
CURVE = slice(50, 3951, 10)  # temperatures of the curves: 0.1 to 4 in steps of 0.01

Machine = Mapping[str, Floats]  # head -> distribution over the vocabulary


def teacher() -> dict[str, Floats]:
    """The machine as printed: four stated tokens per head; the others share the rest."""
    return {name: _completed(head) for name, head in HEADS.items()}


def _completed(head: Sequence[float]) -> Floats:
    """Give the 12 other tokens the remaining mass, each half as much as the one before."""
    halves = 0.5 ** np.arange(VOCABULARY - len(head))
    remaining = (1 - sum(head)) * halves / halves.sum()
    return np.concatenate([np.asarray(head, dtype=np.float64), remaining])


def student(machine: Machine) -> dict[str, Floats]:
    """The perfect student, which has learned the tempered, truncated target exactly."""
    return {name: decoded(head, T_TRAIN, P_TRAIN)[0] for name, head in machine.items()}


def decoded(head: Floats, temperatures: Floats | float, top_p: float) -> Floats:
    """Temper, keep the smallest prefix that reaches top-p, renormalise: [temperatures, tokens]."""
    return truncated(head, temperatures, Truncation(top_p=top_p))


def truncated(head: Floats, temperatures: Floats | float, limits: Truncation) -> Floats:
    """Temper, truncate and renormalise a head: [temperatures, tokens]."""
    t = np.atleast_1d(np.asarray(temperatures, dtype=np.float64))[:, None]
    order = np.argsort(-head, kind="stable")  # no temperature changes the order
    ranked = head[order]
    with np.errstate(divide="ignore"):
        powers = np.exp((np.log(ranked) - np.log(ranked[0])) / t)
    tempered = powers / powers.sum(axis=1, keepdims=True)
    surviving: Floats = tempered * support(tempered, limits, total=1.0).inside
    policy = np.zeros_like(surviving)
    policy[:, order] = surviving / surviving.sum(axis=1, keepdims=True)
    return policy


def success(machine: Machine, temperatures: Floats | float, top_p: float) -> Floats:
    """P(PASS) at each temperature with one top-p."""
    return passing({name: decoded(head, temperatures, top_p) for name, head in machine.items()})


def passing(policy: Machine) -> Floats:
    """P(PASS) = (q_root(0) + q_root(1)) q_fork(0) q_lock(0)^3; heads [temperatures, tokens]."""
    root = policy["root"][:, :PATHS].sum(axis=1)
    return np.asarray(root * policy["fork"][:, 0] * policy["lock"][:, 0] ** LOCKS)


def optimum(machine: Machine, top_p: float) -> dict[str, Any]:
    """The best temperature of the grid, its success, and every head decoded there.

    `edge`: the next temperature of the grid changes a support. Success drops there, so the optimum
    is the last temperature before a head admits one more token.
    """
    rates = success(machine, GRID, top_p)
    best = int(rates.argmax())
    best_and_next = GRID[best : best + 2]
    policies = {name: decoded(head, best_and_next, top_p) for name, head in machine.items()}
    survivors = {name: (q > 0).sum(axis=1) for name, q in policies.items()}
    return {
        "temperature": float(GRID[best]),
        "success": float(rates[best]),
        "edge": any(sizes[0] != sizes[-1] for sizes in survivors.values()),
        "kept": {name: np.flatnonzero(q[0]).tolist() for name, q in policies.items()},
        "policy": {name: q[0].tolist() for name, q in policies.items()},
    }


def report() -> dict[str, Any]:
    """The contents of the paper's table and of its figures 12 to 14, as plain values."""
    machines = {"teacher": teacher()}
    machines["student"] = student(machines["teacher"])
    curves = {name: success(machine, GRID, P_EVAL)[CURVE] for name, machine in machines.items()}
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
        "curve": {"temperature": GRID[CURVE].tolist()}
        | {name: curve.tolist() for name, curve in curves.items()},
        "robustness": [
            {"top_p": p} | {name: optimum(machine, p) for name, machine in machines.items()}
            for p in TOP_PS
        ],
    }

"""Reading chosen.json: each arm's winner, and the pair of cells that isolates truncation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath.config.decoding import Decoding, slug
from ssdmath.config.terms import SSD, SSD_UNTRUNCATED
from ssdmath.tables import atomic


class Pick(NamedTuple):
    """The models of one condition, one per training seed, at the decoding chosen for them."""

    models: tuple[str, ...]
    decoding: str


def read(path: str | Path) -> dict[str, Any]:
    """Read the choice of each arm, by the arm's name."""
    arms = atomic.read_json(path)["arms"]
    assert isinstance(arms, dict)
    return arms


def winner(arms: Mapping[str, Any], arm: str) -> Pick:
    """The cell that an arm sends to the test split."""
    return _pick(arms[arm]["winner"])


def truncation(arms: Mapping[str, Any], declared: Sequence[str]) -> tuple[Pick, Pick] | None:
    """Return `ssd` with and without truncation at one T_train, each at its best decoding.

    The untruncated side comes from the arm `ssd_untruncated` if the study declares it, else from a
    synthesis decoding of `ssd` itself. If several truncated decodings have an untruncated twin,
    the best of them counts. None without such a pair. `declared` are the study's arms.
    """
    if SSD not in declared:
        return None
    of_ssd = arms[SSD]["by_train_decoding"]
    arm = SSD_UNTRUNCATED if SSD_UNTRUNCATED in declared else SSD
    untruncated = arms[arm]["by_train_decoding"]
    pairs = [
        (cell["mean"], name, cell, untruncated[_untruncated(name)])
        for name, cell in of_ssd.items()
        if Decoding.parse(name).truncated and _untruncated(name) in untruncated
    ]
    if not pairs:
        return None
    _, _, truncated, twin = max(pairs, key=lambda pair: pair[:2])
    return _pick(truncated), _pick(twin)


def _untruncated(decoding: str) -> str:
    """The decoding of the same temperature without truncation."""
    return slug(Decoding(temperature=Decoding.parse(decoding).temperature))


def _pick(cell: Mapping[str, Any]) -> Pick:
    return Pick(tuple(cell["models"]), str(cell["decoding"]))

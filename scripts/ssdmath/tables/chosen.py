"""What chosen.json says: each arm's winner, and the pair that isolates truncation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ssdmath.config.decoding import Decoding, slug
from ssdmath.tables import atomic

SSD, UNTRUNCATED = "ssd", "ssd_untruncated"


class Pick(NamedTuple):
    """Cells of one condition, one per training seed, at the decoding chosen for them."""

    models: tuple[str, ...]
    decoding: str


def read(path: str | Path) -> dict[str, Any]:
    """Read the choice of each arm."""
    arms = atomic.read_json(path)["arms"]
    assert isinstance(arms, dict)
    return arms


def winner(arms: Mapping[str, Any], arm: str) -> Pick:
    """The cell that an arm sends to the test split."""
    return _pick(arms[arm]["winner"])


def truncation(arms: Mapping[str, Any], held: Sequence[str]) -> tuple[Pick, Pick] | None:
    """`ssd` truncated and untruncated at one T_train, each at its own best; None without both.

    The untruncated side is the arm `ssd_untruncated` where the study declares it, else a synthesis
    decoding of `ssd` itself. Where `ssd` has several truncated ones its best with a twin stands.
    """
    if SSD not in held:
        return None
    of_ssd = arms[SSD]["by_train_decoding"]
    others = arms[UNTRUNCATED]["by_train_decoding"] if UNTRUNCATED in held else of_ssd
    pairs = [
        (one["mean"], name, one, others[_bare(name)])
        for name, one in of_ssd.items()
        if Decoding.parse(name).truncated and _bare(name) in others
    ]
    if not pairs:
        return None
    _, _, one, twin = max(pairs, key=lambda pair: pair[:2])
    return _pick(one), _pick(twin)


def _bare(decoding: str) -> str:
    """The same temperature without truncation."""
    return slug(Decoding(temperature=Decoding.parse(decoding).temperature))


def _pick(cell: Mapping[str, Any]) -> Pick:
    return Pick(tuple(cell["models"]), str(cell["decoding"]))

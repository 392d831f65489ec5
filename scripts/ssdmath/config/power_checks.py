"""Where a decoding with a power may stand, and what cannot be compared with it."""

from typing import TYPE_CHECKING

from ssdmath.config.names import POWER
from ssdmath.config.power import has_power

if TYPE_CHECKING:
    from ssdmath.config.study import Study

PLACES = "evaluation.power and arms.<name>.decodings"


def check(study: "Study") -> None:
    """Raise ValueError, one line, for a power elsewhere, and for other decodings in its place.

    Contrasts at equal tokens are refused: a draw with a power costs more than its own tokens.
    """
    evaluation = study.evaluation
    if strange := [slug for slug in evaluation.power if not has_power(slug)]:
        found = f"evaluation.power: found {strange[0]!r}, which has no power"
        raise ValueError(f"{found}; allowed: decodings such as t1-pow4x8")
    lists = {f"evaluation.sweeps.{name}": slugs for name, slugs in evaluation.sweeps.items()}
    lists |= {f"evaluation.controls.{name}": slugs for name, slugs in evaluation.controls.items()}
    lists["evaluation.baselines"] = evaluation.baselines
    if evaluation.composed is not True:
        lists["evaluation.composed"] = evaluation.composed or []
    for key, slugs in lists.items():
        if powers := [slug for slug in slugs if has_power(slug)]:
            found = f"{key}: found {powers[0]!r}, which has a power"
            raise ValueError(f"{found}; allowed in {PLACES} alone")
    for contrast in study.contrasts:
        if contrast.budget is not None and POWER in (contrast.a.arm, contrast.b.arm):
            found = f"contrasts[{contrast.name}].budget: found it with arm {POWER}"
            raise ValueError(f"{found}, whose draws take more tokens than they keep; leave it out")

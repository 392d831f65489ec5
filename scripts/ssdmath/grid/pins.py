"""Cells that a race may not drop, because other rules read them by name."""

from typing import Any

from ssdmath.config.evaluation import CHOSEN, SAME
from ssdmath.config.names import DECODED, Model
from ssdmath.config.study import Study


def decodings(study: Study, model: Model) -> set[str]:
    """The decodings at which a model must stay in a race."""
    pins = cells(study, model.arm)
    cell = {"train_decoding": model.train_decoding, "step": model.step}
    return {
        str(pin["decoding"])
        for pin in pins
        if all(pin.get(name) in (None, value) for name, value in cell.items())
    }


def cells(study: Study, arm: str) -> list[dict[str, Any]]:
    """The cells of an arm that other rules read by name: the default, and those of contrasts."""
    pins: list[dict[str, Any]] = []
    if arm not in DECODED:
        pins.append({"decoding": study.evaluation.default})
    for contrast in study.all_contrasts:
        pairs = ((contrast.a, contrast.b), (contrast.b, contrast.a))
        for side, other in pairs if contrast.split == "validation" else ():
            decoding = other.decoding if side.decoding == SAME else side.decoding
            if side.arm == arm and decoding != CHOSEN:
                cell = {"train_decoding": side.train_decoding, "step": side.step}
                stated = {name: value for name, value in cell.items() if value != CHOSEN}
                pins.append(stated | {"decoding": decoding})
    return [pin for at, pin in enumerate(pins) if pin not in pins[:at]]

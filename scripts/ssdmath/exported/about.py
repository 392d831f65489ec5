"""What the cards of data set and models share: what base is, and which study they belong to."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ssdmath.config.study import Study
from ssdmath.finished.study import FinishedStudy
from ssdmath.micro.worlds import MODELS

KEY = "ssdmath"  # of the front matter
LABORATORY = (
    "The model is a laboratory animal: a language model of less than a million parameters, trained "
    "on generated problems. Nothing here is evidence about competition math or larger models."
)


def is_micro(study: Study) -> bool:
    """Whether base is one of the micro models, which are no evidence about mathematics."""
    return study.model.path in MODELS.values()


def named(study: Study) -> str:
    """Base in Markdown, with its commit or where it is from."""
    place = study.model
    if place.hub is not None:
        link = f"[{place.hub}](https://huggingface.co/{place.hub})"
        return f"{link} at commit `{place.revision}`"
    shipped = "which ships with ssdmath" if is_micro(study) else "a local folder"
    return f"`{place.path}`, {shipped}"


def state(study: FinishedStudy) -> dict[str, str]:
    """The study's name, and the digest of chosen.json: whether two folders are of one state."""
    return {"study": study.folder.study.name, "chosen": study.folder.contents["chosen.json"]}


def card(front: Mapping[str, Any], parts: Sequence[str]) -> str:
    """A card: front matter for the hub, then paragraphs and headings."""
    matter = yaml.safe_dump(dict(front), sort_keys=False, width=100)
    return f"---\n{matter}---\n\n" + "\n\n".join(parts) + "\n"

"""What a study calls base, for readers of a card: a hub id, or a model that ships with ssdmath."""

from ssdmath.config.study import Study
from ssdmath.micro.worlds import MODELS

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

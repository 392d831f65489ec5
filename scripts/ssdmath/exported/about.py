"""What the cards of data set and models share: what base is, and which study they belong to."""

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


def belongs_to(study: FinishedStudy, model: str = "") -> dict[str, dict[str, str]]:
    """The key of a card's front matter that names its study, and the model of a model's card.

    `chosen` is the digest of chosen.json: it tells whether two folders are of one state.
    """
    digest = study.folder.contents["chosen.json"]
    named = {"model": model} if model else {}
    return {KEY: {"study": study.folder.study.name, "chosen": digest} | named}

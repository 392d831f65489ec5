"""Why the Hugging Face hub gave nothing, and the way out, in one line."""

from collections.abc import Iterator
from typing import Literal

SHOWN = 200  # characters of the hub's own words
Kind = Literal["model", "dataset"]


def explained(error: BaseException, *, kind: Kind, id: str) -> str | None:
    """Say what is wrong with a repository and what is allowed; None for an error of another kind.

    `datasets` drops the hub's errors and raises its own, of which only the words tell them apart.
    """
    from huggingface_hub import constants, errors

    found, said = list(_causes(error)), str(error)

    def has(*types: type[BaseException]) -> bool:
        return any(isinstance(one, types) for one in found)

    if has(errors.GatedRepoError) or "is a gated dataset" in said:
        page = f"{constants.ENDPOINT}/{'datasets/' if kind == 'dataset' else ''}{id}"
        return f"its licence has not been accepted; allowed: accept it on {page}, hf auth login"
    if has(errors.RepositoryNotFoundError) or "doesn't exist on the Hub or" in said:
        return f"no such {kind} on the hub; allowed: its id; hf auth login, if it is private"
    if has(errors.RevisionNotFoundError) or said.startswith("Revision "):
        return "no such revision on the hub; allowed: one of its commits, which `make pin` finds"
    if constants.HF_HUB_OFFLINE and has(OSError):
        return f"HF_HUB_OFFLINE is set and the cache lacks it; allowed: {_fetched(kind, id)}"
    if silent := [one for one in found if isinstance(one, _unanswered())]:
        reason = " ".join(str(silent[-1]).split())[:SHOWN]
        return f"the hub did not answer ({reason}); allowed: a network; {_fetched(kind, id)}"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what caused it, up to the first cause."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _unanswered() -> tuple[type[BaseException], ...]:
    from httpx2 import HTTPError  # what huggingface_hub raises where nothing answers
    from huggingface_hub.errors import LocalEntryNotFoundError

    return HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError


def _fetched(kind: Kind, id: str) -> str:
    """How to do without a network: a model from the cache, a dataset by the rule that reads it."""
    if kind == "model":
        return f"`hf download {id}` where there is a network, into the same HF_HOME"
    return "run the target `problems` where there is a network; no job after it reads the hub"

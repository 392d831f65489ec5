"""Find a model where a config says it is, on the disk or on the hub, and make its record."""

from pathlib import Path
from typing import Any

from ssdmath.config.model import ModelLocation
from ssdmath.config.pinning import UNPINNED
from ssdmath.models import hub_errors, weights
from ssdmath.models.errors import ModelError


def record(location: ModelLocation, key: str) -> dict[str, Any]:
    """Make the record of a model; a hub id is fetched at its revision.

    `key` is the model's in the config, for messages. ModelError: it cannot be read.
    """
    if location.path is not None:
        folder, origin = Path(location.path), {}
    else:
        folder = _fetched(str(location.hub), str(location.revision), key)
        origin = {"hub": location.hub, "revision": folder.name}
    return weights.record(weights.check_folder(folder, key), **origin)


def _fetched(hub: str, revision: str, key: str) -> Path:
    """The folder of a hub model at a revision; its name is the commit.

    Files in the local cache are not downloaded again; with HF_HUB_OFFLINE nothing is downloaded.
    """
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(hub, revision=None if revision == UNPINNED else revision))
    except (OSError, ValueError) as error:
        where = f"{key}.hub: {hub} at revision {revision}"
        if found := hub_errors.explained(error, kind="model", id=hub):
            raise ModelError(f"{where}: {found}") from None
        reason = str(error).strip().splitlines()[0]
        failure = f"{where} cannot be read ({reason})"
        raise ModelError(f"{failure}; allowed: an id and a commit, on the hub or cached") from None

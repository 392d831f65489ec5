"""Hub models: the local snapshot of one commit."""

from pathlib import Path

from ssdmath.config.pinning import UNPINNED
from ssdmath.models import hub_errors
from ssdmath.models.weights import ModelError


def fetch(hub: str, revision: str, key: str = "model") -> Path:
    """Return the folder of a hub model at a revision; its name is the commit.

    `key` is the model's in the config, for messages.
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

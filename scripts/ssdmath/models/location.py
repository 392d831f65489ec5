"""Find a model where a config says it is, and make its record."""

from pathlib import Path
from typing import Any

from ssdmath.config.model import ModelLocation
from ssdmath.models import hub, weights


def record(location: ModelLocation, key: str) -> dict[str, Any]:
    """Make the record of a model; a hub id is fetched at its revision.

    `key` is the model's in the config, for messages. ModelError: it cannot be read.
    """
    if location.path is not None:
        folder, origin = Path(location.path), {}
    else:
        folder = hub.fetch(str(location.hub), str(location.revision), key)
        origin = {"hub": location.hub, "revision": folder.name}
    return weights.record(weights.check_folder(folder, key), **origin)

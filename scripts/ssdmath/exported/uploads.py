"""What an export uploads: a repository of the data set, and one of each model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from ssdmath.config.documents import shown
from ssdmath.exported import about, export, models
from ssdmath.tables import atomic

Kind = Literal["dataset", "model"]
# Files that an earlier upload may have left and that would be read beside the new ones.
REPLACED = {"dataset": "data/*", "model": "*.safetensors*"}


class UploadError(ValueError):
    """Something that cannot be uploaded; one line: what was found, what is allowed."""


class Upload(NamedTuple):
    """A folder and its repository."""

    repo: str  # owner/name
    kind: Kind
    folder: Path
    about: dict[str, Any]  # what its card says of the study

    @property
    def files(self) -> list[Path]:
        """The files of the folder, sorted."""
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    @property
    def size(self) -> int:
        """Bytes of the files."""
        return sum(file.stat().st_size for file in self.files)


def of(output: Path, repo: str) -> list[Upload]:
    """The repositories of an export: `owner/name` the data set's, `owner/name-<model>` a model's.

    UploadError: no export, models of another state of the study, or a name that the hub refuses.
    """
    if not (output / export.RECORD).is_file():
        found = f"found no {export.RECORD}"
        raise UploadError(f"{output}: {found}; allowed: a folder of {export.COMMAND}")
    data = Upload(repo, "dataset", output, said_by(output / models.CARD))
    uploads = [data, *_models(data, export.models_beside(output))]
    for one in uploads:
        _check_name(one.repo)
    return uploads


def said_by(card: Path) -> dict[str, Any]:
    """What the front matter of a card says of its study; empty for a card of something else."""
    parts = card.read_text(encoding="utf-8").split("---\n", 2)
    front = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else None
    said = front.get(about.KEY) if isinstance(front, dict) else None
    return said if isinstance(said, dict) else {}


def _models(data: Upload, folder: Path) -> Iterator[Upload]:
    """The models beside the data set, if they were exported; each must be of the same state."""
    if not (folder / models.RECORD).is_file():
        return
    for name in sorted(dict(atomic.read_json(folder / models.RECORD)["models"])):  # type: ignore[call-overload]
        said = said_by(folder / name / models.CARD)
        if said != data.about | {"model": name}:
            found = "found models of another state of the study than the data set"
            allowed = f"both of one `{export.COMMAND} MODELS=1`, or no such folder"
            raise UploadError(f"{folder}: {found}; allowed: {allowed}")
        yield Upload(f"{data.repo}-{name.replace('@', '-step')}", "model", folder / name, said)


def _check_name(repo: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        reason = str(error).partition(":")[0].rstrip(".")
        raise UploadError(f"REPO: found {shown(repo)} ({reason}); allowed: owner/name") from None
    if repo.count("/") != 1:
        raise UploadError(f"REPO: found {shown(repo)}; allowed: owner/name")

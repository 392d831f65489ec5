"""The chosen checkpoints of a finished study as folders that transformers loads.

Weights are hard links to the study's own files where the file system has them, else copies.
"""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ssdmath.config.names import Model
from ssdmath.exported import about
from ssdmath.finished.folder import StudyFolderError, listed
from ssdmath.finished.study import FinishedStudy
from ssdmath.models import weights
from ssdmath.provenance.job_records import sha256
from ssdmath.tables import atomic

RECORD = "models.json"
CARD = "README.md"
CHECKPOINTS = "checkpoints"


class Checkpoint(NamedTuple):
    """A checkpoint that was trained in the study and chosen on validation."""

    model: Model
    decoding: str  # at which it was chosen
    folder: Path  # in the study

    @property
    def name(self) -> str:
        """The model's name in all tables, and of its folder."""
        return self.model.model

    def files(self) -> list[Path]:
        """The files that are the model, sorted; without the study's notes on it."""
        own = (path for path in self.folder.iterdir() if path.is_file())
        kept = (path for path in own if path.name not in (*weights.NOTES, CARD))
        return sorted(path for path in kept if not path.name.startswith("."))


def chosen(study: FinishedStudy) -> list[Checkpoint]:
    """The chosen checkpoints of every arm that was trained in the study, one per run."""
    trained = study.chosen.drop_nulls("train_decoding").select("models", "decoding")
    return [
        Checkpoint(Model.parse(name), decoding, study.folder.path / CHECKPOINTS / name)
        for names, decoding in trained.iter_rows()
        for name in names
    ]


def size(checkpoints: Sequence[Checkpoint]) -> int:
    """Bytes of the checkpoints' files, as far as the study has them."""
    present = [one for one in checkpoints if one.folder.is_dir()]
    return sum(file.stat().st_size for one in present for file in one.files())


def check(study: FinishedStudy, checkpoints: Sequence[Checkpoint]) -> None:
    """Raise StudyFolderError unless every checkpoint is the one that was evaluated.

    It says how to train the others again: a training is the same each time.
    """
    if not checkpoints:
        found = "found no checkpoint that was trained in it"
        raise StudyFolderError(f"{study.folder.path}: {found}; allowed: a study that trains an arm")
    wrong = [one for one in checkpoints if not _is_whole(study, one)]
    if not wrong:
        return
    found = "found other files than were evaluated, or none, of"
    allowed = f"to train again with `{_command(study, wrong)}`, or an export without MODELS"
    names = listed(one.name for one in wrong)
    raise StudyFolderError(f"{study.folder.path}: {found} {names}; allowed: {allowed}")


def write(part: Path, study: FinishedStudy, checkpoints: Sequence[Checkpoint]) -> None:
    """Write a folder for each checkpoint, without its card, and the record of all."""
    record = {one.name: _write_one(part / one.name, one) for one in checkpoints}
    atomic.write_json(about.state(study) | {"models": record}, part / RECORD)


def _write_one(folder: Path, checkpoint: Checkpoint) -> dict[str, object]:
    folder.mkdir(parents=True)
    files = {}
    for file in checkpoint.files():
        _give(file.resolve(), folder / file.name, link=file.match(weights.WEIGHTS))
        files[file.name] = {"bytes": file.stat().st_size, "sha256": sha256(folder / file.name)}
    chosen_as = {"arm": checkpoint.model.arm, "decoding": checkpoint.decoding}
    return chosen_as | {"weights": weights.fingerprint(folder), "files": files}


def _give(source: Path, target: Path, *, link: bool) -> None:
    """Link a file, or copy it where that is not wanted or not possible."""
    if link:
        with suppress(OSError):  # another file system, or one without links
            os.link(source, target)
            return
    shutil.copyfile(source, target)


def _is_whole(study: FinishedStudy, checkpoint: Checkpoint) -> bool:
    """Whether the study still has the files that its record of the checkpoint is about."""
    folder = checkpoint.folder
    if not folder.is_dir() or not any(folder.glob(weights.WEIGHTS)):
        return False
    record = atomic.read_json(study.folder.file(f"{CHECKPOINTS}/{checkpoint.name}/health.json"))
    return weights.fingerprint(folder) == record["weights"]


def _command(study: FinishedStudy, checkpoints: Sequence[Checkpoint]) -> str:
    """What trains checkpoints again; a study's config has its name, by custom."""
    name = study.folder.study.name
    targets = [f"results/{name}/{CHECKPOINTS}/{one.name}/health.json" for one in checkpoints]
    command = f".venv/bin/snakemake --configfile config/{name}.yaml --cores 2 --force"
    return f"{command} {' '.join(targets)}"

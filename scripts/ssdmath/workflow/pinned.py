"""Whether each model and source is read in the version that the study pins."""

from collections.abc import Callable
from pathlib import Path

from ssdmath.config import pinning
from ssdmath.config.problems import FileSource
from ssdmath.config.study import Study, StudyError
from ssdmath.models import weights
from ssdmath.problems.sources import hub
from ssdmath.provenance import metadata


def check(study: Study) -> None:
    """Raise StudyError if a hub id has no commit, or local files are not those that were pinned.

    A smoke study may read a hub id at no particular commit.
    """
    if study.unpinned and not study.smoke:
        raise StudyError(pinning.refusal(study.unpinned))
    for key, place in study.locations.items():
        if place.path is not None and place.fingerprint is not None:
            _compare(".".join(key), place.path, place.fingerprint, weights.files)
    for name, source in study.problems.sources.items():
        if isinstance(source, FileSource) and source.fingerprint is not None:
            _compare(f"problems.sources.{name}", source.path, source.fingerprint, hub.local_files)


def _compare(key: str, path: str, pinned: str, files: Callable[[Path], list[Path]]) -> None:
    fingerprint = metadata.fingerprint(files(Path(path)))
    if fingerprint != pinned:
        wrong = f"{key}.fingerprint is {pinned!r}, {path} has {fingerprint!r}"
        raise StudyError(f"{wrong}; put the files back, or write the new one to use them")

"""Which version of everything is read: hub ids at a commit, local files that are those pinned."""

from collections.abc import Callable
from pathlib import Path

from ssdmath.config import pinning
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.config.study import Study, StudyError
from ssdmath.models import weights
from ssdmath.problems.sources import hub
from ssdmath.provenance import metadata


def check(study: Study) -> None:
    """StudyError if something would be read in a version that nobody named, or another one."""
    _check_hub(study)
    _check_local(study)


def _check_hub(study: Study) -> None:
    """Raise if a hub id would be read at no particular commit, outside a smoke study."""
    if study.smoke:
        return
    if study.model.unpinned:
        raise StudyError(pinning.refusal("model", "models", str(study.model.hub)))
    for name in study.problems.unpinned:
        source = study.problems.sources[name]
        assert isinstance(source, HubSource)
        raise StudyError(pinning.refusal(f"problems.sources.{name}", "datasets", source.id))


def _check_local(study: Study) -> None:
    """Raise if pinned local files are not those that were pinned."""
    if study.model.path is not None and study.model.fingerprint is not None:
        _compare("model", study.model.path, study.model.fingerprint, weights.files)
    for name, source in study.problems.sources.items():
        if isinstance(source, FileSource) and source.fingerprint is not None:
            _compare(f"problems.sources.{name}", source.path, source.fingerprint, hub.local_files)


def _compare(key: str, path: str, pinned: str, files: Callable[[Path], list[Path]]) -> None:
    found = metadata.fingerprint(files(Path(path)))
    if found != pinned:
        wrong = f"{key}.fingerprint is {pinned!r}, {path} has {found!r}"
        raise StudyError(f"{wrong}; put the files back, or write the new one to use them")

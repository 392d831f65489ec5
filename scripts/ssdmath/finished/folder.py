"""The folder of a finished study: its settings, and the files that its report was made from.

The record of the job that wrote the report lists both. A file that was made again since then, by a
run that is not finished, would not fit the others and is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ssdmath.config.study import Study
from ssdmath.provenance import job_records
from ssdmath.tables import atomic

REPORT = "report.html"
ALLOWED = "the folder of a finished study, results/<name> (first: make run CONFIG=...)"
_LISTED = 12  # names in a message


class StudyFolderError(ValueError):
    """Something that a finished study does not have; one line: what was found, what is allowed."""


@dataclass(frozen=True)
class StudyFolder:
    """A study's folder; `contents` has the digest of each file when the report was made."""

    path: Path
    study: Study
    contents: dict[str, str]  # by the path inside the folder
    _checked: set[str] = field(default_factory=set)

    def names(self, start: str) -> list[str]:
        """The files whose paths inside the folder start so, sorted."""
        return sorted(name for name in self.contents if name.startswith(start))

    def file(self, name: str) -> str:
        """The path of a file of the report; StudyFolderError: it is gone or was made again."""
        path = self.path / name
        if name not in self.contents or not path.is_file():
            raise StudyFolderError(f"{path}: found no such file; allowed: {ALLOWED}")
        if name not in self._checked and job_records.content(path) != self.contents[name]:
            found = f"found another content than {REPORT} was made from"
            raise StudyFolderError(f"{path}: {found}; allowed: a study whose last run is finished")
        self._checked.add(name)
        return str(path)


def read(folder: str | Path) -> StudyFolder:
    """Read the record of a study's report; StudyFolderError: the study is not finished."""
    path = Path(folder)
    if not path.is_dir():
        raise StudyFolderError(f"{path}: found no folder; allowed: {ALLOWED}")
    record = path / job_records.FOLDER / f"{REPORT}.json"
    for file in (path / REPORT, record):
        if not file.is_file():
            raise StudyFolderError(f"{path}: found no {file.relative_to(path)}; allowed: {ALLOWED}")
    made = atomic.read_json(record)
    try:
        study = Study.model_validate(made["params"]["study"])  # type: ignore[index]
        inputs = {str(name): str(digest) for name, digest in made["inputs"].items()}  # type: ignore[attr-defined]
    except (ValueError, KeyError, TypeError, AttributeError):
        found = "found a study of another version of this pipeline"
        raise StudyFolderError(f"{record}: {found}; allowed: one that this version made") from None
    inside = {_inside(name): digest for name, digest in inputs.items()}
    kept = {name: digest for name, digest in inside.items() if name}
    return StudyFolder(path.absolute(), study, kept)


def _inside(name: str) -> str:
    """The path inside the study's folder, which may have been moved; empty for other files."""
    parts = PurePath(name).parts
    return PurePath(*parts[2:]).as_posix() if parts[0] == "results" and len(parts) > 2 else ""


def listed(names: Iterable[object]) -> str:
    """Names for a message, the first dozen and how many more there are."""
    every = [str(name) for name in dict.fromkeys(names)]
    more = len(every) - _LISTED
    return ", ".join([*every[:_LISTED], *([f"and {more} more"] if more > 0 else [])])

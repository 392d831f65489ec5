"""Rows through `datasets`: a hub id at its commit, or a local folder by the same call.

Everything is streamed, and only the named columns are read. This is the only module that may use
the network, and only for a hub id that the study names.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ssdmath.config.pinning import UNPINNED
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.problems.sources.base import SourceError, first_line
from ssdmath.problems.sources.files import Record, check_columns, top

SAVED = ("state.json", "dataset_dict.json")  # what `save_to_disk` leaves in a folder
DATA = (".arrow", ".parquet", ".jsonl", ".json", ".csv")


def records(source: FileSource | HubSource, columns: Sequence[str]) -> Iterator[tuple[int, Record]]:
    """Yield (row number, record) of a hub dataset or a local dataset folder."""
    number = 0
    try:
        for data in _streams(source, columns):
            for record in data:
                number += 1
                yield number, record
    except SourceError:
        raise
    except Exception as error:  # whatever `datasets`, its readers and its network layer raise
        raise SourceError(_unreadable(source, number, error)) from None


def local_files(path: Path) -> list[Path]:
    """The file that is a source, or the data files of a folder that is one, in order."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix in DATA and file.is_file())


def _streams(source: FileSource | HubSource, columns: Sequence[str]) -> Iterator[Any]:
    """Open every config of the source as a stream of rows that hold `columns`."""
    if isinstance(source, FileSource):
        folder = Path(source.path)
        if any((folder / name).exists() for name in SAVED):
            yield _saved(folder, source.split, columns)
        else:
            yield _loaded(str(folder), source.split, columns)
        return
    for config in source.config if isinstance(source.config, list) else [source.config]:
        more = {
            "name": config,
            "revision": None if source.revision == UNPINNED else source.revision,
            "data_files": source.files,
        }
        yield _loaded(source.id, source.split, columns, **more)


def _saved(folder: Path, split: str | None, columns: Sequence[str]) -> Any:
    """Open what `save_to_disk` left; it is mapped into memory, not read."""
    import datasets

    found = datasets.load_from_disk(str(folder))
    data = found[_split(str(folder), split, list(found))] if isinstance(found, dict) else found
    return data.select_columns(_checked(str(folder), columns, data.column_names))


def _loaded(place: str, split: str | None, columns: Sequence[str], **more: Any) -> Any:
    """Open data files that `load_dataset` understands, here or on the hub, as a stream."""
    import datasets

    found = datasets.load_dataset(place, streaming=True, **more)
    name = _split(place, split, list(found))
    data = found[name]
    wanted = _checked(place, columns, data.column_names or list(next(iter(data), {})))
    builder = datasets.load_dataset_builder(place, **more)
    if not hasattr(builder.config, "columns"):
        return data.select_columns(wanted)
    # `select_columns` drops what was read before; only the parquet reader can leave it unread
    return datasets.load_dataset(place, split=name, streaming=True, columns=wanted, **more)


def _split(place: str, wanted: str | None, known: list[str]) -> str:
    if wanted is None and len(known) > 1:
        raise SourceError(f"{place}: holds the splits {known}; name one with split")
    if wanted is not None and wanted not in known:
        raise SourceError(f"{place}: no split {wanted!r}; it holds {known}")
    return wanted or known[0]


def _checked(place: str, columns: Sequence[str], known: Sequence[str]) -> list[str]:
    """The columns that have to be read; SourceError names those that are not there."""
    check_columns(place, columns, known)
    return sorted({top(name, known) for name in columns})


def _unreadable(source: FileSource | HubSource, number: int, error: Exception) -> str:
    reason = f"{type(error).__name__}: {first_line(error)}"
    if isinstance(source, FileSource):
        found = f"cannot be read after row {number} ({reason})"
        return f"{source.path}: {found}; allowed: a folder of whole parquet, jsonl or csv files"
    found = f"hub dataset {source.id} at {source.revision} cannot be read after row {number}"
    return f"{found} ({reason}); allowed: an id, config and split of the hub, and a network"

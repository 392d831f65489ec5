"""Reads rows with `datasets`: a hub id at its commit, or a local folder in the same way.

Everything is streamed, and only the named columns are read. This is the only module that may use
the network, and only for a hub id that the study names.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ssdmath.config.pinning import UNPINNED
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.models import hub_errors
from ssdmath.problems.sources.base import SourceError, first_line
from ssdmath.problems.sources.files import Record, check_columns

SAVED_FILES = ("state.json", "dataset_dict.json")  # what `save_to_disk` leaves in a folder
DATA_SUFFIXES = (".arrow", ".parquet", ".jsonl", ".json", ".csv")


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
        raise SourceError(_read_error(source, number, error)) from None


def local_files(path: Path) -> list[Path]:
    """The file that is a source, or the data files of a folder that is one, in order."""
    if not path.is_dir():
        return [path]
    return sorted(
        file for file in path.rglob("*") if file.suffix in DATA_SUFFIXES and file.is_file()
    )


def _streams(source: FileSource | HubSource, columns: Sequence[str]) -> Iterator[Any]:
    """Open every config of the source as a stream of rows that hold `columns`."""
    if isinstance(source, FileSource):
        folder = Path(source.path)
        if any((folder / name).exists() for name in SAVED_FILES):
            yield _open_saved(folder, source.split, columns)
        else:
            yield _open_stream(str(folder), source.split, columns)
        return
    for config in source.config if isinstance(source.config, list) else [source.config]:
        options = {
            "name": config,
            "revision": None if source.revision == UNPINNED else source.revision,
            "data_files": source.files,
        }
        yield _open_stream(source.id, source.split, columns, **options)


def _open_saved(folder: Path, split: str | None, columns: Sequence[str]) -> Any:
    """Open what `save_to_disk` left; it is mapped into memory, not read."""
    import datasets

    data = datasets.load_from_disk(str(folder))
    if isinstance(data, dict):
        data = data[_split(str(folder), split, list(data))]
    return data.select_columns(check_columns(str(folder), columns, data.column_names))


def _open_stream(location: str, split: str | None, columns: Sequence[str], **options: Any) -> Any:
    """Open data files that `load_dataset` understands, here or on the hub, as a stream."""
    import datasets

    splits = datasets.load_dataset(location, streaming=True, **options)
    name = _split(location, split, list(splits))
    data = splits[name]
    to_read = check_columns(location, columns, data.column_names or list(next(iter(data), {})))
    builder = datasets.load_dataset_builder(location, **options)
    if not hasattr(builder.config, "columns"):
        return data.select_columns(to_read)
    # `select_columns` drops what was read before; only the parquet reader can leave it unread
    return datasets.load_dataset(location, split=name, streaming=True, columns=to_read, **options)


def _split(location: str, split: str | None, splits: list[str]) -> str:
    if split is None and len(splits) > 1:
        raise SourceError(f"{location}: holds the splits {splits}; name one with split")
    if split is not None and split not in splits:
        raise SourceError(f"{location}: no split {split!r}; it holds {splits}")
    return split or splits[0]


def _read_error(source: FileSource | HubSource, number: int, error: Exception) -> str:
    reason = f"{type(error).__name__}: {first_line(error)}"
    if isinstance(source, FileSource):
        found = f"cannot be read after row {number} ({reason})"
        return f"{source.path}: {found}; allowed: a folder of whole parquet, jsonl or csv files"
    where = f"hub dataset {source.id} at {source.revision}"
    if known := hub_errors.explained(error, kind="dataset", id=source.id):
        return f"{where}: {known}"
    found = f"{where} cannot be read after row {number}"
    return f"{found} ({reason}); allowed: an id, config and split of the hub, and a network"

"""The folder that a command writes into, outside of any study."""

from pathlib import Path


class OutputError(ValueError):
    """A folder that a command may not write into; one line."""


def check(output: Path, record: str, command: str) -> None:
    """Raise OutputError for a folder that holds something else: tables in it are replaced.

    `record` is the file that the command writes into each folder of its own.
    """
    if output.exists() and not output.is_dir():
        raise OutputError(f"{output}: found a file; allowed: a folder")
    if output.is_dir() and any(output.iterdir()) and not (output / record).is_file():
        said = f"found a folder with other files and no {record}"
        raise OutputError(f"{output}: {said}; allowed: a new folder, or one of {command}")

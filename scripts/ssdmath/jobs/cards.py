"""The GPUs of this machine as `nvidia-smi` lists them: identity, memory, driver."""

import subprocess
from collections.abc import Iterator, Sequence
from typing import NamedTuple

QUERY = ["nvidia-smi", "--query-gpu=index,uuid,memory.total,driver_version"]
FORMAT = "--format=csv,noheader,nounits"
SECONDS = 60  # that the driver may take to start; it needs several where no process holds it


class Card(NamedTuple):
    """One GPU."""

    number: str  # its number, in the order of the PCI bus
    uuid: str
    bytes: int
    driver: str


class Answer(NamedTuple):
    """What nvidia-smi says."""

    cards: list[Card]
    trouble: str  # why it lists none


def cards() -> list[Card]:
    """Every GPU that the driver shows here; none without a driver."""
    return ask().cards


def ask() -> Answer:
    """Every GPU that the driver shows here, or why there is none."""
    try:
        listed = subprocess.run(
            [*QUERY, FORMAT], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        return Answer([], "no nvidia-smi")
    except (OSError, subprocess.SubprocessError) as error:
        return Answer([], f"nvidia-smi: {' '.join(str(error).split())}")
    found = [] if listed.returncode else list(_read(listed.stdout))
    said = [line.strip() for line in (listed.stdout + listed.stderr).splitlines() if line.strip()]
    return Answer(found, f"nvidia-smi: {said[0] if said else 'no word'}")


def _read(table: str) -> Iterator[Card]:
    """One GPU per line, memory in MiB; a GPU that states no memory ("[N/A]") is left out."""
    for line in table.splitlines():
        fields = [field.strip() for field in line.split(",")]
        if len(fields) == len(Card._fields) and fields[2].isdigit():
            number, uuid, mebibytes, driver = fields
            yield Card(number, uuid, int(mebibytes) * 2**20, driver)


def named(listed: Sequence[Card], names: Sequence[str]) -> list[Card]:
    """The cards that names of CUDA_VISIBLE_DEVICES mean: numbers, or beginnings of a uuid."""
    return [
        card
        for name in names
        for card in listed
        if name == card.number or (not name.isdigit() and card.uuid.startswith(name))
    ]

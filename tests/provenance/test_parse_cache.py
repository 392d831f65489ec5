from pathlib import Path

import pytest

from ssdmath.provenance.parse_cache import FILE, ParseCache

PARSED = ("a" * 64, ["ssdmath.tables.parquet"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE.parent).mkdir()
    return tmp_path


def keep(way: bytes = b"1") -> None:
    cache = ParseCache(way)
    cache.put(b"x = 1", PARSED)
    cache.save()


def test_what_was_parsed_is_known_to_the_next_process_by_its_content():
    keep()
    assert ParseCache(b"1").get(b"x = 1") == PARSED
    assert ParseCache(b"1").get(b"x = 2") is None


def test_another_way_of_parsing_starts_anew():
    keep()
    assert ParseCache(b"2").get(b"x = 1") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"way": 1}'])
def test_a_torn_file_is_no_file(text: str):
    keep()
    FILE.write_text(text)
    assert ParseCache(b"1").get(b"x = 1") is None


def test_without_snakemakes_folder_nothing_is_written(folder: Path):
    (folder / FILE.parent).rmdir()
    keep()
    assert list(folder.iterdir()) == []

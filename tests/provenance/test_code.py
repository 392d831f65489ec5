from pathlib import Path

import pytest

from ssdmath.provenance import code as module

ENTRY = "from ssdmath import a\n\n\ndef main():\n    '''Go.'''\n    return a.f()\n"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script that imports ssdmath.a, which imports ssdmath.deep.b inside a function."""
    (tmp_path / "ssdmath" / "deep").mkdir(parents=True)
    (tmp_path / "ssdmath" / "__init__.py").write_text("")
    (tmp_path / "ssdmath" / "deep" / "__init__.py").write_text("")
    (tmp_path / "ssdmath" / "a.py").write_text(
        "def f():\n    from ssdmath.deep.b import g\n    return g()\n"
    )
    (tmp_path / "ssdmath" / "deep" / "b.py").write_text("def g():\n    return 1\n")
    (tmp_path / "ssdmath" / "other.py").write_text("x = 1\n")
    (tmp_path / "entry.py").write_text(ENTRY)
    monkeypatch.setattr(module, "SCRIPTS", tmp_path)
    return tmp_path


def fingerprint() -> str:
    module._read.cache_clear()
    return module.code("entry.py")


def test_comments_docstrings_and_layout_leave_the_fingerprint(clone: Path):
    before = fingerprint()
    (clone / "entry.py").write_text("# why\n" + ENTRY.replace("'''Go.'''", "'''Went.'''\n"))
    (clone / "ssdmath" / "a.py").write_text(
        "def f():  # said\n\n    from ssdmath.deep.b import g\n    return (g())\n"
    )
    assert fingerprint() == before


def test_what_a_config_key_says_to_people_leaves_the_fingerprint(clone: Path):
    field = "x = Field(default=1, description='One.')\n"
    (clone / "ssdmath" / "a.py").write_text(field)
    before = fingerprint()
    (clone / "ssdmath" / "a.py").write_text(field.replace("One.", "The first number."))
    assert fingerprint() == before
    (clone / "ssdmath" / "a.py").write_text(field.replace("default=1", "default=2"))
    assert fingerprint() != before


@pytest.mark.parametrize("file", ["entry.py", "ssdmath/a.py", "ssdmath/deep/b.py"])
def test_an_edit_of_the_script_or_of_anything_it_imports_changes_it(clone: Path, file: str):
    before = fingerprint()
    text = (clone / file).read_text()
    (clone / file).write_text(text.replace("return", "yield"))
    assert fingerprint() != before


def test_an_edit_of_a_module_that_is_not_imported_leaves_it(clone: Path):
    before = fingerprint()
    (clone / "ssdmath" / "other.py").write_text("x = 2\n")
    assert fingerprint() == before


def test_what_the_package_offers_to_python_is_no_part_of_a_job(clone: Path):
    before = fingerprint()
    (clone / "ssdmath" / "__init__.py").write_text("from ssdmath import other\n")
    (clone / "ssdmath" / "other.py").write_text("x = 3\n")
    assert fingerprint() == before

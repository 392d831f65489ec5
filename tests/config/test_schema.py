"""The JSON schema that editors show, and the page that is made from the same models."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import config_reference

from ssdmath.config.study import Study, schema

ROOT = Path(__file__).resolve().parents[2]


def described() -> Iterator[tuple[str, str]]:
    """Every key with what the schema says about it."""
    whole = json.loads(schema())
    for model in (whole, *whole["$defs"].values()):
        for key, value in model["properties"].items():
            yield f"{model['title']}.{key}", value.get("description", "")


def test_every_key_is_explained_in_a_sentence():
    keys = dict(described())
    assert len(keys) > 150
    assert [key for key, text in keys.items() if not re.fullmatch(r"[A-Z][^\n]+\.", text)] == []


def test_the_shipped_schema_is_that_of_the_models():
    assert (ROOT / "config" / "study.schema.json").read_text() == schema(), "run `make format`"


def test_the_reference_has_a_row_for_every_key_and_a_place_for_every_link():
    page = config_reference.page()
    for key, text in described():
        name = key.partition(".")[2]
        said = re.escape(text.replace("<", "&lt;"))
        assert re.search(rf"^\| `{name}` +\|.*\| {said} *\|$", page, re.MULTILINE), key
    links = set(re.findall(r"\(#(\w+)\)", page))
    assert links <= set(re.findall(r"\{ #(\w+) \}", page))
    assert {"armconfig", "hubsource", "rungconfig"} <= links


def test_the_reference_gives_defaults_and_bounds():
    page = config_reference.page()
    rows = {
        line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")
    }
    assert "whole number, at least 2, at most 8 | `3`" in re.sub(" +", " ", rows["`ngram`"])
    assert "required" in rows["`learning_rate`"]
    assert "`transformers`, `vllm`" in rows["`engine`"]
    assert set(Study.model_fields) <= {row.strip("`") for row in rows}

"""The reference of the config as a page: every section and key, from the pydantic models."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ssdmath.config.study import Study
from ssdmath.tables import markdown

INTRODUCTION = """# Config reference

Every key of a study's YAML file, generated from the models in `scripts/ssdmath/config/`. A key that
is not here is an error. `config/study.schema.json` says the same to editors: the first line of
every shipped config names it, so that an editor completes keys and shows these sentences.
"""
TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
    "null": "null",
}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}
SHOWN = 1e15  # larger bounds only say what a column of integers holds
Json = Mapping[str, Any]


def page() -> str:
    """The whole page as Markdown."""
    schema = Study.model_json_schema()
    models = schema["$defs"]
    parts = [INTRODUCTION, _section("The study", schema)]
    parts += [_section(f"`{path}`", models[name]) for name, path in sections(schema).items()]
    return "\n".join(parts)


def sections(schema: Json) -> dict[str, str]:
    """Each model below the study, in reading order, with the path of the key that holds it first.

    Models that hold one another are named once.
    """
    found: dict[str, str] = {}

    def walk(node: Json, path: str) -> None:
        for key, value in node.get("properties", {}).items():
            own = f"{path}.{key}" if path else key
            for name, inner in _models(value, own):
                if name not in found:
                    found[name] = inner
                    walk(schema["$defs"][name], inner)

    walk(schema, "")
    return found


def _models(value: Json, path: str) -> Iterator[tuple[str, str]]:
    """The models that a key's value may be, with the path to each of them."""
    if "$ref" in value:
        yield _name(value), path
    for option in (*value.get("anyOf", ()), *value.get("oneOf", ())):
        yield from _models(option, path)
    if inner := _values(value):
        yield from _models(inner, f"{path}.*")
    if isinstance(value.get("items"), dict):
        yield from _models(value["items"], f"{path}[]")


def _values(value: Json) -> Json:
    """What the values of a mapping with free keys may be; nothing for other values."""
    inner = next(iter(value.get("patternProperties", {}).values()), None)
    inner = inner or value.get("additionalProperties")
    return inner if isinstance(inner, dict) else {}


def _name(value: Json) -> str:
    return str(value["$ref"]).rpartition("/")[2]


def _section(title: str, model: Json) -> str:
    required = model.get("required", ())
    rows = [
        [f"`{key}`", _allowed(value), _default(value, key in required), _escaped(value)]
        for key, value in model["properties"].items()
    ]
    table = markdown.table(["key", "value", "default", "meaning"], rows, align="llll")
    kind = model["properties"].get("kind", {}).get("const")
    heading = f"## {title}{f', kind {kind}' * bool(kind)} {{ #{model['title'].lower()} }}"
    return f"{heading}\n\n{_sentence(model.get('description', ''))}\n\n{table}\n"


def _escaped(value: Json) -> str:
    return str(value["description"]).replace("<", "&lt;")


def _sentence(docstring: str) -> str:
    return " ".join(docstring.split())


def _default(value: Json, required: bool) -> str:
    if required or "default" not in value:
        return "required" if required else "\u2013"
    default = value["default"]
    if default is None:
        return "none"
    text = json.dumps(default)
    return f"`{text}`" if len(text) <= 60 else "see below" if "$ref" in value else "a list"


def _allowed(value: Json) -> str:
    """What a value may be, in words."""
    if "$ref" in value:
        name = _name(value)
        return f"[{name.removesuffix('Config')}](#{name.lower()})"
    if "const" in value or "enum" in value:
        options = value.get("enum", [value.get("const")])
        return ", ".join(f"`{option}`" for option in options)
    if options := (*value.get("anyOf", ()), *value.get("oneOf", ())):
        return " or ".join(dict.fromkeys(map(_allowed, options)))
    kind = value.get("type")
    if kind == "array":
        items = value.get("items") or {}
        return f"list of: {_allowed(items)}" if items else "list"
    if kind == "object":
        inner = _values(value)
        return f"name \u2192 {_allowed(inner)}" if inner else "mapping"
    bounds = [
        text.format(f"{value[key]:g}" if isinstance(value[key], float) else value[key])
        for key, text in BOUNDS.items()
        if key in value and abs(value[key]) < SHOWN
    ]
    return ", ".join([TYPES.get(str(kind), "any value"), *bounds])

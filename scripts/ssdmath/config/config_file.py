"""Read a config file before anything else does: one mapping, each key once, bounded in size.

Snakemake's own loaders take the last of two equal keys, and answer a broken file with a message
that names neither file nor line. This module reads the same file first. It only checks; the values
that count are those that Snakemake loads.
"""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ssdmath.config.documents import SHOWN, DocumentError, printable, read_text, shown

MAX_CONFIG = 32 * 1024  # bytes; Snakemake's YAML parser takes seconds for more
MAX_DEPTH = 32
MAX_VALUES = 100_000  # aliases count each time they are used

# The quick parser bounds the depth; the slow one, which Snakemake uses too, decides: they differ on
# odd texts.
_QUICK: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"
_TEMPLATE = "__use_yte__"  # with this key Snakemake would run code that the file holds
_MAPPING = "one mapping of keys to values"


def read_config(path: str | Path) -> dict[str, Any]:
    """Read a config file, YAML or JSON; DocumentError unless it is one sound mapping."""
    return parse_config(read_text(path, MAX_CONFIG), printable(path))


def parse_config(text: str, file: str) -> dict[str, Any]:
    """Read the text of a config, called `file` in messages."""
    try:
        # As Snakemake does: JSON first, and YAML where the text is no JSON.
        content = json.loads(text, object_pairs_hook=lambda pairs: _distinct(pairs, file))
    except RecursionError:
        raise DocumentError(_too_deep(file)) from None
    except DocumentError:
        raise
    except ValueError:
        content = _yaml(text, file)
    if not isinstance(content, dict):
        raise DocumentError(f"{file}: found {shown(content)}; allowed: {_MAPPING}")
    if _TEMPLATE in content:
        raise DocumentError(f"{file}: {_TEMPLATE}: found a template; allowed: plain YAML or JSON")
    _check_values(content, file, (), [0])
    return content


def _too_deep(file: str) -> str:
    return f"{file}: found more than {MAX_DEPTH} levels; allowed: at most {MAX_DEPTH}"


def _distinct(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key, value in pairs:
        if key in mapping:
            raise DocumentError(f"{file}: {shown(key)}: found the key twice; allowed: once")
        mapping[key] = value
    return mapping


def _yaml(text: str, file: str) -> Any:
    try:
        _check_events(text, file)
        loader = yaml.SafeLoader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise DocumentError(f"{file}: found nothing; allowed: {_MAPPING}")
            _check_node(node, loader, file)
            return loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"found the character {error.character!r}"
        raise DocumentError(f"{file}: line {line}: {found}; allowed: printable text") from None
    except yaml.MarkedYAMLError as error:
        raise DocumentError(f"{file}: {_problem(error)}; allowed: YAML, without tabs") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError(f"{file}: not YAML ({type(error).__name__}); allowed: YAML") from None


def _problem(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    at = f"line {mark.line + 1}: " if mark else ""
    problem = " ".join((error.problem or error.context or "not YAML").split())
    return f"{at}{problem}"


def _check_events(text: str, file: str) -> None:
    """Bound the depth and count the documents before any recursive code sees the text."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=_QUICK):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        documents += isinstance(event, yaml.DocumentStartEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > MAX_DEPTH:
            raise DocumentError(_too_deep(f"{file}: line {line}"))
        if documents > 1:
            found = "found a second document"
            raise DocumentError(f"{file}: line {line}: {found}; allowed: one document")


def _check_node(root: yaml.Node, loader: Any, file: str) -> None:
    """Check keys and scalars where their line is still known."""
    visited = 0
    pending: list[tuple[yaml.Node, str, int]] = [(root, "", 0)]
    while pending:
        node, key, depth = pending.pop()
        at = f"{file}: line {_line(node)}: {key}".removesuffix(": ")
        visited += 1
        if visited > MAX_VALUES:
            found = f"found more than {MAX_VALUES} values with the aliases written out"
            raise DocumentError(f"{at}: {found}; allowed: fewer")
        if depth > MAX_DEPTH:  # an alias inside its own anchor has no end
            raise DocumentError(_too_deep(at))
        if isinstance(node, yaml.ScalarNode):
            _scalar(node, loader, at)
        elif isinstance(node, yaml.SequenceNode):
            pending += [(child, f"{key}[{n}]", depth + 1) for n, child in enumerate(node.value)]
        else:
            pending += [(child, k, depth + 1) for k, child in _items(node, loader, file, key)]


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _scalar(node: yaml.ScalarNode, loader: Any, at: str) -> Any:
    try:
        value = loader.construct_object(node)
    except yaml.MarkedYAMLError:
        raise
    except (ValueError, OverflowError, LookupError, TypeError) as error:
        reason = " ".join(str(error).split(";")[0].split())
        raise DocumentError(
            f"{at}: found {shown(node.value)} ({reason}); allowed: a plain value"
        ) from None
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError(f"{at}: found {node.value}; allowed: a finite number")
    return value


def _items(node: yaml.Node, loader: Any, file: str, parent: str) -> Iterator[tuple[str, yaml.Node]]:
    """Yield (dotted key, value) of a mapping; each key must stand once and be no collection."""
    lines: dict[Any, int] = {}
    for name, value in node.value:
        line = _line(name)
        if not isinstance(name, yaml.ScalarNode):
            found = "found a list or mapping as a key"
            raise DocumentError(f"{file}: line {line}: {found}; allowed: text")
        at = f"{file}: line {line}: {parent}".removesuffix(": ")
        key = "<<" if name.tag == _MERGE else _scalar(name, loader, at)
        dotted = printable(f"{parent}.{name.value}".lstrip("."))[: 4 * SHOWN]
        if key in lines:
            found = f"found the key again, first on line {lines[key]}"
            raise DocumentError(f"{file}: line {line}: {dotted}: {found}; allowed: once")
        lines[key] = line
        yield dotted, value


def check_plain(config: Mapping[str, Any]) -> None:
    """Raise DocumentError for a parsed config that is deep, large or holds no plain values."""
    _check_values(dict(config), "", (), [0])


def _check_values(value: Any, file: str, keys: tuple[str, ...], visited: list[int]) -> None:
    """Check depth, size and finite numbers of parsed values, JSON's too."""
    visited[0] += 1
    if len(keys) > MAX_DEPTH:
        raise DocumentError(_too_deep(_at(file, keys).removesuffix(": ")))
    if visited[0] > MAX_VALUES:
        raise DocumentError(f"{_at(file, keys)}found more than {MAX_VALUES} values; allowed: fewer")
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError(f"{_at(file, keys)}found {value}; allowed: a finite number")
    if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
        raise DocumentError(f"{_at(file, keys)}found half a character; allowed: Unicode text")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_values(str(key), file, keys, visited)
            _check_values(item, file, (*keys, str(key)), visited)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_values(item, file, (*keys, str(number)), visited)


def _at(file: str, keys: tuple[str, ...]) -> str:
    """Say where a value stands: file and key, as far as they are known."""
    key = printable(".".join(keys))[: 4 * SHOWN]
    return "".join(f"{part}: " for part in (file, key) if part)

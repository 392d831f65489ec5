"""In what a released model differs from base, beside its weights.

A checkpoint that is compared with base should differ in its weights alone. Another chat template,
end token or position encoding changes accuracy as well, and then the comparison is about both.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ssdmath.config import documents
from ssdmath.config.documents import SHOWN, shown

ARCHITECTURE, GENERATION = "architecture", "generation"
TOKENIZER, TEMPLATE = "tokenizer", "chat template"
# Keys of config.json that say how it was written, not what the model is.
_NOTES = ("_name_or_path", "transformers_version", "use_cache", "torch_dtype", "dtype")
_SPECIAL = ("bos_token", "eos_token", "pad_token", "add_bos_token", "add_eos_token")
_PIPELINE = ("normalizer", "pre_tokenizer", "post_processor", "decoder")  # of tokenizer.json
_MISSING = "nothing"

Difference = dict[str, str]  # part, key, base, released


def differences(base: Path, released: Path) -> list[Difference]:
    """Name every difference of two model folders that can change what is drawn.

    Each has `part` (architecture, generation, tokenizer or chat template), `key`, and what `base`
    and `released` have there, as text. Storage types and notes of config.json are left out.
    """
    folders = base, released
    configs, generations, settings = (
        [_json(folder / name) for folder in folders]
        for name in ("config.json", "generation_config.json", "tokenizer_config.json")
    )
    templates = [_template(*pair) for pair in zip(folders, settings, strict=True)]
    special = [{key: _token(config.get(key)) for key in _SPECIAL} for config in settings]
    parts: list[tuple[str, list[dict[str, Any]]]] = [
        (ARCHITECTURE, configs),
        (GENERATION, generations),
        (TOKENIZER, special),
        (TOKENIZER, [_tokenizer(folder) for folder in folders]),
    ]
    found = [_named(part, *leaf) for part, (a, b) in parts for leaf in _leaves(a, b)]
    return [*_compact(found), *_templates(*templates)]


def same_tokens(base: Path, released: Path) -> bool:
    """Whether every token id means the same text in both, over the same number of logits."""
    vocabularies = [_vocabulary(_json(folder / "tokenizer.json")) for folder in (base, released)]
    sizes = [_size(_json(folder / "config.json")) for folder in (base, released)]
    return vocabularies[0] == vocabularies[1] and sizes[0] == sizes[1]


def summary(found: list[Difference]) -> str:
    """The differences in a line: `architecture (rope_theta), chat template`; empty without any."""
    by_part: dict[str, list[str]] = {}
    for one in found:
        by_part.setdefault(one["part"], []).append(one["key"])
    return ", ".join(
        part if part == TEMPLATE else f"{part} ({', '.join(keys)})"
        for part, keys in by_part.items()
    )


def _named(part: str, key: str, before: Any, after: Any) -> Difference:
    return {"part": part, "key": key, "base": _text(before), "released": _text(after)}


def _text(value: Any) -> str:
    """A value as JSON on one line, as far as a message shows it."""
    text = json.dumps(value, sort_keys=True)
    return _MISSING if value is None else text[:SHOWN] + "..." * (len(text) > SHOWN)


def _leaves(a: Any, b: Any, key: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield (dotted key, base's value, the other's) where two JSON values differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in dict.fromkeys([*a, *b]):
            if name not in _NOTES:
                yield from _leaves(a.get(name), b.get(name), f"{key}.{name}".lstrip("."))
    elif a != b:
        yield key, a, b


def _compact(found: list[Difference]) -> list[Difference]:
    """One entry for the entries of a vocabulary that differ, however many they are."""
    tokens = [one for one in found if one["key"].startswith("vocabulary.")]
    others = [one for one in found if one not in tokens]
    if not tokens:
        return others
    first = tokens[0]
    example = first["key"].removeprefix("vocabulary.")
    key = f"vocabulary: {len(tokens):,} tokens, such as {shown(example)}"
    return [*others, first | {"key": key}]


def _templates(before: str | None, after: str | None) -> list[Difference]:
    """The chat templates where they differ, by their first lines that do."""
    if before == after:
        return []
    lines = [(text or "").splitlines() for text in (before, after)]
    at = next(
        (n for n, (a, b) in enumerate(zip(*lines, strict=False)) if a != b),
        min(len(lines[0]), len(lines[1])),
    )
    own = [text[at] if at < len(text) else None for text in lines]
    return [_named(TEMPLATE, f"line {at + 1}", *own)]


def _template(folder: Path, settings: Mapping[str, Any]) -> str | None:
    """The chat template that transformers takes: the file, else the tokenizer's setting."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        return documents.read_text(file, documents.MAX_JSON_BYTES)
    stated = settings.get("chat_template")
    if isinstance(stated, list):  # several by name
        stated = {str(one["name"]): one["template"] for one in stated}.get("default")
    return None if stated is None else str(stated)


def _token(value: Any) -> Any:
    """A special token is stated as text or as an object with its text in `content`."""
    return value.get("content") if isinstance(value, dict) else value


def _tokenizer(folder: Path) -> dict[str, Any]:
    """What decides how text becomes token ids; of the merges only whether they are the same."""
    content = _json(folder / "tokenizer.json")
    merges = json.dumps((content.get("model") or {}).get("merges"))
    pipeline = {key: json.dumps(content.get(key), sort_keys=True) for key in _PIPELINE}
    return {"vocabulary": _vocabulary(content), "merges": merges} | pipeline


def _vocabulary(content: Mapping[str, Any]) -> dict[str, int]:
    """Which text has which id, added tokens included; of models that state it as a mapping."""
    stated = (content.get("model") or {}).get("vocab") or {}
    pairs = (
        stated.items() if isinstance(stated, dict) else ((t[0], n) for n, t in enumerate(stated))
    )
    added = ((token["content"], token["id"]) for token in content.get("added_tokens") or [])
    return {str(text): int(number) for text, number in (*pairs, *added)}


def _size(config: Mapping[str, Any]) -> Any:
    return (config.get("text_config") or config).get("vocab_size")


def _json(file: Path) -> dict[str, Any]:
    """A JSON file of a model folder; empty where the folder has none."""
    return documents.read_json(file) if file.is_file() else {}

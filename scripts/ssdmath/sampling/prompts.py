"""From a problem to the token ids the model continues.

A model without a chat template is no chat model: it continues the filled prompt file as it is.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssdmath.config import documents

PLACE = "{statement}"
OPEN, CLOSE = "<think>", "</think>"


class PromptError(ValueError):
    """A template that cannot be used; one line naming the file."""


def template(path: str | Path) -> str:
    """Read a prompt template; it holds `{statement}` exactly once."""
    text = documents.read_text(path).rstrip("\n")
    if text.count(PLACE) != 1:
        found = f"{PLACE} stands {text.count(PLACE)} times"
        raise PromptError(f"{path}: {found}; allowed is exactly once")
    return text


def check_thinking(folder: str | Path, *, thinking: bool) -> None:
    """Raise PromptError if a model's files cannot think at all; its templates are only read here.

    Whether one that can does what is asked for is seen where it is rendered.
    """
    if thinking and "think" not in _chat_templates(Path(folder)):
        raise PromptError(_cannot_think(folder))


def _chat_templates(folder: Path) -> str:
    """All chat templates of a model directory, one after the other; empty without one."""
    limit = documents.MAX_JSON_BYTES
    found = [documents.read_text(file, limit) for file in sorted(folder.glob("**/*.jinja"))]
    config = folder / "tokenizer_config.json"
    if config.is_file():
        found.append(json.dumps(documents.read_json(config).get("chat_template", "")))
    return "\n".join(found)


def _cannot_think(model: object) -> str:
    name = f"the chat template of {model}"
    return f"model.thinking: {name} has no thinking, found true; allowed is false"


def render(
    tokenizer: Any, template: str, statements: Sequence[str], *, thinking: bool
) -> list[tuple[int, ...]]:
    """Put each statement into the template and the model's own chat template; return token ids.

    PromptError if the chat template cannot do what `thinking` asks for.
    """
    filled = [template.replace(PLACE, one) for one in statements]
    if tokenizer.chat_template is None:
        if thinking:
            raise PromptError(_cannot_think(tokenizer.name_or_path))
        return [tuple(tokenizer(one)["input_ids"]) for one in filled]
    if filled:
        _check_thinking(tokenizer, filled[0], thinking=thinking)
    encoded = _chat(tokenizer, filled, thinking=thinking, return_dict=True)
    return [tuple(ids) for ids in encoded["input_ids"]]


def _chat(tokenizer: Any, texts: Sequence[str], *, thinking: bool, **more: Any) -> Any:
    chats = [[{"role": "user", "content": text}] for text in texts]
    return tokenizer.apply_chat_template(
        chats, add_generation_prompt=True, enable_thinking=thinking, **more
    )


def _check_thinking(tokenizer: Any, text: str, *, thinking: bool) -> None:
    """Raise if the chat template opens no thinking where it is asked for, or opens it regardless.

    Some templates leave `<think>` to the model when thinking is on, and only close it when it is
    off: what differs with the flag is able to think.
    """
    on, off = (_chat(tokenizer, [text], thinking=flag, tokenize=False)[0] for flag in (True, False))
    if thinking and on == off and not _opened(on):
        raise PromptError(_cannot_think(tokenizer.name_or_path))
    if not thinking and _opened(off):
        name = f"model.thinking: the chat template of {tokenizer.name_or_path}"
        raise PromptError(f"{name} always opens <think>, found false; allowed is true")


def _opened(prompt: str) -> bool:
    """Whether a prompt ends inside the model's thinking."""
    return prompt.rfind(OPEN) > prompt.rfind(CLOSE)


def completion_text(tokenizer: Any, token_ids: Sequence[int], *, stopped: bool) -> str:
    """Decode a completion as it was drawn, without the end-of-sequence token it stopped with."""
    drawn = list(token_ids[:-1] if stopped else token_ids)
    return str(tokenizer.decode(drawn, skip_special_tokens=False))


def end_tokens(generation_config: Any, tokenizer: Any) -> tuple[int, ...]:
    """Every token that ends a completion, of the generation config and of the tokenizer."""
    found = getattr(generation_config, "eos_token_id", None)
    listed = found if isinstance(found, list) else [found]
    return tuple(sorted({end for end in [*listed, tokenizer.eos_token_id] if end is not None}))

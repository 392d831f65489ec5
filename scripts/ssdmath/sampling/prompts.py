"""From a problem to the token ids that the model continues.

A model without a chat template continues the filled prompt file as it is.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssdmath.config import documents

PLACEHOLDER = "{statement}"
OPEN, CLOSE = "<think>", "</think>"


class PromptError(ValueError):
    """A template that cannot be used; one line naming the file."""


def template(path: str | Path) -> str:
    """Read a prompt template; PromptError unless it holds `{statement}` exactly once."""
    text = documents.read_text(path).rstrip("\n")
    if text.count(PLACEHOLDER) != 1:
        count = f"{PLACEHOLDER} stands {text.count(PLACEHOLDER)} times"
        raise PromptError(f"{path}: {count}; allowed is exactly once")
    return text


def check_thinking(folder: str | Path, *, thinking: bool) -> None:
    """Raise PromptError if thinking is wanted and no chat template of a folder mentions it.

    This is a cheap check before any job; `render` checks what the template does.
    """
    if thinking and "think" not in _chat_templates(Path(folder)):
        raise PromptError(_cannot_think(folder))


def _chat_templates(folder: Path) -> str:
    """Return all chat templates of a model directory as one text; empty without one."""
    limit = documents.MAX_JSON_BYTES
    templates = [documents.read_text(file, limit) for file in sorted(folder.glob("**/*.jinja"))]
    config = folder / "tokenizer_config.json"
    if config.is_file():
        templates.append(json.dumps(documents.read_json(config).get("chat_template", "")))
    return "\n".join(templates)


def _cannot_think(model: object) -> str:
    name = f"the chat template of {model}"
    return f"model.thinking: {name} has no thinking, found true; allowed is false"


def render(
    tokenizer: Any, template: str, statements: Sequence[str], *, thinking: bool
) -> list[tuple[int, ...]]:
    """Put each statement into the template and that into the chat template; return token ids.

    PromptError if the chat template does not open or leave out thinking as `thinking` says.
    """
    filled = [template.replace(PLACEHOLDER, statement) for statement in statements]
    if tokenizer.chat_template is None:
        if thinking:
            raise PromptError(_cannot_think(tokenizer.name_or_path))
        return [tuple(tokenizer(text)["input_ids"]) for text in filled]
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
    """Raise PromptError if the chat template has no thinking but should, or the other way round.

    Some templates leave opening `<think>` to the model when thinking is on, and only close it when
    thinking is off. So a template whose prompts differ with the flag has thinking.
    """
    on, off = (_chat(tokenizer, [text], thinking=flag, tokenize=False)[0] for flag in (True, False))
    if thinking and on == off and not _opened(on):
        raise PromptError(_cannot_think(tokenizer.name_or_path))
    if not thinking and _opened(off):
        name = f"model.thinking: the chat template of {tokenizer.name_or_path}"
        raise PromptError(f"{name} always opens <think>, found false; allowed is true")


def _opened(prompt: str) -> bool:
    """Whether a prompt ends inside an open `<think>`."""
    return prompt.rfind(OPEN) > prompt.rfind(CLOSE)


def completion_text(tokenizer: Any, token_ids: Sequence[int], *, stopped: bool) -> str:
    """Decode a completion as drawn, without the end-of-sequence token that it `stopped` with."""
    drawn = list(token_ids[:-1] if stopped else token_ids)
    return str(tokenizer.decode(drawn, skip_special_tokens=False))


def end_tokens(generation_config: Any, tokenizer: Any) -> tuple[int, ...]:
    """List the tokens that end a completion: the generation config's and the tokenizer's."""
    stated = getattr(generation_config, "eos_token_id", None)
    listed = stated if isinstance(stated, list) else [stated]
    return tuple(sorted({end for end in [*listed, tokenizer.eos_token_id] if end is not None}))

"""From a problem to the token ids the model continues."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PLACE = "{statement}"
OPEN, CLOSE = "<think>", "</think>"


class PromptError(ValueError):
    """A template that cannot be used; one line naming the file."""


def template(path: str | Path) -> str:
    """Read a prompt template; it holds `{statement}` exactly once."""
    try:
        text = Path(path).read_text().rstrip("\n")
    except OSError as error:
        raise PromptError(f"{path}: cannot be read ({error.strerror})") from None
    if text.count(PLACE) != 1:
        found = f"{PLACE} stands {text.count(PLACE)} times"
        raise PromptError(f"{path}: {found}; allowed is exactly once")
    return text


def render(
    tokenizer: Any, template: str, statements: Sequence[str], *, thinking: bool
) -> list[tuple[int, ...]]:
    """Put each statement into the template and the model's own chat template; return token ids.

    PromptError if the chat template cannot do what `thinking` asks for.
    """
    filled = [template.replace(PLACE, one) for one in statements]
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
    name = f"model.thinking: the chat template of {tokenizer.name_or_path}"
    on, off = (_chat(tokenizer, [text], thinking=flag, tokenize=False)[0] for flag in (True, False))
    if thinking and on == off and not _opened(on):
        raise PromptError(f"{name} has no thinking, found true; allowed is false")
    if not thinking and _opened(off):
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

"""From a problem to the token ids the model continues."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PLACE = "{statement}"


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
    """Put each statement into the template and the model's own chat template; return token ids."""
    chats = [[{"role": "user", "content": template.replace(PLACE, one)}] for one in statements]
    encoded = tokenizer.apply_chat_template(
        chats, add_generation_prompt=True, enable_thinking=thinking, return_dict=True
    )
    return [tuple(ids) for ids in encoded["input_ids"]]


def completion_text(tokenizer: Any, token_ids: Sequence[int], *, stopped: bool) -> str:
    """Decode a completion as it was drawn, without the end-of-sequence token it stopped with."""
    drawn = list(token_ids[:-1] if stopped else token_ids)
    return str(tokenizer.decode(drawn, skip_special_tokens=False))

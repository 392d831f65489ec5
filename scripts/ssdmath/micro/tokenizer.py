"""The micro model's tokenizer: byte-level BPE, single digits, Qwen-like chat template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

PAD = "<|endoftext|>"
START = "<|im_start|>"
END = "<|im_end|>"
THINK = "<think>"
THINK_END = "</think>"

# A digit stands alone; a space before a digit belongs to the word or sign before it, so that
# numbers cost no extra token; a LaTeX command takes its opening brace along.
PIECES = (
    r"\p{N}"
    r"| ?\$?\\\p{L}+\{?"
    r"| ?\p{L}+(?: (?=\p{N}))?"
    r"| ?[^\s\p{L}\p{N}\\]+(?: (?=\p{N}))?\n*"
    r"|\s+"
    r"|\\"
)

CHAT_TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}"
    "{{- '<|im_start|>assistant\n<think>\n' }}"
    "{%- if enable_thinking is defined and enable_thinking is false %}"
    "{{- '\n</think>\n\n' }}"
    "{%- endif %}"
    "{%- endif %}"
)


def train(
    texts: Iterable[str], *, vocabulary: int, phrases: Sequence[str] = ()
) -> PreTrainedTokenizerFast:
    """Learn a tokenizer of exactly `vocabulary` entries; the same texts give the same one.

    Each of `phrases` becomes one token: an instruction that opens every prompt costs a single one.
    """
    whole = (THINK, THINK_END, *phrases)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(whole),
        special_tokens=[PAD, START, END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    # What becomes a token of its own below must not cost a merge.
    apart = re.compile("|".join(map(re.escape, whole)))
    pieces = (piece for text in texts for piece in apart.split(text))
    tokenizer.train_from_iterator(pieces, trainer)
    # Not special: skip_special_tokens must keep them, the verdict reads what follows </think>.
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in whole])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[START],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )

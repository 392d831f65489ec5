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

# Each digit is a piece of its own. A space before a digit belongs to the word or sign before it, so
# that numbers cost no extra token. A LaTeX command includes its opening brace.
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

    Each of `phrases` becomes one token, so that an instruction in every prompt costs only one.
    """
    single_tokens = (THINK, THINK_END, *phrases)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary - len(single_tokens),
        special_tokens=[PAD, START, END],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    # The texts are cut at these tokens, so that none of their pieces costs a merge.
    separators = re.compile("|".join(map(re.escape, single_tokens)))
    pieces = (piece for text in texts for piece in separators.split(text))
    tokenizer.train_from_iterator(pieces, trainer)
    # Not special: decoding with skip_special_tokens must keep them, because the verdict depends on
    # what follows </think>.
    tokenizer.add_tokens([AddedToken(t, special=False, normalized=False) for t in single_tokens])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[START],
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )

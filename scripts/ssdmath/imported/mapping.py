"""Which columns of somebody else's samples hold what; ready mappings of known programs."""

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field, ValidationError

from ssdmath.config import messages
from ssdmath.config.base import ClosedModel
from ssdmath.config.config_file import read_config
from ssdmath.config.documents import shown
from ssdmath.problems.sources.base import SourceError
from ssdmath.problems.sources.files import lacking

INSPECT: Final = "inspect"  # names the logs that `inspect_logs` reads, which have no columns
STOP: Final = "stop"
LENGTH: Final = "length"
# How programs say why a completion ended; null: it is not known.
FINISH = dict.fromkeys(("stop", "eos", "eos_token", "stop_sequence", "end_turn", "completed"), STOP)
FINISH |= dict.fromkeys(("length", "max_tokens", "max_length", "incomplete"), LENGTH)


class SampleColumns(ClosedModel):
    """Column names of a file of samples; `a.b` is field b of the struct in column a."""

    problem: str = Field(description="the problem's id, its statement, or a prompt around it")
    text: str | dict[str, str] = Field(
        description="the completion, or a list of several; or names of sides with such a column"
    )
    index: str | None = Field(default=None, description="number of the draw, from 0")
    finish: str | None = Field(default=None, description="why the completion ended")
    tokens: str | None = Field(default=None, description="its length, or its token ids")
    answer_after: str | None = Field(
        default=None,
        min_length=1,
        description="the answer stands after the last such mark, up to the end of its line",
    )
    each: Literal["row", "file"] = Field(
        default="row", description="file: a file has each problem once, a further file once more"
    )

    @property
    def needed(self) -> list[str]:
        """The columns without which nothing can be judged."""
        return [self.problem, *([self.text] if isinstance(self.text, str) else self.text.values())]

    @property
    def optional(self) -> list[str]:
        """The columns without which something stays unknown."""
        return [name for name in (self.index, self.finish, self.tokens) if name]


MAPPINGS = {
    "ssdmath": SampleColumns(
        problem="problem", text="text", index="index", finish="finish", tokens="token_ids"
    ),
    # ns generate: output-rs0.jsonl, output-rs1.jsonl, ..., one draw of each problem a file.
    "nemo_skills": SampleColumns(
        problem="problem",
        text="generation",
        finish="finish_reason",
        tokens="num_generated_tokens",
        each="file",
    ),
    # lighteval --save-details: details_<task>_<time>.parquet; it does not keep why a draw ended.
    "lighteval": SampleColumns(problem="doc.query", text="model_response.text", each="file"),
}


def of_file(path: str, found: Sequence[str], asked: str, side: str = "") -> SampleColumns:
    """A file's mapping, without those optional columns of a ready one that the file lacks.

    `asked` names a ready mapping or a YAML file; empty: the ready one whose columns are there.
    `side` is the one that is read, where the mapping has several.
    SourceError: none fits, or the file lacks a column that the user's own mapping names.
    """
    ready = {name: one for name, one in MAPPINGS.items() if asked in ("", name)}
    for columns in ready.values():
        if not lacking(columns.needed, found):
            absent = lacking(columns.optional, found)
            optional = ("index", "finish", "tokens")
            return columns.model_copy(
                update={name: None for name in optional if getattr(columns, name) in absent}
            )
    if ready:
        needed = "; ".join(f"{name}: {', '.join(one.needed)}" for name, one in ready.items())
        said = f"found columns {', '.join(sorted(found)) or 'none'}"
        raise SourceError(f"{path}: {said}; allowed: {needed}; or a mapping of your own")
    columns = read(asked)
    if missing := lacking([*columns.needed, *columns.optional], found):
        said = f"found no column {missing[0]!r}, which {asked} names"
        raise SourceError(f"{path}: {said}; allowed: {', '.join(sorted(found))}")
    texts = columns.text
    return columns if isinstance(texts, str) else columns.model_copy(update={"text": texts[side]})


def sides(asked: str) -> list[str]:
    """The sides that a mapping makes of each file or folder: their names, or one without a name."""
    if asked in ("", INSPECT, *MAPPINGS):
        return [""]
    texts = read(asked).text
    return [""] if isinstance(texts, str) else list(texts)


def read(asked: str) -> SampleColumns:
    """Read a mapping from a YAML file; SourceError says in a line what is wrong with it."""
    if not asked.endswith((".yaml", ".yml", ".json")):
        allowed = f"{', '.join([*MAPPINGS, INSPECT])}, or a YAML file"
        raise SourceError(f"mapping: found {shown(asked)}; allowed: {allowed}")
    config = read_config(asked)
    try:
        return SampleColumns.model_validate(config)
    except ValidationError as error:
        raise SourceError(f"{asked}: {messages.lines(error, config)[0]}") from None

"""A decoding: how the next token is drawn, and its one canonical name.

This module holds values and names only. `stats.truncation` says which tokens survive top-k, top-p
and min-p, and `sampling.filters` draws. docs/method.md, section 2, defines the order: presence
penalty, temperature, top-k, top-p inside the top-k survivors, min-p, Gumbel-max.
"""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ssdmath.config.documents import shown

GREEDY_BELOW = 1e-5  # a lower temperature is greedy (docs/method.md, section 2)

_SLUG = re.compile(
    r"t(?P<temperature>\d+(?:\.\d+)?)"
    r"(?:-k(?P<top_k>\d+))?"
    r"(?:-p(?P<top_p>\d+(?:\.\d+)?))?"
    r"(?:-m(?P<min_p>\d+(?:\.\d+)?))?"
    r"(?:-pp(?P<presence_penalty>\d+(?:\.\d+)?))?"
)
ALLOWED = (
    "t<T>[-k<top_k>][-p<top_p>][-m<min_p>][-pp<presence_penalty>], e.g. t0.7 or t1.1-k20-p0.95"
)


# Names that may stand for a slug in a config. The model card's presets of Qwen3.5, and the SSD
# paper's synthesis decodings by model (docs/method.md, sections 2 and 3).
PRESETS = {
    "precise": "t0.6-k20-p0.95",
    "general": "t1-k20-p0.95-pp1.5",
    "general_nopp": "t1-k20-p0.95",
    "paper_qwen3_4b_instruct": "t1.6-k20-p0.8",
    "paper_qwen3_4b_thinking": "t1.1-k20-p0.95",
    "paper_qwen3_30b_instruct": "t1.6-k20-p0.8",
    "paper_qwen3_30b_thinking": "t1.2-k20-p0.95",
    "paper_llama3.1_8b": "t0.8-k20-p0.8",
}


class Decoding(BaseModel):
    """One setting of the sampler; the neutral value of each field leaves the distribution alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: float = Field(ge=0, le=5, description="T; below 1e-5 is greedy")
    top_k: int = Field(default=0, ge=0, le=10**7, description="keep the k likeliest tokens; 0: all")
    top_p: float = Field(default=1.0, gt=0, le=1, description="nucleus mass in the top-k; 1: all")
    min_p: float = Field(default=0.0, ge=0, le=1, description="floor relative to the top; 0: none")
    presence_penalty: float = Field(default=0.0, ge=0, le=5, description="off used tokens")

    @property
    def greedy(self) -> bool:
        """Whether the likeliest token is always taken."""
        return self.temperature < GREEDY_BELOW

    @property
    def truncation(self) -> str:
        """The slug without its temperature (`k20-p0.95`), empty when nothing is cut off."""
        return "-".join(slug(self).split("-")[1:])

    @property
    def truncated(self) -> bool:
        """Whether top-k, top-p or min-p cuts the distribution off."""
        return self.top_k > 0 or self.top_p < 1 or self.min_p > 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a slug; `parse(slug(d)) == d`. ValueError says what was found and is allowed."""
        match = _SLUG.fullmatch(text)
        if match is None:
            presets = ", ".join(PRESETS)
            raise ValueError(
                f"decoding {shown(text)} is not of the form {ALLOWED}, nor of {presets}"
            )
        found = {key: float(value) for key, value in match.groupdict().items() if value is not None}
        try:
            decoding = cls.model_validate(found)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key, allowed = first["loc"][0], first["msg"].removeprefix("Input should be ")
            wrong = f"decoding {shown(text)}: {key}: found {first['input']:g}"
            raise ValueError(f"{wrong}; allowed: {allowed}") from None
        if slug(decoding) != text:
            raise ValueError(f"decoding {shown(text)} must be written {slug(decoding)!r}")
        return decoding


def slug(decoding: Decoding) -> str:
    """The canonical name of a decoding, used in every path and table: `t1-k20-p0.95-pp1.5`."""
    parts = [f"t{decoding.temperature:g}"]
    parts += [f"k{decoding.top_k}"] if decoding.top_k else []
    parts += [f"p{decoding.top_p:g}"] if decoding.top_p < 1 else []
    parts += [f"m{decoding.min_p:g}"] if decoding.min_p else []
    parts += [f"pp{decoding.presence_penalty:g}"] if decoding.presence_penalty else []
    return "-".join(parts)

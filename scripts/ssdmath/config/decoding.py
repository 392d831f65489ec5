"""A decoding: how the next token is drawn, and its one canonical name.

This module holds values and names only. `stats.truncation` says which tokens survive top-k, top-p
and min-p, and `sampling.drawing` draws. docs/method.md, section 2, defines the order: presence
penalty, temperature, top-k, top-p inside the top-k survivors, min-p, Gumbel-max.

A *composed* decoding is what a perfect student of SSD would do without any training: it truncates
at the temperature of synthesis (`target`), then draws inside that support at the product of both
temperatures. Its name is `<decoding>-of-<target>`, such as `t0.7-of-t1.5-p0.8`. A *power* is no
rule for the next token: it sharpens whole completions (`config.power`).
"""

import re
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ssdmath.config.documents import shown
from ssdmath.config.power import Power

GREEDY_BELOW = 1e-5  # a lower temperature is greedy (docs/method.md, section 2)

_SLUG = re.compile(
    r"t(?P<temperature>\d+(?:\.\d+)?)"
    r"(?:-k(?P<top_k>\d+))?"
    r"(?:-p(?P<top_p>\d+(?:\.\d+)?))?"
    r"(?:-m(?P<min_p>\d+(?:\.\d+)?))?"
    r"(?:-pp(?P<presence_penalty>\d+(?:\.\d+)?))?"
    r"(?:-pow(?P<alpha>\d+(?:\.\d+)?)x(?P<moves>\d+))?"
)
OF = "-of-"  # between the two parts of a composed decoding's name
ALLOWED = (
    "t<T>[-k<top_k>][-p<top_p>][-m<min_p>][-pp<presence_penalty>], e.g. t0.7 or t1.1-k20-p0.95, or "
    f"composed of two, e.g. t0.7{OF}t1.5-p0.8, or t1-pow<alpha>x<moves>, e.g. t1-pow4x8"
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


class TokenFilter(NamedTuple):
    """A filter that truncates the distribution; slugs and the report read its names from here."""

    field: str  # of Decoding
    letter: str  # in a slug
    name: str
    off: float  # the value that filters nothing
    example: str
    keeps: str


TOKEN_FILTERS = (
    TokenFilter("top_k", "k", "top-k", 0, "k20", "only the k likeliest tokens can be drawn"),
    TokenFilter(
        *("top_p", "p", "top-p", 1, "p0.8"),
        keeps="only the likeliest tokens that together have this probability",
    ),
    TokenFilter(
        *("min_p", "m", "min-p", 0, "m0.2"),
        keeps="no token below this share of the likeliest one's probability",
    ),
)


class Decoding(BaseModel):
    """One setting of the sampler; the neutral value of each field leaves the distribution alone."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    temperature: float = Field(ge=0, le=5, description="T; below 1e-5 is greedy")
    top_k: int = Field(default=0, ge=0, le=10**7, description="keep the k likeliest tokens; 0: all")
    top_p: float = Field(default=1.0, gt=0, le=1, description="nucleus mass in the top-k; 1: all")
    min_p: float = Field(default=0.0, ge=0, le=1, description="floor relative to the top; 0: none")
    presence_penalty: float = Field(
        default=0.0, ge=0, le=5, description="subtracted from the logits of tokens already used"
    )
    target: Self | None = Field(
        default=None, description="a synthesis decoding: first truncate and temper as it does"
    )
    power: Power | None = Field(
        default=None, description="draw whole completions from a power of their probability"
    )

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        if self.power and slug(self.model_copy(update={"power": None})) != "t1":
            raise ValueError("a power beside other settings; allowed: T = 1 and the power alone")
        if self.target is None:
            return self
        if self.target.target is not None:
            raise ValueError("composed of three; allowed: of two")
        for part in (self, self.target):
            if found := _in_no_composed(part):
                raise ValueError(f"composed, and a part is {found}; allowed: neither")
        return self

    @property
    def greedy(self) -> bool:
        """Whether the likeliest token is always taken."""
        return self.temperature < GREEDY_BELOW

    @property
    def truncation(self) -> str:
        """The slug without its temperature (`k20-p0.95`), empty when nothing is cut off."""
        return slug(self).partition("-")[2]

    @property
    def filters(self) -> list[tuple[TokenFilter, str]]:
        """The token filters that are on, each with its value as text; not those of the target."""
        values = [(kind, getattr(self, kind.field)) for kind in TOKEN_FILTERS]
        on = [(kind, value) for kind, value in values if value != kind.off]
        return [(kind, str(value) if kind.field == "top_k" else f"{value:g}") for kind, value in on]

    @property
    def truncated(self) -> bool:
        """Whether a token filter cuts the distribution off, here or in the target."""
        return bool(self.filters) or (self.target is not None and self.target.truncated)

    @property
    def heat(self) -> float:
        """The temperature at which the survivors are drawn: of a composed decoding the product.

        With a power, that of its drafts and redraws: token by token they are drawn from p^alpha.
        """
        if self.power:
            return 1 / self.power.alpha
        return self.temperature * (self.target.temperature if self.target else 1.0)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a slug; `parse(slug(d)) == d`. ValueError says what was found and is allowed."""
        plain, composed, target = text.partition(OF)
        match = _SLUG.fullmatch(plain)
        if match is None or (composed and _SLUG.fullmatch(target.partition(OF)[0]) is None):
            presets = ", ".join(PRESETS)
            raise ValueError(
                f"decoding {shown(text)} is not of the form {ALLOWED}, nor of {presets}"
            )
        parts = match.groupdict()
        alpha, moves = parts.pop("alpha"), parts.pop("moves")
        fields: dict[str, Any] = {
            key: float(value) for key, value in parts.items() if value is not None
        }
        if alpha is not None:
            fields["power"] = {"alpha": float(alpha), "moves": int(moves)}
        if composed:
            fields["target"] = cls.parse(target)
        try:
            decoding = cls.model_validate(fields)
        except ValidationError as error:
            raise ValueError(f"decoding {shown(text)}{_wrong(error)}") from None
        if slug(decoding) != text:
            raise ValueError(f"decoding {shown(text)} must be written {slug(decoding)!r}")
        return decoding


def composable(decoding: Decoding) -> bool:
    """Whether a decoding may be a part of a composed one: a student's logits are known only to it.

    Greedy decoding takes the same token inside any support, a presence penalty is subtracted from
    the student's logits, not from base's, and a power is not a rule for the next token.
    """
    return _in_no_composed(decoding) is None


def _in_no_composed(decoding: Decoding) -> str | None:
    """What keeps a decoding out of composed ones; None where nothing does."""
    if decoding.greedy:
        return "greedy"
    if decoding.power:
        return "with a power"
    return "with a presence penalty" if decoding.presence_penalty else None


def _wrong(error: ValidationError) -> str:
    """What is wrong with a decoding, to follow its name."""
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return f": {first['ctx']['error']}"
    allowed = first["msg"].removeprefix("Input should be ")
    return f": {first['loc'][-1]}: found {first['input']:g}; allowed: {allowed}"


def slug(decoding: Decoding) -> str:
    """The canonical name of a decoding, used in every path and table: `t1-k20-p0.95-pp1.5`."""
    parts = [f"t{decoding.temperature:g}"]
    parts += [kind.letter + value for kind, value in decoding.filters]
    parts += [f"pp{decoding.presence_penalty:g}"] if decoding.presence_penalty else []
    parts += [decoding.power.name] if decoding.power else []
    return "-".join(parts) + (OF + slug(decoding.target) if decoding.target else "")

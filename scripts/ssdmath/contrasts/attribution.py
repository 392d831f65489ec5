"""The attribution table: from base at its default to ssd at its best, in steps that add up.

Each step is one contrast between two neighbours of a chain of cells, so that the steps' differences
sum to the total. Beside the chain stand causes that no chain to ssd contains.
"""

from collections.abc import Mapping
from typing import NamedTuple, Unpack

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import COMPOSED, Model
from ssdmath.config.terms import (
    CONFIRMATORY,
    DROP_LONGEST,
    DROP_SHORTEST,
    LENGTH_MATCHED,
    NAIVE,
    NAIVE_COMPLETE,
    RFT,
    SSD,
    SSD_COMPLETE,
    SSD_UNTRUNCATED,
    SSD_UNTRUNCATED_COMPLETE,
    TARGET,
)
from ssdmath.contrasts.declared import Contrast, Side
from ssdmath.contrasts.table import Given, contrasts


class Step(NamedTuple):
    """A cell of the chain, and what separates it from the one before it."""

    role: str
    cause: str
    meaning: str


START = "base_default"
SSD_TRUNCATED = "ssd_truncated"  # of the pair at one temperature
TUNED = Step("base_tuned", "decoding alone", "base at its best decoding against its default")
TRAINED = Step(NAIVE, "training itself", "training on plain samples (T = 1, nothing cut off)")
HEAT = "samples drawn at another temperature"
CUT = "top-k and top-p at synthesis"
# The chain with the length filter in it where the study has both filtered arms, else the plain one.
FILTERED = (
    TUNED,
    TRAINED,
    Step(NAIVE_COMPLETE, "length filter", "dropping unfinished samples, all else at T = 1"),
    Step(SSD_UNTRUNCATED_COMPLETE, "synthesis temperature", HEAT),
    Step(SSD_COMPLETE, "truncation", CUT),
    Step(SSD, "length filter dropped again", "ssd as published keeps unfinished samples"),
)
PLAIN = (
    TUNED,
    TRAINED,
    Step(SSD_UNTRUNCATED, "synthesis temperature", HEAT),
    Step(SSD, "truncation", CUT),
)
TOTAL = "total"
# Together these two are what ssd adds to decoding alone: the total less its first step.
SSD_UNTRAINED = "SSD without training"
SSD_TRAINED = "training towards the target"


class Cause(NamedTuple):
    """What a difference between two roles isolates, beside the chain."""

    a: str
    b: str
    meaning: str


BESIDE = {
    TOTAL: Cause(SSD, START, "ssd at its best against base at its default: the sum of the steps"),
    SSD_UNTRAINED: Cause(
        COMPOSED,
        TUNED.role,
        "base decoded as a perfect student of ssd would be (composed decoding), against its best",
    ),
    SSD_TRAINED: Cause(
        SSD,
        COMPOSED,
        "what training adds to that, or loses: ssd against the composed decoding",
    ),
    "SSD beyond the length filter": Cause(
        SSD_COMPLETE, NAIVE_COMPLETE, "tempered, truncated samples, both sides finished only"
    ),
    "truncation at one temperature": Cause(
        SSD_TRUNCATED, SSD_UNTRUNCATED, f"{CUT}, at the same temperature"
    ),
    "noise of the samples": Cause(
        SSD,
        TARGET,
        "a sampled token against the whole distribution that it was drawn from, at every position "
        "of the same samples",
    ),
    "dropping the shortest samples": Cause(
        DROP_SHORTEST, SSD, "the released code's filter, which makes the samples longer"
    ),
    "dropping the longest samples": Cause(
        DROP_LONGEST, SSD, "the filter the other way around, which makes the samples shorter"
    ),
    "length of the samples": Cause(
        SSD,
        LENGTH_MATCHED,
        "the same samples, against a resample of them that has the lengths of base's own",
    ),
    "SSD at base's lengths": Cause(
        LENGTH_MATCHED, NAIVE, "tempered, truncated samples, both sides as long as base's"
    ),
    "verification": Cause(
        RFT,
        SSD_COMPLETE,
        "training on correct samples only, which leaves out prompts without one; an unfinished "
        "sample is never correct, so both sides drop those",
    ),
}
ROLES = tuple(
    sorted(
        {START}
        | {step.role for step in (*FILTERED, *PLAIN)}
        | {role for cause in BESIDE.values() for role in (cause.a, cause.b)}
    )
)


class Row(NamedTuple):
    """One row of the table before it is answered; `step` is its place in the chain, from 1."""

    cause: str
    meaning: str
    step: int | None
    a: Side
    b: Side
    note: str


def rows(sides: Mapping[str, Side]) -> list[Row]:
    """The steps of the chain and the causes beside it that the study can fill.

    A role that the study lacks joins its step to the next one, whose note says what cannot be told
    apart. A cause beside the chain that is one of its steps already is not asked again (the total
    is). ValueError: unknown role.
    """
    if unknown := sorted(set(sides) - set(ROLES)):
        raise ValueError(f"attribution: unknown roles {unknown}; allowed are {list(ROLES)}")
    chain = _chain(sides)
    asked = {(row.a, row.b) for row in chain}
    beside = [
        Row(name, cause.meaning, None, sides[cause.a], sides[cause.b], "")
        for name, cause in BESIDE.items()
        if cause.a in sides and cause.b in sides
        if name == TOTAL or (sides[cause.a], sides[cause.b]) not in asked
    ]
    return [*chain, *beside]


def _chain(sides: Mapping[str, Side]) -> list[Row]:
    chain = FILTERED if {NAIVE_COMPLETE, SSD_COMPLETE} <= set(sides) else PLAIN
    if START not in sides:
        return []
    steps: list[Row] = []
    before, missing = sides[START], list[Step]()
    for step in chain:
        if step.role not in sides or sides[step.role] == before:
            missing += [step] if step.role not in sides else []
            continue
        joined = [*missing, step]
        cause = " and ".join(member.cause for member in joined)
        meaning = "; ".join(member.meaning for member in joined)
        note = _unread(missing, step) or _mixed(step, sides[step.role], before)
        steps.append(Row(cause, meaning, len(steps) + 1, sides[step.role], before, note))
        before, missing = sides[step.role], []
    return steps


def _unread(missing: list[Step], step: Step) -> str:
    """What an absent arm makes unreadable."""
    if not missing:
        return ""
    arms = ", ".join(part.role for part in missing)
    causes = " and ".join(part.cause for part in (*missing, step))
    return f"without {arms}, {causes} cannot be told apart"


def _mixed(step: Step, after: Side, before: Side) -> str:
    """That both arms were trained, but on samples that differ in more than the step's cause."""
    names = [Model.parse(side.models[0]).train_decoding for side in (after, before)]
    if step.meaning == HEAT or None in names:
        return ""
    decodings = [Decoding.parse(str(name)) for name in names]
    kept = {d.temperature if step.meaning == CUT else d for d in decodings}
    if len(kept) == 1:
        return ""
    return f"trained on samples at {names[0]} against {names[1]}: more than this cause changed"


def table(
    draws: pl.DataFrame,
    problems: pl.DataFrame,
    sides: Mapping[str, Side],
    *,
    split: str,
    margin: float = 0.02,
    **given: Unpack[Given],
) -> pl.DataFrame:
    """One row per cause, the columns of `tables.ATTRIBUTION`; Holm over the rows.

    `sides` gives each role (ROLES) its models and decoding; `margin` as in the contrast table. Over
    the rows with a `step`, `delta` sums to that of the row `total`.
    """
    filled = rows(sides)
    declared = [Contrast(row.cause, CONFIRMATORY, split, row.a, row.b) for row in filled]
    answered = contrasts(draws, problems, declared, margin=margin, **given)
    realised = {SSD_TRAINED: _realised(answered)}
    notes = [
        "; ".join(filter(None, [row.note, realised.get(row.cause, ""), note]))
        for row, note in zip(filled, answered["note"], strict=True)
    ]
    return answered.select(
        pl.col("contrast").alias("cause"),
        pl.Series("meaning", [row.meaning for row in filled], dtype=pl.String),
        pl.Series("step", [row.step for row in filled], dtype=pl.Int64),
        pl.all().exclude("note"),
        pl.Series("note", notes, dtype=pl.String),
    )


def _realised(answered: pl.DataFrame) -> str:
    """How much of what the composed decoding adds to base at its best the trained ssd has."""
    rows = {row["contrast"]: row for row in answered.iter_rows(named=True)}
    if not {SSD_UNTRAINED, SSD_TRAINED} <= set(rows):
        return ""
    target, training = rows[SSD_UNTRAINED], rows[SSD_TRAINED]
    if target["lo"] is None or target["lo"] <= 0:
        return "no share is given: the composed decoding is not clearly above base at its best"
    share = (target["delta"] + training["delta"]) / target["delta"]
    return f"ssd realises {share:.0%} of what the composed decoding adds"

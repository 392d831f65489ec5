"""Contrasts in phrases: decodings and runs in words, each with the short name that tables use.

A phrase is a list of pieces, so that the page can show the short name of a decoding on hover.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ssdmath.config.decoding import Decoding
from ssdmath.config.names import Model
from ssdmath.contrasts.declared import Side
from ssdmath.report import format as fmt

EQUAL = "\u00a0=\u00a0"
HYPHEN = "\u2011"  # without a line break


class Piece(NamedTuple):
    """A piece of a phrase; `slug` is the short name of the decoding that the text spells out."""

    text: str
    slug: str = ""


Phrase = list[Piece]


def decoding(slug: str) -> str:
    """A decoding in words, `T = 1.5, min-p 0.2`; of a composed one both parts."""
    try:
        parsed = Decoding.parse(slug)
    except ValueError:
        return slug
    return _decoding(parsed)


def _decoding(decoding: Decoding) -> str:
    settings = ["greedy" if decoding.greedy else f"T{EQUAL}{decoding.temperature:g}"]
    for kind, value in decoding.filters:
        settings.append(f"{kind.name.replace('-', HYPHEN)}\u00a0{value}")
    if penalty := decoding.presence_penalty:
        settings.append(f"presence penalty\u00a0{penalty:g}")
    if power := decoding.power:
        settings = [f"power\u00a0{power.alpha:g} after {power.moves} moves"]
    text = ", ".join(settings)
    return f"{text} inside {_decoding(decoding.target)}" if decoding.target else text


def side(text: str) -> Phrase:
    """A contrast's side: `ssd (trained on samples at T = 1.3; 2 runs) at T = 0.7`."""
    of = Side.parse(text)
    ending = [Piece(" at "), Piece(decoding(of.decoding), of.decoding)]
    model = _model(of.models[0])
    if model.train_decoding is None:
        number = fmt.count(len(of.models), "checkpoint")
        released = "" if model.train_seed is None else f" ({number})"
        return [Piece(model.arm + released), *ending]
    return [
        Piece(f"{model.arm} (trained on samples at "),
        Piece(decoding(model.train_decoding), model.train_decoding),
        Piece(f"; {fmt.count(len(of.models), 'run')})"),
        *ending,
    ]


def side_name(text: str) -> str:
    """A contrast's side in short: `ssd t1.3-p0.8 at t0.7 (2 runs)`."""
    of = Side.parse(text)
    model = _model(of.models[0])
    if model.train_decoding is None:
        return f"{model.model} at {of.decoding}"
    runs = fmt.count(len(of.models), "run")
    return f"{model.arm} {model.train_decoding} at {of.decoding} ({runs})"


def arm(text: str) -> str:
    """The arm of a contrast's side."""
    return _model(Side.parse(text).models[0]).arm


def _model(name: str) -> Model:
    """A model by its name; one that is none of a study's, as of samples that are judged, as is."""
    try:
        return Model.parse(name)
    except ValueError:
        return Model(name, name, None, None, None)


def answer(row: Mapping[str, Any], accuracies: Sequence[float | None]) -> Phrase:
    """A contrast in one sentence: split, accuracies of a and b, difference, interval, p."""
    first, second = accuracies
    a, b = side(row["a"]), side(row["b"])
    if first is None or second is None:
        subject = [*a, Piece(" against "), *b]
    else:
        subject = [Piece(f"accuracy is {fmt.percent(first)} for "), *a]
        subject += [Piece(f" and {fmt.percent(second)} for "), *b]
    p = row.get("p_holm")
    tested = f"corrected {fmt.pvalue(p)}" if p is not None else fmt.pvalue(row.get("p"))
    facts = [f"95\u00a0% interval {fmt.interval(row['lo'], row['hi'])}", tested]
    return [
        Piece(f"On the {fmt.count(row['problems'])} {row['split']} problems, "),
        *subject,
        Piece(f": a difference of {fmt.points(row['delta'])} "),
        Piece(f"({', '.join(fact for fact in facts if fact)})."),
    ]


def numbers(row: Mapping[str, Any]) -> Phrase:
    """A contrast's difference, interval and split, then what it compares."""
    difference = f"{fmt.points(row['delta'])} {fmt.interval(row['lo'], row['hi'])}"
    opening = Piece(f"{difference}, {row['split']}: ")
    return [opening, *side(row["a"]), Piece(" against "), *side(row["b"])]


def headline(row: Mapping[str, Any]) -> str:
    """The verdict in a word or two and what it is about: `Undecided: ssd against base`."""
    verdict, _, _ = str(row["verdict"]).partition(" (")
    return f"{verdict[:1].upper()}{verdict[1:]}: {row['contrast']}"


def needed(row: Mapping[str, Any]) -> str:
    """What an undecided contrast would need or find, as a sentence; empty for other verdicts."""
    _, _, said = str(row["verdict"]).partition("undecided (")
    if not said:
        return ""
    said = said.removesuffix(")")
    return f"To decide, it {said}." if said.startswith("would need") else f"Differences of {said}."

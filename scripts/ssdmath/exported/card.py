"""The data card of an exported study: README.md of the folder, with what the hub reads of it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ssdmath.exported import about
from ssdmath.exported.licences import Licence
from ssdmath.exported.tables import WHOLE
from ssdmath.finished.study import FinishedStudy
from ssdmath.tables import markdown

Counts = Mapping[tuple[str, str], int]  # rows by configuration and split
MEANINGS = {
    "problems": "one row per problem; statement and answer are null where `withheld` is true",
    "samples": "completions, one row per draw: token ids, text, why it ended. `prompt_ids` is null "
    "where `withheld` is true",
    "verdicts": "the verdict of each draw; belongs to a row of `samples` by the cell's columns, "
    "problem and index",
    "scores": "accuracy and health of each cell, by stratum, with intervals",
    "contrasts": "the comparisons that were declared beforehand",
}


def text(study: FinishedStudy, counts: Counts, licences: Sequence[Licence]) -> str:
    """The card: front matter, then what the data set is, where it is from, and its licences."""
    config = study.folder.study
    parts = [
        f"# Draws and verdicts of the study `{config.name}`",
        "Completions of a language model, their verdicts and the comparisons made with them, "
        "exported from a study with ssdmath: does simple self-distillation "
        "([arXiv 2604.01193](https://arxiv.org/abs/2604.01193)) work on competition math?",
        *([about.LABORATORY] if about.is_micro(config) else []),
        "## What it holds",
        _configurations(counts),
        _models(study),
        "## What the comparisons say",
        _contrasts(study.contrasts),
        "## Licences",
        _licences(licences),
        "## Provenance",
        _provenance(study),
    ]
    return about.card(_front_matter(study, counts), parts)


def _front_matter(study: FinishedStudy, counts: Counts) -> dict[str, Any]:
    """What the hub and `datasets` read: the files of each configuration, by split."""
    by_config: dict[str, list[dict[str, str]]] = {}
    for config, split in counts:
        by_config.setdefault(config, []).append({"split": split, "path": path(config, split)})
    configs = [
        {"config_name": config, "default": config == "samples", "data_files": files}
        for config, files in by_config.items()
    ]
    return {
        "pretty_name": f"ssdmath study {study.folder.study.name}",
        "license": "other",
        "task_categories": ["text-generation"],
        "tags": ["math", "self-distillation", "evaluation", "ssdmath"],
        "configs": configs,
        about.KEY: about.state(study),
    }


def path(config: str, split: str) -> str:
    """The file of a configuration's split, inside the folder."""
    return f"data/{config}/{split}.parquet"


def _configurations(counts: Counts) -> str:
    rows = [
        [f"`{config}`", "" if split == WHOLE else split, f"{number:,}", MEANINGS[config]]
        for (config, split), number in counts.items()
    ]
    return markdown.table(["configuration", "split", "rows", "what"], rows, "llrl")


def _models(study: FinishedStudy) -> str:
    config = study.folder.study
    lines = [f"Base model: {about.named(config)}, sampled with {config.sampling.engine} in "
             f"{config.sampling.dtype}, at most {config.sampling.cap:,} tokens."]  # fmt: skip
    for arm, section in config.trained.items():
        decodings = ", ".join(section.decodings)
        teacher = f"the last checkpoint of `{section.teacher}`" if section.is_round else "base"
        lines.append(
            f"`{arm}` was trained on samples of {teacher} at {decodings} (kept: {section.keep})."
        )
    for arm, released in config.released.items():
        places = ", ".join(str(place) for place in released.checkpoints)
        lines.append(f"`{arm}` are released checkpoints: {places}.")
    return "\n".join(f"- {line}" for line in lines)


def _contrasts(table: pl.DataFrame) -> str:
    if not table.height:
        return "The study declares no comparison."
    header = ["comparison", "split", "problems", "points [95 % interval]", "verdict"]
    rows = [
        [
            row["contrast"],
            row["split"],
            f"{row['problems']:,}",
            markdown.points(row),
            row["verdict"],
        ]
        for row in table.iter_rows(named=True)
    ]
    return markdown.table(header, rows, "llrrl")


def _licences(licences: Sequence[Licence]) -> str:
    rows = [
        [one.source, one.text, "given" if one.open else "withheld: only ids are given"]
        for one in licences
    ]
    told = (
        "Completions are output of the models named above, under their licences. A completion may "
        "repeat words of its problem."
    )
    return "\n\n".join([markdown.table(["source", "licence", "statements"], rows, "lll"), told])


def _provenance(study: FinishedStudy) -> str:
    """Where the report's inputs stand: digests of the tables, and the config."""
    names = ("scores.parquet", "contrasts.parquet", "chosen.json")
    digests = [f"`{name}` {study.folder.contents[name]}" for name in names]
    return (
        "`study.json` is the whole config, defaults included. Digests of the study's own files: "
        f"{', '.join(digests)}. Decodings were chosen on validation; test was drawn for the chosen "
        "ones alone."
    )


def lines(counts: Counts) -> Iterator[str]:
    """What was written, a line per configuration."""
    totals: Counter[str] = Counter()
    for (config, _), number in counts.items():
        totals[config] += number
    yield from (f"{config}: {number:,} rows" for config, number in totals.items())

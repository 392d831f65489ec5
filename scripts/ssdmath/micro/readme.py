"""The micro model's card as a Markdown page, every number taken from the card itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ssdmath.micro.family import STRATA
from ssdmath.micro.worlds import MODELS
from ssdmath.tables.statuses import LENGTH_STOP, NO_BOX, PARSE_FAIL, UNCLOSED_THINK

HEAD = """# models/{name}

A language model of {parameters:,} parameters (Qwen3 architecture, float32) that ships with the
repository so that the whole study runs on two CPU cores. **It is a laboratory animal, not nature:**
it learned from the synthetic world `{world}`, whose forks, locks, mistakes and slips were put there
with the shares below, so that the conflict the SSD paper describes is real and known. What SSD does
to it says what the method does *under these shares*. `docs/micro-world.md` explains the world. This
page and `card.json` are written by `scripts/micro_model.py` from what it measured.

- weights: `{file}`, sha256 `{sha256}`
- training: {steps:,} steps of {batch} fresh traces, {tokens:,} completion tokens, final loss
  {loss:.4f} nats a token; data seed {seed}; {threads} thread(s); {versions}
- shape: hidden {hidden}, {layers} layers, {heads} query and {kv_heads} key-value heads of
  width {head_dim}, vocabulary {vocabulary} (byte-level BPE, single digits), tied embeddings
"""


def readme(card: Mapping[str, Any]) -> str:
    """The whole page."""
    recipe, training = card["recipe"], card["training"]
    head = HEAD.format(
        name=Path(MODELS[card["world"]]).name,
        world=card["world"],
        parameters=training["parameters"],
        **card["weights"],
        steps=training["steps"],
        tokens=training["completion_tokens"],
        loss=training["loss"],
        versions=", ".join(f"{name} {version}" for name, version in card["versions"].items()),
        **{k: v for k, v in recipe.items() if k not in {"steps", "loss"}},
    )
    parts = [
        head,
        _composition(card),
        _accuracy(card),
        _closed_form(card["theory"]),
        _problems(card),
    ]
    return "\n".join(parts)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def percent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def _composition(card: Mapping[str, Any]) -> str:
    shares = table(
        ["share", "value"], [[f"`{name}`", value] for name, value in card["composition"].items()]
    )
    measured = card["composition_measured"]
    counted = table(
        ["level", "traces", "correct", "mistake first", "run-on", "unclosed", "digits", "commas"],
        [
            [
                level,
                row["traces"],
                *(
                    percent(row[name])
                    for name in ("correct", "mistake_first", "run_on", "unclosed")
                ),
                f"{row['digits']:.1f}",
                f"{row['commas']:.1f}",
            ]
            for level, row in measured.items()
        ],
    )
    return (
        "## Composition of the world\n\nAs set (`ssdmath.micro.traces.Composition` says what each "
        f"means):\n\n{shares}\nAs counted in freshly built pretraining traces (digits and commas: "
        f"locks per trace):\n\n{counted}"
    )


def _accuracy(card: Mapping[str, Any]) -> str:
    plan = card["measurement"]
    shares = (LENGTH_STOP, UNCLOSED_THINK, NO_BOX, PARSE_FAIL)
    by_temperature: dict[float, dict[str, Any]] = {}
    for cell in card["accuracy"]:
        by_temperature.setdefault(cell["temperature"], {})[cell["stratum"]] = cell
    rows = [
        [
            "greedy" if temperature == 0 else f"{temperature:g}",
            *(percent(cells[level]["accuracy"]) for level in (*STRATA, "all")),
            cells["all"]["draws"],
            f"{cells['all']['tokens']:.1f}",
            *(percent(cells["all"]["shares"][name]) for name in shares),
        ]
        for temperature, cells in by_temperature.items()
    ]
    columns = ["T", "easy", "medium", "hard", "all", "draws", "tokens", *shares]
    return (
        f"## Accuracy\n\n{plan['problems']} problems of the {plan['split']} split (seed "
        f"{plan['seed']}), cap {plan['cap']} tokens, no truncation of the distribution; a length "
        f"stop is not correct.\n\n{table(columns, rows)}"
    )


def _closed_form(theory: Mapping[str, Any]) -> str:
    base = theory["best_base_truncated"]
    machines = {
        "base, temperature only": theory["best_base"],
        "base, any one truncation": base,
    } | {f"student of {row['synthesis']}": row for row in theory["students"]}
    rows = [
        [
            name,
            f"`{row['decoding']}`",
            percent(row["success"]),
            f"{round(100 * (row['success'] - base['success']), 1) + 0.0:+.1f}",
        ]
        for name, row in machines.items()
    ]
    columns = ["machine", "best decoding", "success", "against base at its best (points)"]
    return (
        "## What theory allows\n\nThe closed form (`ssdmath.micro.closed_form`: one fork, many "
        "locks, one closing turn) for a perfect model of the traces and perfect students of its "
        "samples. Base is offered every temperature alone and with one of top-p, min-p and top-k; "
        f"students are decoded at a temperature alone:\n\n{table(columns, rows)}"
    )


def _problems(card: Mapping[str, Any]) -> str:
    problems = card["problems"]
    splits = list(problems["split_percent"])
    rows = [
        [cell, *(counts[split] for split in splits)]
        for cell, counts in problems["parameters"].items()
    ]
    return (
        "## Problems\n\nDistinct number tuples of each family and level, by split (a stable hash "
        "of the numbers decides the split; every tuple has several wordings):\n\n"
        f"{table(['cell', *splits], rows)}"
    )

"""The card of an exported checkpoint: how it was trained and chosen, and what the study found."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from ssdmath.config.decoding import Decoding
from ssdmath.contrasts.declared import Side
from ssdmath.exported import about
from ssdmath.exported.models import CHECKPOINTS, Checkpoint
from ssdmath.finished.study import FinishedStudy
from ssdmath.report import format as fmt
from ssdmath.tables import atomic, markdown

USE = (
    "The checkpoint is for people who want to examine or repeat the study. It was trained on "
    "samples that nobody corrected, and it was evaluated on problems of the study alone. It is no "
    "product, and its answers are not to be relied on."
)
LICENCE = (
    "The weights are derived from base's and are under base's licence. The problems on which base "
    "was sampled are named on the study's data card."
)


def text(study: FinishedStudy, checkpoint: Checkpoint, files: Mapping[str, Any]) -> str:
    """The card in Markdown; `files` has bytes and SHA-256 of each file by its name."""
    config = study.folder.study
    arm = checkpoint.model.arm
    parts = [
        f"# {checkpoint.name} of the study {config.name}",
        f"A checkpoint of {about.named(config)}, trained on the model's own samples by the arm "
        f"`{arm}` of a study with ssdmath: does simple self-distillation "
        "([arXiv 2604.01193](https://arxiv.org/abs/2604.01193)) work on competition math?",
        *([f"**{about.LABORATORY}**"] if about.is_micro(config) else []),
        "## Training",
        "\n".join(f"- {line}" for line in _recipe(study, checkpoint)),
        "## Decoding",
        _decoding(study, checkpoint),
        "## What the study found",
        _accuracies(study, checkpoint),
        _contrasts(study, checkpoint),
        "## Intended use",
        USE,
        "## Licence",
        LICENCE,
        "## Files",
        _files(files),
    ]
    return about.card(_front_matter(study, checkpoint), parts)


def _front_matter(study: FinishedStudy, checkpoint: Checkpoint) -> dict[str, Any]:
    """What the hub reads."""
    hub = study.folder.study.model.hub
    return {
        **({"base_model": hub} if hub else {}),
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "license": "other",
        "tags": ["math", "self-distillation", "ssdmath"],
        about.KEY: about.state(study) | {"model": checkpoint.name},
    }


def _recipe(study: FinishedStudy, checkpoint: Checkpoint) -> Iterator[str]:
    """How the checkpoint was trained, a line for each part."""
    config, model = study.folder.study, checkpoint.model
    arm, section = config.trained[model.arm], config.training_of(model.arm)
    run = checkpoint.name.partition("@")[0]
    from_base = arm.teacher == "base"
    writer = "base" if from_base else f"the last checkpoint of the arm `{arm.teacher}`"
    kept = atomic.read_json(study.folder.file(f"training/{run}/set.json"))
    yield (
        f"samples: written by {writer} at `{model.train_decoding}`, prompts of the "
        f"study's training split; kept: {arm.keep}, {kept['kept']:,} of {kept['sampled']:,}"
    )
    yield (
        f"trained on: {kept['rows_trained']:,} rows, {kept['tokens_trained']:,} tokens of "
        f"completions, {kept['epochs']:.2g} epochs in the whole run; loss: {arm.loss}"
    )
    lora = section.lora
    weights = f"LoRA of rank {lora.rank}, merged" if lora else "all weights of the language model"
    yield f"trained weights: {weights}"
    yield (
        f"AdamW, learning rate {section.learning_rate:g} after {section.warmup_steps} steps of "
        f"warm-up, cosine to {section.final_learning_rate:g} at step {section.checkpoints[-1]}; "
        f"weight decay {section.weight_decay:g}, betas {section.betas[0]:g} and "
        f"{section.betas[1]:g}, gradients clipped at {section.clip:g}"
    )
    yield f"step {model.step}, {section.batch} sequences per step, seed {model.train_seed}"
    health = atomic.read_json(study.folder.file(f"{CHECKPOINTS}/{checkpoint.name}/health.json"))
    yield f"what training did to the weights: {health['verdict']}"


def _decoding(study: FinishedStudy, checkpoint: Checkpoint) -> str:
    """The decoding that the arm chose, and how to draw with it in transformers."""
    config, arm = study.folder.study, checkpoint.model.arm
    row = study.chosen.row(by_predicate=pl.col("arm") == arm, named=True)
    among = f" among {row['candidates']:,} cells" if row["candidates"] else ""
    told = (
        f"The arm chose `{checkpoint.decoding}` on validation{among}, with this step of training. "
        f"Accuracy there: {_share(row)}, mean over {fmt.count(len(row['models']), 'run')}, and too "
        "high on average, because the best cell was taken. Prompts were "
        f"`{config.prompt}` with the problem in it, in the chat template; completions had at most "
        f"{config.sampling.cap:,} tokens."
    )
    decoding = Decoding.parse(checkpoint.decoding)
    arguments = _arguments(decoding) | {"max_new_tokens": config.sampling.cap}
    named = ", ".join(f"{name}={value}" for name, value in arguments.items())
    parts = [told, f"```python\nmodel.generate(**inputs, {named})\n```"]
    if penalty := decoding.presence_penalty:
        said = f"The decoding also has a presence penalty of {penalty:g}, which transformers lacks."
        parts.append(said)
    return "\n\n".join(parts)


def _arguments(decoding: Decoding) -> dict[str, Any]:
    """What transformers' `generate` takes for a decoding; defaults of the folder are overridden."""
    if decoding.greedy:
        return {"do_sample": False, "repetition_penalty": 1.0}
    return {
        "do_sample": True,
        "temperature": decoding.temperature,
        "top_k": decoding.top_k,
        "top_p": decoding.top_p,
        "min_p": decoding.min_p,
        "repetition_penalty": 1.0,
    }


def _accuracies(study: FinishedStudy, checkpoint: Checkpoint) -> str:
    """The checkpoint's own accuracy at its decoding, on each split where it was drawn."""
    own = study.scores.filter(
        model=checkpoint.name, decoding=checkpoint.decoding, stratum="all"
    ).sort("split", descending=True)
    rows = [
        [row["split"], f"{row['problems']:,}", f"{row['draws']:,}", _share(row)]
        for row in own.iter_rows(named=True)
    ]
    header = ["split", "problems", "draws", "accuracy of this checkpoint [95 % interval]"]
    return markdown.table(header, rows)


def _contrasts(study: FinishedStudy, checkpoint: Checkpoint) -> str:
    """The declared comparisons of which this checkpoint is a part."""
    rows = [
        [row["contrast"], row["split"], row["runs"], markdown.points(row), row["verdict"]]
        for row in study.contrasts.iter_rows(named=True)
        if any(checkpoint.name in Side.parse(row[side]).models for side in "ab")
    ]
    if not rows:
        return "No declared comparison is about this checkpoint."
    header = ["comparison", "split", "runs", "points [95 % interval]", "verdict"]
    told = (
        "The comparisons that were declared beforehand and of which this checkpoint is a part. "
        "They are about all runs of an arm together; one run alone may be better or worse."
    )
    return f"{told}\n\n{markdown.table(header, rows, 'llrrl')}"


def _files(files: Mapping[str, Any]) -> str:
    rows = [[f"`{name}`", f"{own['bytes']:,}", own["sha256"]] for name, own in files.items()]
    return markdown.table(["file", "bytes", "sha256"], rows, "lrl")


def _share(row: Mapping[str, Any]) -> str:
    """A row's accuracy with its interval, in percent."""
    return f"{100 * row['accuracy']:.1f} % [{100 * row['lo']:.1f}, {100 * row['hi']:.1f}]"

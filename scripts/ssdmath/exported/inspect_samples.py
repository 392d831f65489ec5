"""A draw and its verdict as a sample of an Inspect log."""

from typing import Any, Final

from ssdmath.tables import statuses

SCORER = "ssdmath"
_REASONS: Final = {"stop": "stop", "length": "max_tokens", None: "unknown"}


def sample(row: dict[str, Any], model: str) -> Any:
    """One draw as one epoch of its problem.

    `row`: SAMPLES and VERDICTS, with what was asked, the target, the source and the stratum.
    """
    from inspect_ai.log import EvalSample
    from inspect_ai.model import ChatMessageUser, ModelOutput

    output = ModelOutput.from_content(model, row["text"], stop_reason=_REASONS[row["finish"]])
    if row["tokens"] is not None:
        output.usage = usage(len(row["prompt_ids"] or []), row["tokens"])
    return EvalSample(
        id=row["problem"],
        epoch=row["index"] + 1,
        input=row["asked"],
        target=row["target"],
        messages=[ChatMessageUser(content=row["asked"]), output.message],
        output=output,
        scores={SCORER: _verdict(row)},
        metadata={name: row[name] for name in ("source", "stratum")},
        model_usage={model: output.usage} if output.usage else {},
    )


def usage(asked: int, drawn: int) -> Any:
    """Tokens of prompts and of completions."""
    from inspect_ai.model import ModelUsage

    return ModelUsage(input_tokens=asked, output_tokens=drawn, total_tokens=asked + drawn)


def _verdict(row: dict[str, Any]) -> Any:
    """The verdict as a score; what could not be judged has no value, and counts in no metric."""
    from inspect_ai.scorer import CORRECT, INCORRECT, Score

    names = ("status", "think_closed", "boxed", "loop", "markers", "disagree")
    said = {
        "answer": row["answer"],
        "explanation": f"The draw {statuses.MEANINGS[row['status']]}.",
        "metadata": {name: row[name] for name in names},
    }
    if row["correct"] is None:
        return Score.unscored(reason=row["status"], **said)
    return Score(value=CORRECT if row["correct"] else INCORRECT, **said)

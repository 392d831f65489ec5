"""Make real logs of Inspect with its mock model: `python inspect_eval.py FOLDER`.

A program of its own, since an evaluation leaves handlers and threads behind. It evaluates what
FOLDER/logs.json says: for each log rows of an input and, epoch by epoch, the completion, the reason
why it ended and its length; without a completion the sample fails. It needs no network: the mock
model counts tokens, with a vocabulary that it downloads, only where no length is given.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

Log = dict[str, Any]


def make(folder: Path, logs: dict[str, Log]) -> dict[str, Path]:
    """Run this file on logs by name; gives the files that Inspect wrote."""
    folder.mkdir()
    (folder / "logs.json").write_text(json.dumps(logs))
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
    command = [sys.executable, __file__, str(folder)]
    subprocess.run(command, check=True, env=os.environ | home, cwd=folder)
    return {name: next((folder / name).glob("*.eval")) for name in logs}


def main(folder: Path) -> None:
    for name, log in json.loads((folder / "logs.json").read_text()).items():
        evaluated(folder / name, **log)


def evaluated(folder: Path, rows: list[Log], model: str = "mock", **options: Any) -> None:
    """Evaluate every row in every epoch, one after the other, so that outputs keep their order."""
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.solver import generate

    outputs = {row["input"]: iter(row["epochs"]) for row in rows}

    def answer(messages: list[Any], *_: Any) -> ModelOutput:
        text, reason, tokens = next(outputs[messages[-1].text])
        if not text:
            raise ValueError("the mock model was told to fail")
        output = ModelOutput.from_content(model, text, stop_reason=reason)
        output.usage = ModelUsage(input_tokens=9, output_tokens=tokens, total_tokens=9 + tokens)
        return output

    task = Task(
        dataset=MemoryDataset([Sample(input=row["input"], id=row.get("id")) for row in rows]),
        solver=generate(),
    )
    mock = get_model(f"mockllm/{model}", custom_outputs=answer)
    epochs = len(rows[0]["epochs"])
    evaluate(
        task, model=mock, epochs=epochs, log_dir=str(folder), max_samples=1, display="none",
        **options,
    )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))

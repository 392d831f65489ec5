"""docs/study.ipynb runs from its first cell to its last, and holds no outputs."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

PAGE = Path(__file__).resolve().parents[2] / "docs" / "study.ipynb"
LIMIT = 60  # seconds for one cell


@pytest.fixture(scope="module")
def notebook() -> Any:
    return nbformat.read(PAGE, as_version=4)


def outputs(cell: Any) -> str:
    """What a cell shows, as text."""
    shown = [
        one.get("text", "") + one.get("data", {}).get("text/plain", "") for one in cell.outputs
    ]
    return "".join(shown)


def test_the_notebook_is_valid_and_stored_without_outputs(notebook: Any):
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) > 8
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count] == []


def test_every_cell_runs_on_a_finished_study(notebook: Any, finished: Path):
    own = nbformat.from_dict(notebook)
    cells = {cell.id: cell for cell in own.cells}
    assert cells["parameters"].metadata.tags == ["parameters"]
    cells["parameters"].source = f"STUDY = {str(finished)!r}"
    where = {"metadata": {"path": str(PAGE.parent)}}
    NotebookClient(own, timeout=LIMIT, kernel_name="python3", resources=where).execute()
    assert "<study synthetic: 9 models, 4 decodings, 42 cells>" in outputs(cells["load"])
    assert "ssd - base" in outputs(cells["contrasts"])
    assert "exploratory" in outputs(cells["contrast"])
    assert "length_stop" in outputs(cells["statuses"])
    assert "'curves'" in outputs(cells["names"])
    (figure,) = cells["figure"].outputs
    assert "ssd - base" in figure["data"]["image/svg+xml"]

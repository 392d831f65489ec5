"""The section on power sampling: accuracy and cost, from cells with what their draws took."""

from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from ssdmath.report.sections.power import power
from ssdmath.tables import chains, parquet, schemas

COST = {"draws": 4, "kept": 100, "drawn": 520, "moves": 32, "accepted": 24, "changed": 8}


def written(root: Path, cell: str, draws: int, cost: dict[str, object]) -> str:
    """A cell of samples whose rows do not matter."""
    path = root / "samples" / cell
    rows = [("p", index, 0, [1], [2, 3], "text", "stop", -1.0) for index in range(draws)]
    frame = pl.DataFrame(rows, schema=schemas.SAMPLES, orient="row")
    parquet.write(frame, path, schemas.SAMPLES, cost)
    return str(path)


@pytest.fixture
def samples(tmp_path: Path) -> list[str]:
    """Two cells with a power, one that a race dropped, and a plain one, in an oddly named study."""
    root = tmp_path / "my-pow4x8"
    empty = dict.fromkeys(COST, 0)
    return [
        written(root, "base/validation/t1-pow4x8/0.parquet", 4, {"chains": COST}),
        written(root, "base/train/t1-pow4x8/0.parquet", 4, {"chains": COST | {"drawn": 900}}),
        written(root, "base/validation/t1-pow2x8/0.parquet", 0, {"chains": empty}),
        written(root, "base/validation/t1/0.parquet", 4, {}),
    ]


def test_the_factor_is_what_was_drawn_over_what_was_kept(samples: list[str]):
    assert chains.factors(samples) == {
        ("base", "train", "t1-pow4x8"): 9.0,
        ("base", "validation", "t1-pow4x8"): 5.2,
    }


def results(samples: list[str]) -> SimpleNamespace:
    scores = pl.DataFrame(
        {
            "arm": ["power", "base"],
            "split": ["validation"] * 2,
            "decoding": ["t1-pow4x8", "t1"],
            "accuracy": [0.25, 0.5],
        }
    )
    inputs = SimpleNamespace(samples=samples)
    return SimpleNamespace(
        inputs=inputs, all_strata=lambda: scores, sources=lambda pattern, paths: str(len(paths))
    )


def test_a_row_has_accuracy_tokens_and_moves_of_an_evaluated_cell(samples: list[str]):
    (section,) = power(results(samples))
    (table,) = section.blocks
    (row,) = table.rows
    assert row == {
        "decoding": "t1-pow4x8",
        "split": "validation",
        "accuracy": 0.25,
        "draws": 4,
        "kept": 25.0,
        "drawn": 130.0,
        "factor": 5.2,
        "accepted": 0.75,
        "changed": 0.25,
    }
    assert "5.2 times the tokens" in table.title


def test_a_study_without_a_power_has_no_section(samples: list[str]):
    assert power(results(samples[-1:])) == []

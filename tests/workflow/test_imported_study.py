"""A study whose samples are files: the tiny study's own give its verdicts and scores again."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from study_folder import RESULTS, StudyFolder, imported_study

from ssdmath.tables import parquet

pytestmark = pytest.mark.workflow
CELLS = {"validation": ["t0.6", "t1", "t1-m0.1"], "test": ["t1"]}
NAMED = ["split", "decoding", "stratum"]


def test_imported_samples_get_the_verdicts_and_scores_of_the_drawn_ones(copy: StudyFolder):
    study = imported_study(CELLS, f"{RESULTS}/samples/base/{{}}/{{}}/0.parquet")
    drawn, read = copy.results, copy.folder / "results" / "read"
    copy.made(study)
    for split, slugs in CELLS.items():
        for slug in slugs:
            cell = f"base/{split}/{slug}/0.parquet"
            first, second = (
                pl.read_parquet(folder / "verdicts" / cell) for folder in (drawn, read)
            )
            assert second.equals(first)
            samples = (pl.read_parquet(folder / "samples" / cell) for folder in (drawn, read))
            one, two = (table.drop("prompt_ids", "logprob") for table in samples)
            assert two.equals(one)
    scores = pl.read_parquet(read / "scores.parquet")
    whole = pl.read_parquet(drawn / "scores.parquet").filter(model="base")
    assert scores.equals(whole.join(scores, on=NAMED, how="semi"))
    assert scores.select("split", "decoding").unique().height == sum(map(len, CELLS.values()))
    assert not (read / "models").exists()
    report = (read / "report.html").read_text()
    assert "Samples: read from files." in report
    assert "Nothing is drawn: at most" in (read / "plan.md").read_text()
    record = parquet.provenance(read / "samples/base/test/t1/0.parquet")
    assert record["imported"]["misses"] == 0
    assert copy.planned(study) == {}
    _refused(copy, study)


def test_samples_of_a_released_checkpoint_are_compared_with_those_of_its_base(copy: StudyFolder):
    # the tiny study's own checkpoint that was tested, taken for one of others
    (tested,) = (copy.results / "samples").glob("ssd*/test/*")
    trained = tested.parts[-3]
    study = imported_study(CELLS | {"test": CELLS["validation"]}, "")
    grid = CELLS["validation"]
    study["imported"]["cells"] = {
        model: {
            "validation": {slug: file(f"{source}/validation/{slug}") for slug in grid},
            "test": {slug: file(f"{source}/test/{test}") for slug in grid},
        }
        for model, source, test in (("base", "base", "t1"), ("rel_c0", trained, tested.name))
    }
    study["arms"] = {"rel": {"checkpoints": [{"hub": "their/model", "revision": "0" * 40}]}}
    study["evaluation"]["tested"] = ["base", "rel"]
    sides = {"a": {"arm": "rel"}, "b": {"arm": "base"}}
    best = {"name": "rel against base", "family": "primary", "split": "test"}
    study |= {"name": "theirs", "contrasts": [best | sides]}
    copy.made(study)
    read = copy.folder / "results" / "theirs"
    drawn = pl.read_parquet(copy.results / "scores.parquet").filter(model=trained)
    own = pl.read_parquet(read / "scores.parquet").filter(model="rel_c0", split="validation")
    both = own.join(drawn, on=NAMED, how="inner")
    assert both.height == own.height > 0
    assert both["accuracy"].equals(both["accuracy_right"], check_names=False)
    row = pl.read_parquet(read / "contrasts.parquet").row(0, named=True)
    assert (row["contrast"], row["runs"]) == ("rel against base", 1)
    report = (read / "report.html").read_text()
    assert "Checkpoints: rel_c0 were not loaded." in report
    assert copy.planned(study) == {}
    study["arms"]["rel"]["checkpoints"] *= 2
    study["imported"]["cells"]["rel_c1"] = study["imported"]["cells"]["rel_c0"]
    planned = copy.planned(study)
    for verb in ("sample", "verify"):  # those of the new checkpoint, and no other's again
        assert planned[f"{verb}_temperatures"] == planned[f"{verb}_decode_only"] == 1


def file(cell: str) -> dict[str, str]:
    """The file of a cell that the tiny study drew."""
    return {"path": f"{RESULTS}/samples/{cell}/0.parquet"}


def _refused(copy: StudyFolder, study: dict[str, Any]) -> None:
    """A pilot, and a half-written file, stop a run before its first job, in one line."""
    done = copy.run(study, "--quiet", "all", "--", "pilot")
    assert "error: config/tiny.yaml: found sample_pilot, and sampling.engine is imp" in done.stderr
    runs = copy.folder / "runs"
    runs.mkdir()
    Path(runs / "t1.jsonl").write_text('{"problem": "x", "index": 0, "text": "y", "fin')
    study["imported"]["cells"]["base"]["test"]["t1"] = {"path": "runs/t1.jsonl"}
    done = copy.run(study, "-n")
    assert done.returncode != 0
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: config/tiny.yaml: runs/t1.jsonl row 1: not JSON")

import polars as pl
import pytest

from ssdmath.config.arms import ArmConfig
from ssdmath.tables import schemas
from ssdmath.training import selection
from ssdmath.training.batches import SortedBatches

TEXTS = ["a\n</think>\nb", "", "<think>\n</think>", "one line", "x\ny", "long\nand\nlonger"]
FINISH = ["stop", "stop", "stop", "stop", "length", "stop"]
CORRECT = [True, False, False, False, False, None]


def cell() -> tuple[pl.DataFrame, pl.DataFrame]:
    count = len(TEXTS)
    shared = {"problem": [f"p{i}" for i in range(count)], "index": [0] * count}
    samples = pl.DataFrame(
        shared
        | {
            "seed": [0] * count,
            "prompt_ids": [[1]] * count,
            "token_ids": [[1] * (i + 1) for i in range(count)],
            "text": TEXTS,
            "finish": FINISH,
            "logprob": [0.0] * count,
        },
        schema=schemas.SAMPLES,
    )
    return samples, pl.DataFrame(shared | {"correct": CORRECT})


def kept(keep: str, **more: object) -> tuple[list[str], dict[str, int]]:
    arm = ArmConfig.model_validate({"decodings": ["t1"], "keep": keep} | more)
    rows, counts = selection.select(*cell(), arm, run="r")
    assert counts["kept"] + sum(counts["dropped"].values()) == counts["sampled"] == len(TEXTS)
    return rows["problem"].to_list(), counts["dropped"]


def test_nonempty_drops_empty_completions_and_one_line_stubs_only():
    assert kept("nonempty") == (["p0", "p4", "p5"], {"empty": 2, "one_line_stub": 1})


def test_complete_also_drops_what_was_cut_off():
    assert kept("complete")[0] == ["p0", "p5"]
    assert kept("complete")[1]["length_stop"] == 1


def test_correct_keeps_neither_wrong_nor_unjudged_samples():
    assert kept("correct")[0] == ["p0"]


def test_keep_all_drops_no_sample():
    assert kept("all") == ([f"p{i}" for i in range(6)], {})


def test_the_shortest_share_is_dropped_from_what_the_filter_kept():
    assert kept("nonempty", drop_shortest=0.34) == (
        ["p4", "p5"],
        {"empty": 2, "one_line_stub": 1, "shortest": 1},
    )


def test_an_arm_that_keeps_nothing_is_an_error_naming_the_run():
    samples, verdicts = cell()
    arm = ArmConfig.model_validate({"decodings": ["t1"], "keep": "correct"})
    none = verdicts.with_columns(correct=pl.lit(value=False))
    with pytest.raises(selection.SelectionError, match=r"^r: no sample of 6 is kept"):
        selection.select(samples, none, arm, run="r")


def drawn(texts: list[list[str]]) -> pl.DataFrame:
    """Several draws (inner lists) of problems p0, p1, ...; one token more with every draw."""
    pairs = [(at, index, text) for at, own in enumerate(texts) for index, text in enumerate(own)]
    rows = [
        (f"p{at}", index, 0, [1], [1] * (index + 1), text, "stop", 0.0) for at, index, text in pairs
    ]
    return pl.DataFrame(rows, schema=schemas.SAMPLES, orient="row")


def test_of_matched_prompts_the_first_sample_that_passes_is_taken():
    arm = ArmConfig.model_validate({"decodings": ["t1"]})
    samples = drawn([["", "x\ny"], ["x\ny", "x\nz"], ["one line", ""], ["x\ny", ""]])
    rows, counts = selection.select(samples, None, arm, run="r", matched=["p0", "p1", "p2"])
    assert rows.select("problem", "index").rows() == [("p0", 1), ("p1", 0)]
    assert (counts["kept"], counts["later_draw"], counts["unmatched"]) == (2, 1, 1)
    assert counts["dropped"] == {"empty": 3, "one_line_stub": 1, "not_first": 1, "unmatched": 1}
    assert counts["kept"] + sum(counts["dropped"].values()) == counts["sampled"]


def test_a_matched_arm_chooses_among_its_own_draws_alone():
    arm = ArmConfig.model_validate({"decodings": ["t1"]})
    samples = drawn([["x\ny", "x\nz", "x\nw"], ["x\ny", "", "x\nz"]])
    rows, counts = selection.select(samples, None, arm, run="r", matched=["p0", "p1"], draws=(1, 3))
    assert rows.select("problem", "index").rows() == [("p0", 1), ("p1", 2)]
    assert (counts["later_draw"], counts["dropped"]["other_draws"]) == (1, 2)
    assert counts["kept"] + sum(counts["dropped"].values()) == counts["sampled"]


def test_without_matching_every_sample_that_passes_is_taken():
    arm = ArmConfig.model_validate({"decodings": ["t1"]})
    rows, counts = selection.select(drawn([["x\ny", "x\nz"], ["", "x\ny"]]), None, arm, run="r")
    assert rows["problem"].to_list() == ["p0", "p0", "p1"]
    assert (counts["unmatched"], counts["later_draw"]) == (0, 0)


def test_the_levels_of_a_set_count_its_rows():
    rows = pl.DataFrame({"problem": ["a", "b", "c", "c"]})
    problems = pl.DataFrame({"id": ["a", "b", "c", "d"], "stratum": ["easy", None, "hard", "hard"]})
    assert selection.levels(rows, problems) == {"": 1, "easy": 1, "hard": 2}


@pytest.mark.parametrize("steps", [1, 4, 5, 6, 13])
@pytest.mark.parametrize("rows", [3, 8, 17])
def test_the_budget_is_what_the_trainers_batches_hold(rows: int, steps: int):
    sampler, held = SortedBatches([1] * rows, batch=4, seed=0), 0
    epochs = (list(sampler) for _ in range(steps))
    batches = [epoch[at : at + 4] for epoch in epochs for at in range(0, rows, 4)]
    held = sum(map(len, batches[:steps]))
    used = selection.budget(rows, 10 * rows, steps=steps, batch=4)
    assert used["rows_trained"] == held
    assert used["epochs"] == pytest.approx(held / rows, abs=1e-4)
    assert used["tokens_trained"] == 10 * held

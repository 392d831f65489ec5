import polars as pl
import pytest

from ssdmath.config.arms import ArmConfig
from ssdmath.tables import schemas
from ssdmath.training import selection

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


def test_all_drops_nothing():
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

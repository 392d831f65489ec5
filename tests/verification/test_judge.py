import subprocess
import sys

import judged_cells
import polars as pl
import pytest

from ssdmath.config.verification import VerificationConfig
from ssdmath.tables import parquet, schemas
from ssdmath.verification import completion, judge


def cell(*draws, problem="p"):
    """A cell of SAMPLES from (text, finish) or text; every completion is five tokens long."""
    rows = [
        {
            "problem": problem,
            "index": index,
            "seed": 0,
            "prompt_ids": [1],
            "token_ids": [1, 2, 3, 4, 5],
            "text": draw if isinstance(draw, str) else draw[0],
            "finish": "stop" if isinstance(draw, str) else draw[1],
            "logprob": -1.0,
        }
        for index, draw in enumerate(draws)
    ]
    return pl.DataFrame(rows, schema=schemas.SAMPLES)


def box(answer):
    return f"So it is.</think>The answer is \\boxed{{{answer}}}."


def judged_files(paths, gold, workers=1):
    cells = {key: completion.slices(path) for key, path in paths.items()}
    limits = VerificationConfig()
    return judge.judge_cells(cells, {"p": gold}, thinking=True, limits=limits, workers=workers)


def verdicts(*draws, gold="3/4", thinking=True, **options):
    return judged_cells.verdicts(cell(*draws), {"p": gold}, thinking=thinking, **options)


@pytest.mark.parametrize(
    ("draw", "status"),
    [
        (box("0.75"), "correct"),
        (box("7"), "wrong"),
        ("done</think>The answer is 3/4.", "no_box"),
        ("It is \\boxed{3/4}, let me see", "unclosed_think"),
        ((box("3/4"), "length"), "length_stop"),
        ("</think>\\boxed{3/4", "parse_fail"),
        (box("3 +* 4"), "parse_fail"),
    ],
)
def test_every_completion_has_its_status(draw, status):
    assert verdicts(draw)["status"].to_list() == [status]


def test_correct_is_null_only_where_nothing_could_be_judged():
    found = verdicts(box("3/4"), box("7"), "</think>none", "open", ("", "length"), box("3 +* 4"))
    assert found["correct"].to_list() == [True, False, False, False, False, None]


def test_a_box_inside_the_thinking_is_not_an_answer():
    assert verdicts("\\boxed{3/4}</think>I am done.")["status"].item() == "no_box"


def test_the_last_box_decides():
    assert verdicts("</think>\\boxed{7} or rather \\boxed{3/4}")["status"].item() == "correct"
    assert verdicts("</think>\\boxed{3/4} or rather \\boxed{7}")["status"].item() == "wrong"


def test_a_model_that_does_not_think_is_judged_on_the_whole_text():
    found = verdicts("\\boxed{3/4}", "<think> \\boxed{3/4}", thinking=False)
    assert found["status"].to_list() == ["correct", "unclosed_think"]


def test_equal_answers_share_a_class():
    answers = verdicts(box("0.75"), box("3/4"), box("\\frac{3}{4}"), box("\\dfrac{6}{8}"))["answer"]
    assert answers.unique().to_list() == ["3/4"]


def test_equal_irrational_answers_share_a_class_whether_right_or_wrong():
    right = verdicts(box("\\sqrt{12}"), box("2\\sqrt3"), gold="2\\sqrt{3}")
    wrong = verdicts(box("\\sqrt{12}"), box("2\\sqrt3"), gold="2\\sqrt{5}")
    assert right["status"].to_list() == ["correct"] * 2
    assert wrong["status"].to_list() == ["wrong"] * 2
    assert right["answer"].n_unique() == wrong["answer"].n_unique() == 1


@pytest.mark.parametrize("answer", ["5\\mm", "5\\,\\mm", "5\\pp"])
def test_a_command_like_plus_minus_is_no_crash(answer):
    assert verdicts(box(answer), gold="5")["status"].item() == "parse_fail"


def test_no_answer_is_null():
    assert verdicts("</think>nothing", "open", (box("3/4"), "length"))["answer"].null_count() == 3


def test_the_rows_keep_their_order():
    draws = [box(str(n % 7)) for n in range(50)]
    assert verdicts(*draws, gold="3")["index"].to_list() == list(range(50))


def test_cells_together_are_judged_as_one_by_one(tmp_path):
    cells = {"a": cell(box("\\sqrt 2"), box("1")), "b": cell(box("\\sqrt{2}"), box("2^{1/2}"))}
    paths = {key: tmp_path / f"{key}.parquet" for key in cells}
    for key, samples in cells.items():
        parquet.write(samples, paths[key], schemas.SAMPLES, {})
    together = judged_files(paths, "\\sqrt2", workers=2)
    for key, samples in cells.items():
        assert together[key].equals(judged_cells.verdicts(samples, {"p": "\\sqrt2"}))


def test_files_are_judged_like_frames(tmp_path):
    samples = cell(*[box(str(n)) for n in range(2500)])
    path = tmp_path / "0.parquet"
    parquet.write(samples, path, schemas.SAMPLES, {})
    found = judged_files({"a": path}, "3")
    assert found["a"].equals(judged_cells.verdicts(samples, {"p": "3"}))


def test_a_file_that_is_not_samples_is_named(tmp_path):
    path = tmp_path / "0.parquet"
    path.write_bytes(b"not parquet")
    with pytest.raises(parquet.TableError, match=r"0\.parquet"):
        judged_files({"a": path}, "3")


def test_a_problem_without_a_gold_is_named():
    with pytest.raises(ValueError, match="without a gold: \\['p'\\]"):
        judged_cells.verdicts(cell(box("3")), {"q": "3"})


def test_length_markers_loops_thinking_and_boxes_of_a_draw_are_counted():
    found = verdicts("Wait, hmm. Let me check. Fine.</think>\\boxed{3/4}", "a b c d " * 40)
    assert found["tokens"].to_list() == [5, 5]
    assert found["markers"].to_list() == [3, 0]
    assert found["loop"].to_list() == [False, True]
    assert found["think_closed"].to_list() == [True, False]
    assert found["boxed"].to_list() == [True, False]


def test_an_empty_cell_gives_an_empty_table():
    found = judged_cells.verdicts(cell(), {})
    assert found.schema == schemas.VERDICTS
    assert found.is_empty()


def test_rational_answers_load_no_algebra_system():
    code = (
        "import sys; sys.path[:0] = ['scripts', 'tests/support', 'tests/verification'];"
        "import test_judge as t; t.verdicts(t.box('0.75'), t.box('7'), t.box('(1,2)'));"
        "sys.exit(any(name in sys.modules for name in ('sympy', 'mpmath', 'math_verify')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_limits_refuse_an_unknown_key():
    with pytest.raises(ValueError, match="minutes"):
        VerificationConfig(minutes=3)

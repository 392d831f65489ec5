"""What starts first, and that no draw depends on it."""

import polars as pl
from journaled_sweep import CAP, plans

from ssdmath.sampling.schedule import base_lengths, by_length, shortest_last
from ssdmath.sampling.sweep import sample_sweep
from ssdmath.sampling.transformers_engine import TransformersEngine
from ssdmath.tables import parquet, schemas


def table(folder, tokens):
    """A finished cell of base in which each problem has completions of these lengths."""
    rows = [(name, at, many) for name, all_ in tokens.items() for at, many in enumerate(all_)]
    frame = pl.DataFrame(
        {
            "problem": [name for name, _, _ in rows],
            "index": [at for _, at, _ in rows],
            "seed": [0] * len(rows),
            "prompt_ids": [[1]] * len(rows),
            "token_ids": [[5] * many for _, _, many in rows],
            "text": [""] * len(rows),
            "finish": ["stop"] * len(rows),
            "logprob": [0.0] * len(rows),
        },
        schema=schemas.SAMPLES,
    )
    parquet.write(frame, folder / "0.parquet", schemas.SAMPLES, {})


def test_the_problems_that_took_base_least_start_last_and_unknown_ones_count_as_the_median(
    tmp_path,
):
    table(tmp_path / "base" / "validation" / "t1", {"p3": [9, 11], "p1": [2], "p2": [4]})
    table(tmp_path / "base" / "validation" / "t0.7", {"p3": [10], "p1": [4], "p2": [6]})
    table(tmp_path / "base" / "test" / "t1", {"p1": [900]})
    table(tmp_path / "ssd_t1_s0@2" / "validation" / "t1", {"p1": [900]})
    assert base_lengths(tmp_path, "validation") == {"p3": 10, "p1": 3, "p2": 5}
    asked = [one for plan in plans(tmp_path).values() for one in plan.requests]
    some = [one for one in asked if one.problem in ("p0", "p1", "p2", "p3")]
    order = [one.problem for one in shortest_last(tmp_path, "validation", len(some))(some)]
    assert list(dict.fromkeys(order)) == ["p3", "p0", "p2", "p1"]
    assert sorted(order) == sorted(one.problem for one in some)


def test_all_but_the_two_batches_of_shortest_ones_stay_where_they_were(tmp_path):
    table(tmp_path / "base" / "validation" / "t1", {"p0": [5], "p1": [2], "p2": [9], "p3": [7]})
    asked = [one for plan in plans(tmp_path).values() for one in plan.requests]
    some = [one for one in asked if one.problem in ("p0", "p1", "p2", "p3")]
    of_two = sum(one.problem in ("p0", "p1") for one in some)
    order = list(shortest_last(tmp_path, "validation", of_two // 2)(some))
    assert order[:-of_two] == [one for one in some if one.problem in ("p2", "p3")]
    assert list(dict.fromkeys(one.problem for one in order[-of_two:])) == ["p0", "p1"]


def test_without_a_finished_cell_the_order_stays(tmp_path):
    asked = [request for plan in plans(tmp_path).values() for request in plan.requests]
    assert list(shortest_last(tmp_path, "validation", 1)(asked)) == asked


def test_no_draw_depends_on_the_order(tmp_path, tiny_qwen3):
    known = {f"p{number}": float(number) for number in range(25)}
    begun = []

    def engine():
        return TransformersEngine(str(tiny_qwen3), batch=32, threads=1)

    def order(requests):
        begun.extend(by_length(requests, known, len(requests)))
        return begun

    plain = dict(sample_sweep(engine, plans(tmp_path / "a"), max_tokens=CAP))
    first = dict(sample_sweep(engine, plans(tmp_path / "b"), max_tokens=CAP, order=order))
    assert first == plain
    assert [begun[0].problem, begun[-1].problem] == ["p24", "p0"]


def test_lengths_are_known_from_the_rungs_until_base_is_drawn_in_full(tmp_path):
    table(tmp_path / "rungs" / "0" / "samples" / "base" / "validation" / "t1", {"p1": [7]})
    assert base_lengths(tmp_path / "samples", "validation") == {"p1": 7}
    table(tmp_path / "samples" / "base" / "validation" / "t1", {"p1": [3]})
    assert base_lengths(tmp_path / "samples", "validation") == {"p1": 3}

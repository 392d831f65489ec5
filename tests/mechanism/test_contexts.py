"""Contexts: even shares of the strata, from validation only; generated ones labelled exactly."""

from random import Random

import polars as pl
import pytest
from tokenizers import Tokenizer, models

from ssdmath.mechanism import contexts, generated_contexts, positions
from ssdmath.mechanism.contexts import GeneratedSplit
from ssdmath.mechanism.schemas import CONTEXTS
from ssdmath.mechanism.tokenizer import ContextError, ModelTokenizer, check_same
from ssdmath.micro.problems import items
from ssdmath.micro.traces import Composition, build
from ssdmath.micro.worlds import SSD
from ssdmath.tables import parquet, schemas

MICRO = "models/micro"


def verdicts(folder, model="base", split="validation", problems=12, draws=4, seed=0):
    rng = Random(f"{model}{seed}")
    rows = [
        {
            "problem": f"p{i}",
            "index": j,
            "status": (status := rng.choice(["correct", "wrong", "length_stop"])),
            "correct": status == "correct",
            "answer": None,
            "tokens": rng.randint(10, 128),
            "think_closed": True,
            "boxed": True,
            "loop": False,
            "markers": 0,
            "disagree": False,
        }
        for i in range(problems)
        for j in range(draws)
    ]
    path = folder / "verdicts" / model / split / "t1" / "0.parquet"
    parquet.write(pl.DataFrame(rows, schema=schemas.VERDICTS), path, schemas.VERDICTS, {})
    return str(path)


def test_every_stratum_gives_its_share_and_problems_are_spread(tmp_path):
    paths = [verdicts(tmp_path, model) for model in ("base", "ssd_t1.5_s0@30")]
    every = contexts.candidates(paths)
    picks = contexts.pick(every, number=24, seed=0)
    assert picks.height == 24
    counts = picks.group_by("writer", "correct", "length").len()["len"]
    assert counts.max() - counts.min() <= 1
    assert counts.len() == 12
    assert picks["problem"].n_unique() >= 11
    assert picks.select("writer", "problem", "index").is_duplicated().sum() == 0


def test_the_same_seed_picks_the_same_and_another_another(tmp_path):
    every = contexts.candidates([verdicts(tmp_path)])
    one, two, three = (contexts.pick(every, number=10, seed=s) for s in (0, 0, 1))
    assert one.equals(two)
    assert not one.equals(three)


def test_fewer_draws_than_wanted_are_all_taken(tmp_path):
    every = contexts.candidates([verdicts(tmp_path, problems=2, draws=3)])
    assert contexts.pick(every, number=50, seed=0).height == 6


def test_test_draws_are_refused(tmp_path):
    path = verdicts(tmp_path, split="test")
    with pytest.raises(parquet.TableError, match="validation draws only"):
        contexts.candidates([path])


def generate(families=()):
    """Generated contexts on the micro world's own validation problems."""
    drawn = items(split="validation", n=30, seed=11, families=families)
    names = {"id": [f"world-{i}" for i in range(30)]}
    problems = pl.DataFrame(
        names
        | {"statement": [item.statement for item in drawn]}
        | {"cluster": names["id"], "stratum": [item.stratum for item in drawn]}
    )
    prompts = {one: [5, 6, 7] for one in names["id"]}
    world = GeneratedSplit(seed=11, size=30, families=families)
    how = {"number": 45, "world": world, "cap": 128, "seed": 0, "start": 7}
    return generated_contexts.generate(problems, prompts, ModelTokenizer(MICRO), **how)


@pytest.fixture(scope="module")
def generated():
    return generate()


def test_they_are_of_the_families_that_validation_has():
    assert generate(("series", "recurrence"))["problem"].n_unique() == 30


def test_generated_contexts_are_numbered_on_and_hold_every_problem(generated):
    assert generated.schema == CONTEXTS
    assert generated["carrier"].to_list() == list(range(7, 52))
    assert generated["problem"].n_unique() == 30
    assert generated["token_ids"].list.len().max() <= 128


@pytest.mark.parametrize("composition", [Composition(second_thoughts=0.5), SSD])
def test_labels_stand_at_the_tokens_of_their_spans(composition):
    tokenizer = ModelTokenizer(MICRO)
    for number, item in enumerate(items(split="validation", n=40, seed=3)):
        trace = build(item, composition=composition, rng=Random(number))
        row = generated_contexts.labelled(item, trace, tokenizer, 10_000, composition)
        texts = [tokenizer.text(token) for token in row["token_ids"]]
        assert "".join(texts) == trace.text
        assert len(row["places"]) == len(trace.spans)
        for span, place, right in zip(trace.spans, row["places"], row["right"], strict=True):
            before = len("".join(texts[:place]))
            assert before <= span.start < before + len(texts[place])
            if span.kind == "lock":
                assert {tokenizer.text(token).strip() for token in right} == {span.note}
                written_right = trace.text[span.start : span.end] == span.note
                assert (row["token_ids"][place] in right) == written_right
            elif span.kind == "turn":
                assert [tokenizer.text(token) for token in right] == ["</think>"]
            elif span.note != "mistake":
                assert row["token_ids"][place] in right
            else:
                assert row["token_ids"][place] not in right


def test_a_fork_has_a_right_token_for_every_right_route(generated):
    tokenizer = ModelTokenizer(MICRO)
    first = generated.filter(pl.col("labels").list.first() == "fork")
    counts = {"easy": 3, "medium": 4, "hard": 5}
    for stratum, right in first.select("stratum", pl.col("right").list.first()).iter_rows():
        assert len(right) == counts[stratum]
        assert "Clearly" not in {tokenizer.text(token) for token in right}


def test_marked_positions_are_whole_words_also_over_several_tokens():
    texts = ["Lets", " Le", "t us", " Wait", ", ", "Let", "\\box", "ed{"]
    assert positions.marked(texts, "Let") == [1, 5]
    assert positions.marked(texts, "\\boxed") == [6]
    assert positions.marked(texts, "Suppose") == []


def test_positions_are_spread_evenly_when_a_context_is_long():
    assert positions.evenly_spaced(5, 8) == [0, 1, 2, 3, 4]
    found = positions.evenly_spaced(1000, 10)
    assert found == list(range(0, 1000, 100))


def test_a_word_is_found_beyond_a_gap_in_the_ids(tmp_path):
    words = models.WordLevel({"a": 0, "b": 1, "</think>": 50}, unk_token="a")
    Tokenizer(words).save(str(tmp_path / "tokenizer.json"))
    assert ModelTokenizer(tmp_path).ids_of("</think>") == [50]


def test_another_tokenizer_is_named(tiny_qwen3):
    with pytest.raises(ContextError, match="allowed: the same tokenizer"):
        check_same(ModelTokenizer(tiny_qwen3), ModelTokenizer(MICRO).digest, "base")


def test_a_model_without_a_fast_tokenizer_is_named(tmp_path):
    with pytest.raises(ContextError, match=r"tokenizer.json: not there"):
        ModelTokenizer(tmp_path)

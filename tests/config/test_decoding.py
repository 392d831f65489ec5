import itertools

import pytest

from ssdmath.config.decoding import Decoding, slug

GRID = [
    Decoding(temperature=t, top_k=k, top_p=p, min_p=m, presence_penalty=pp)
    for t, k, p, m, pp in itertools.product(
        (0, 0.05, 0.7, 1, 1.15), (0, 1, 20), (0.8, 0.95, 1), (0, 0.02), (0, 1.5)
    )
]
GRID += [
    own.model_copy(update={"target": target})
    for own in GRID[8:20:3]
    for target in GRID[8:32:5]
    if not (own.greedy or target.greedy or own.presence_penalty or target.presence_penalty)
]


@pytest.mark.parametrize("decoding", GRID, ids=slug)
def test_a_slug_reads_back_as_the_decoding_it_names(decoding: Decoding):
    assert Decoding.parse(slug(decoding)) == decoding


def test_the_card_presets_have_their_published_slugs():
    general = Decoding(temperature=1, top_k=20, top_p=0.95, presence_penalty=1.5)
    assert slug(general) == "t1-k20-p0.95-pp1.5"
    assert slug(Decoding(temperature=1, min_p=0.02)) == "t1-m0.02"


@pytest.mark.parametrize("text", ["", "0.7", "t-1", "t1-p", "t1-p0.9-k20", "t1 ", "t1-q3", "T1"])
def test_text_of_another_form_is_refused_and_the_form_is_named(text: str):
    with pytest.raises(ValueError, match="is not of the form t<T>"):
        Decoding.parse(text)


@pytest.mark.parametrize("text", ["t0.70", "t1.0", "t1-k0", "t01", "t1-p1"])
def test_a_second_spelling_of_a_decoding_is_refused(text: str):
    with pytest.raises(ValueError, match="must be written"):
        Decoding.parse(text)


@pytest.mark.parametrize("text", ["t1-p1.5", "t1-p0", "t9", "t1-m2"])
def test_values_out_of_range_are_refused(text: str):
    with pytest.raises(ValueError, match=r"less than|greater than"):
        Decoding.parse(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("t0-of-t1.5-p0.8", "a part is greedy"),
        ("t1-of-t0", "a part is greedy"),
        ("t1-pp1-of-t1.5", "a part is with a presence penalty"),
        ("t1-of-t1.5-p0.8-pp1", "a part is with a presence penalty"),
        ("t1-of-t1-of-t1", "composed of three; allowed: of two"),
        ("t1-of-t1.50", "must be written 't1.5'"),
        ("t1-of-t1-p2", "top_p: found 2"),
        ("t1-of-", "is not of the form"),
        ("-of-t1", "is not of the form"),
    ],
)
def test_a_composed_decoding_that_has_no_meaning_is_refused(text: str, wrong: str):
    with pytest.raises(ValueError, match=wrong):
        Decoding.parse(text)


def test_a_composed_decoding_draws_at_the_product_of_its_temperatures():
    composed = Decoding.parse("t0.5-of-t1.5-p0.8")
    assert (composed.temperature, composed.heat) == (0.5, 0.75)
    assert composed.truncated
    assert composed.truncation == "of-t1.5-p0.8"
    assert not Decoding.parse("t0.5-of-t1.5").truncated


def test_truncation_is_the_slug_without_the_temperature():
    assert Decoding.parse("t1.1-k20-p0.95").truncation == "k20-p0.95"
    assert Decoding.parse("t1.1").truncation == ""

"""Contrasts in words: what is compared, and the short names kept for the page's hover."""

import pytest

from ssdmath.report import phrases

ROW = {
    "contrast": "ssd against base, each at its best",
    "a": "ssd_t1.1-k20-p0.95_s0@94,ssd_t1.1-k20-p0.95_s1@94 | t0.7",
    "b": "base | t1.5-m0.2",
    "split": "test",
    "problems": 1200,
    "delta": 0.02,
    "lo": -0.01,
    "hi": 0.05,
    "p_holm": 0.2,
    "verdict": "undecided (would need 1200 problems)",
}


def said(phrase):
    text = "".join(piece.text for piece in phrase)
    return text.replace("\u00a0", " ").replace("\u2011", "-")


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("t0.7", "T = 0.7"),
        ("t0", "greedy"),
        ("t1.5-m0.2", "T = 1.5, min-p 0.2"),
        ("t1-k20-p0.95-pp1.5", "T = 1, top-k 20, top-p 0.95, presence penalty 1.5"),
        ("t0.7-of-t1.5-p0.8", "T = 0.7 inside T = 1.5, top-p 0.8"),
        ("t1-pow2.5x8", "power 2.5 after 8 moves"),
        ("<b>odd</b>", "<b>odd</b>"),
    ],
)
def test_a_decoding_is_spelled_out(slug, words):
    assert said([phrases.Piece(phrases.decoding(slug))]) == words


def test_a_trained_side_says_what_it_was_trained_on_and_how_often():
    found = phrases.side(ROW["a"])
    assert said(found) == (
        "ssd (trained on samples at T = 1.1, top-k 20, top-p 0.95; 2 runs) at T = 0.7"
    )
    assert [piece.slug for piece in found if piece.slug] == ["t1.1-k20-p0.95", "t0.7"]


def test_a_side_that_is_no_model_of_ours_stays_as_it_is_written():
    assert said(phrases.side("other thing | t1")) == "other thing at T = 1"
    assert phrases.arm("other thing | t1") == "other thing"


def test_the_answer_has_both_accuracies_the_difference_the_split_and_the_runs():
    assert said(phrases.answer(ROW, [0.6, 0.58])) == (
        "On the 1,200 test problems, accuracy is 60.0 % for ssd (trained on samples at T = 1.1, "
        "top-k 20, top-p 0.95; 2 runs) at T = 0.7 and 58.0 % for base at T = 1.5, min-p 0.2: a "
        "difference of +2.0 points (95 % interval [−1.0, 5.0], corrected p = 0.200)."
    )


def test_the_headline_names_the_contrast_and_what_it_would_need_is_a_sentence():
    assert phrases.headline(ROW) == "Undecided: ssd against base, each at its best"
    assert phrases.needed(ROW) == "To decide, it would need 1200 problems."
    found = "this checkpoint: undecided (2 points would be found four times in five)"
    sentence = "Differences of 2 points would be found four times in five."
    assert phrases.needed(ROW | {"verdict": found}) == sentence
    better = ROW | {"verdict": "this checkpoint: higher in accuracy"}
    assert phrases.headline(better).startswith("This checkpoint: higher in accuracy: ssd against")
    assert phrases.needed(better) == ""

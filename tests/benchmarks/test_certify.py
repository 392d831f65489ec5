"""The certificate: what a replication shares with no other, what is counted, what is refused."""

import certificate_figure
import certificate_page
import certify
import pytest
from certificate_page import AGAIN, COMPOSED, DECODING, NAIVE, PLACEBO, SSD

from ssdmath.config.study import Study
from ssdmath.contrasts import attribution
from ssdmath.tables import atomic


def row(contrast, delta, p=0.001, width=0.04):
    edges = {"lo": delta - width / 2, "hi": delta + width / 2}
    return {"contrast": contrast, "delta": delta, "p_holm": p, **edges}


@pytest.mark.parametrize("world", certify.CONFIGS)
def test_replications_share_neither_problems_nor_runs_nor_draws(world):
    configs = [certify.replication(world, number) for number in range(3)]
    studies = [Study.model_validate(config) for config in configs]
    assert len({study.name for study in studies}) == 3
    seeds = [seed for study in studies for seed in study.training.seeds]
    assert len(set(seeds)) == len(seeds) == 12
    evaluations = [study.evaluation for study in studies]
    drawn = [seed for one in evaluations for seed in (one.seed, one.placebo.seed)]
    assert len(set(drawn)) == 6
    assert len({source.seed for s in studies for source in s.problems.sources.values()}) == 3


@pytest.mark.parametrize("world", certify.CONFIGS)
def test_every_planted_contrast_that_is_declared_has_its_name_in_the_config(world):
    names = {contrast["name"] for contrast in certify.replication(world, 0)["contrasts"]}
    causes = {step.cause for step in attribution.FILTERED} | set(attribution.BESIDE)
    planted = set(certificate_page.PLANTED[world]) - {AGAIN, PLACEBO}
    # Two steps without an arm between them are one row, named after both.
    assert {part for row in planted - names for part in row.split(" and ")} <= causes


def test_right_verdicts_are_counted_by_what_was_planted():
    again = "naive runs 0, 1 against its runs 2, 3 (A/A)"
    records = [
        {
            "world": "ssd",
            "code": "0123",
            "validation": {"problems": 200, "draws": 4},
            "runs": 4,
            "contrasts": [
                row(SSD, gain),
                row(COMPOSED, 0.01, p=0.4),
                row(NAIVE, -0.03),
                row(again, 0.0, p=1.0),
                row(PLACEBO, 0.01, p=0.5),
                row("another", 0.9),
            ],
        }
        for gain in (0.1, 0.2, 0.18)
    ]
    numbers = certificate_page.summary(records)
    found = numbers["ssd"]["rows"]
    assert {name: one["right"] for name, one in found.items()} == {
        SSD: 3,
        COMPOSED: 0,
        DECODING: 0,  # no replication has the row
        NAIVE: 0,
        AGAIN: 3,
        PLACEBO: 3,
    }
    assert found[NAIVE]["worse"] == 3
    assert found[SSD]["mean"] == pytest.approx(0.16)
    assert found[SSD]["covers"] == pytest.approx(1 / 3, abs=1e-6)  # 0.18 alone is within 0.02
    text = certificate_page.page(numbers)
    assert "World `ssd`: 3 replications" in text
    assert "+16.0" in text
    assert "13 of 15 do: 87 %" in text
    assert "4 runs per arm" in text
    assert "chosen on 200 problems, 4 draws each" in text
    figure = certificate_figure.svg(numbers)
    assert figure.startswith("<svg")
    assert "World ssd: 3 studies" in figure


def test_a_replication_by_other_code_is_refused(tmp_path):
    atomic.write_json({"code": "0" * 16, "contrasts": []}, tmp_path / "ssd-00.json")
    with pytest.raises(
        SystemExit, match=r"ssd-00.json: code is 0000000000000000, allowed: \w+; move"
    ):
        certify.made("ssd", 0, tmp_path, 1)


def test_a_finished_replication_is_not_made_again(tmp_path):
    kept = {"code": certify.code_digest("ssd"), "world": "ssd", "number": 0, "contrasts": []}
    atomic.write_json(kept, tmp_path / "ssd-00.json")
    assert certify.made("ssd", 0, tmp_path, 1) == kept


def test_the_page_is_written_from_the_kept_numbers():
    kept = atomic.read_json(certify.ROOT / "docs/certificate.json")
    text = certificate_page.page(kept)
    assert (certify.ROOT / "docs/certificate.md").read_text() == text
    found = text.index("World `ssd`"), text.index("World `null`")
    assert found[0] < found[1]

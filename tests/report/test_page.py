"""What the report says, read from its page in a real headless Chromium."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
import synthetic_study
from opened_reports import OpenReport, build_report
from playwright.sync_api import Browser

import report
from ssdmath.report import origin

pytestmark = pytest.mark.browser
LARGEST = 3_000_000  # bytes of a report of a small study
MECHANISM = ("toy", "geometry", "probe", "cards", "truth", "heuristic_recall", "target", "lengths")
TABLES = ("attribution", "temperature", "curves", "gains", "votes", "by_problem", "spread")
NO_TABLES = dict.fromkeys((*TABLES, *MECHANISM))


def test_page_of_a_small_study_is_one_small_file(plain_report):
    assert plain_report.stat().st_size < LARGEST


def test_strata_stand_from_easy_to_hard_in_the_filter(plain_report):
    html = plain_report.read_text(encoding="utf-8")
    found = re.search(r'<select name="stratum">(.*?)</select>', html)[1]
    assert re.findall(r'value="(\w+)"', found) == ["easy", "medium", "hard"]


def test_the_sentence_on_majority_votes_is_of_base_and_of_the_best_other_condition(plain_report):
    html = plain_report.read_text(encoding="utf-8")
    said = re.search(r">(Majority votes of base and of the best other condition: [^<]*)</p>", html)[
        1
    ]
    assert re.findall(r"(?:: |; )(\w+)", said) == ["base", "base", "ssd"]


def test_every_chart_is_drawn_with_marks_in_it(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        marks = opened.unfolded_page().eval_on_selector_all(
            "[data-chart]",
            "all => all.map(c => c.querySelectorAll('.role-mark path, .role-mark line').length)",
        )
        assert len(marks) >= 15
        assert min(marks) > 0


def test_first_screen_holds_the_verdict_words_of_the_primary_contrast(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        headline = opened.page.inner_text("#answer-title")
        assert headline.endswith(": ssd - base")
        assert "95 % interval" in opened.page.inner_text("#answer .verdict").replace("\u00a0", " ")
        for shown in (
            "#answer-title",
            ".verdict",
            "#figure-primary .chart svg",
            ".controls",
            ".kind",
        ):
            box = opened.page.locator(f"#answer {shown}").bounding_box()
            assert box["y"] + box["height"] < 800


def test_first_screen_shows_the_controls_with_their_state_and_number(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        shown = opened.page.locator("#answer .controls li").all_inner_texts()
    halves = next(text for text in shown if "naive run 0 - run 1" in text)
    assert halves.startswith(("pass", "ALARM"))
    assert re.search(r"[+−]?[\d.]+\spoints \[[−\d.]+, [−\d.]+\], 30 problems", halves)
    assert any("naive - base" in text for text in shown)


def test_looks_at_the_test_split_are_listed(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        section = opened.unfolded_page().inner_text("#test-looks")
    assert "Test was looked at 2 times; 1 later choice could see an earlier look." in section
    assert "base at t1.3" in section


def test_training_sets_say_what_was_dropped_and_trained(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        table = opened.unfolded_page().inner_text("#table-sets")
        told = opened.page.locator("#answer .warnings").text_content()
    assert "empty 3, length_stop 7" in table
    assert "easy 20, hard 10" in table
    assert "2.50" in table
    # 3 of 40 are more than 5 %, 2 are not; those that were cut off are not counted.
    assert "one line long: 8 % of ssd; keep: all" in told.replace("\u00a0", " ")


def test_first_screen_gives_both_accuracies_split_and_runs(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        sentence = opened.page.inner_text("#answer .verdict").replace("\u00a0", " ")
        rows = opened.page.locator("#figure-test .reading").inner_text().replace("\u00a0", " ")
        causes = opened.page.locator("#answer dl.verdicts dd").all_inner_texts()
    found = re.search(
        r"On the 30 test problems, accuracy is ([\d.]+ %) for ssd \(trained on samples at T = 1.3, "
        r"top\u2011p 0.8; 2 runs\) at T = 0.7 and ([\d.]+ %) for base at T = 0.7: a difference of "
        r"[+−][\d.]+ points",
        sentence,
    )
    assert found
    assert f"ssd t1.3-p0.8 at t0.7 {found[1]}" in rows
    assert f"base at t0.7 {found[2]}" in rows
    assert len(causes) > 1
    assert all(", validation: " in cause for cause in causes)


def test_small_model_is_called_a_laboratory_model_and_a_large_one_is_not(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    large = {"path": "models/other", "thinking": True}
    for model, parameters, small in (
        (files["study"]["model"], None, True),
        (large, None, False),
        (large, 49, True),
        (large, 4_000, False),
    ):
        path = None
        if parameters:
            path = tmp_path / "plan.json"
            path.write_text(json.dumps({"parameters": parameters * 10**6}))
        report.main(
            **files | {"study": files["study"] | {"model": model}, "plan": path and str(path)}
        )
        with OpenReport(browser, Path(files["output"])) as opened:
            opened.unfold()
            text = opened.page.inner_text("#answer")
            assert ("Laboratory model" in text) == small, (model, parameters)
            assert f"{parameters:,}.0 M" in text if parameters else True, (model, parameters)


def test_the_card_says_what_the_study_cost(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        said = opened.page.inner_text("aside.card").split()
    assert said[said.index("Cost") + 1 :] == ["83", "s", "of", "jobs"]


def test_the_choice_says_among_how_many_cells_each_arm_chose(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        said = " ".join(opened.page.locator("#choice .prose").all_text_contents())
    assert re.search(r"Cells to choose from: base \d+, naive \d+, ssd \d+\.", said)
    assert "Base was tuned over fewer than ssd" in said


def test_mechanism_has_its_sections_and_reads_them_out(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        opened.unfold()
        page = opened.page
        for name in ("geometry", "probe", "truth", "target", "lengths", "toy"):
            assert page.locator(f"#{name} h2").count() == 1
        assert "ssd t1.3-p0.8 against base" in page.inner_text("#figure-geometry .reading")
        assert "SSD predicts: up" in page.inner_text("#probe .prose")
        assert "locks are as firm" in page.inner_text("#figure-trade .reading")
        assert "of the way to its target" in page.inner_text("#target .prose")
        assert "against base at the same decoding" in page.inner_text("#figure-thinking .reading")
        card = page.locator("#probe details.trace").first
        assert card.locator("mark").count() == 1
        assert card.locator("ol.expected").count() == 2


def test_the_pairs_that_tell_one_problem_stand_side_by_side(browser: Browser, hostile_report: Path):
    with OpenReport(browser, hostile_report) as opened:
        opened.unfold()
        cells = opened.page.locator("#table-pairs tbody td").all_text_contents()
        assert "dropped from train: test has the other" in cells[0]
        assert cells[1] == cells[3] != ""
        assert opened.page.locator("#table-pairs tbody td *").count() == 0  # all of it is text
        assert "1 problem dropped" in opened.page.locator("#data").inner_text()


def test_study_without_optional_files_says_so_instead_of_a_section(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    left_out = {"training_logs": [], "health": [], "usage": [], "samples": [], "verdicts": []}
    report.main(**files | left_out | NO_TABLES)
    with OpenReport(browser, Path(files["output"])) as opened:
        assert opened.messages == []
        opened.unfold()
        assert "no training logs" in opened.page.inner_text("#training")
        assert "no `mechanism` section" in opened.page.inner_text("#mechanism")
        assert "no record of what its jobs used" in opened.page.inner_text("#cost")
        assert "Cost" not in opened.page.inner_text("aside.card")
        assert "are not in this folder" in opened.page.inner_text("#problems")
        assert "Declared contrasts" in opened.page.inner_text("#answer")


def test_study_whose_truth_is_not_known_says_so(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    report.main(**files | {"truth": None, "heuristic_recall": None})
    with OpenReport(browser, Path(files["output"])) as opened:
        assert opened.messages == []
        opened.unfold()
        assert "were not generated" in opened.page.inner_text("#truth")
        assert opened.page.locator("#figure-before-after").count() == 0


def test_the_first_section_shows_forks_and_locks_before_and_after_training(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        text = opened.page.inner_text("#answer #figure-before-after").replace("\u00a0", " ")
    assert "Forks and locks before and after training" in text
    assert re.search(r"a lock keeps [\d.]+ % of its mass after training", text)


def test_study_of_base_alone_is_reported_without_a_verdict(browser, tmp_path):
    files = synthetic_study.write(tmp_path, problems=6, draws=2)
    scores = pl.read_parquet(files["scores"]).filter(pl.col("arm") == "base")
    scores.write_parquet(files["scores"])
    pl.read_parquet(files["contrasts"]).clear().write_parquet(files["contrasts"])
    study = files["study"] | {"arms": {}, "training": None, "mechanism": None}
    study["evaluation"] |= {"tested": ["base"]}
    report.main(**files | NO_TABLES | {"training_logs": [], "study": study})
    with OpenReport(browser, Path(files["output"])) as opened:
        assert opened.messages == []
        assert opened.page.inner_text("#answer-title") == "No verdict"
        assert "Choice: the decoding was chosen on" in opened.page.inner_text("#limits")
        assert "nothing to compose" in opened.page.inner_text("#composition")


def test_same_files_give_the_same_bytes(plain_report, tmp_path):
    again = build_report(tmp_path)
    assert again.read_bytes() == plain_report.read_bytes()
    assert again.with_suffix(".svg").read_bytes() == plain_report.with_suffix(".svg").read_bytes()


def test_numbers_say_on_hover_which_file_rule_and_commit_they_come_from(browser, plain_report):
    with OpenReport(browser, plain_report) as opened:
        for numbers in ("#answer .verdict", "#table-cells table", "#figure-accuracy .reading"):
            said = opened.page.get_attribute(numbers, "title") or ""
            assert re.search(r"\.parquet \(rule \w+, sha256 [0-9a-f]{12}\)", said)
            assert origin.commit() in said


def test_report_names_every_file_it_read_by_digest(plain_report):
    digests = re.findall(r">([0-9a-f]{64})<", plain_report.read_text(encoding="utf-8"))
    assert len(digests) > 20


def test_votes_are_drawn_over_tokens_with_the_default_of_base_beside_its_best(
    browser, plain_report
):
    with OpenReport(browser, plain_report) as opened:
        text = opened.unfolded_page().inner_text("#figure-votes").replace("\u00a0", " ")
        for panel in ("maj@k: the most frequent answer", "pass@k: at least one of k draws"):
            assert panel in text
        assert "base at its default decoding" in text
        assert re.search(r"ssd t1.3-p0.8 [\d.]+ % for \d+ tokens with one draw", text)
        assert opened.messages == []

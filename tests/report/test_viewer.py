"""The problem viewer: sorted by change, the differing draws open, by keyboard, with an address."""

import re

import pytest
from opened_reports import OpenReport, build_report

pytestmark = pytest.mark.browser
CARDS = "#problem-list .problem"
LONG = 48_000  # tokens of a completion
QUICK = 0.5  # seconds, of a machine that does other things too
CHANGES = f"""() => [...document.querySelectorAll("{CARDS} > summary .rates")].map(
    (rates) => Number(/\\(([+−±])(\\d+)\\)/.exec(rates.textContent).slice(1).join("")
        .replace("−", "-").replace("±", "")))"""


@pytest.fixture
def opened(browser, plain_report):
    with OpenReport(browser, plain_report) as report:
        report.page.goto(plain_report.as_uri() + "#problems")
        report.page.locator(CARDS).first.wait_for()
        yield report


def open_cards(page):
    return page.eval_on_selector_all(f"{CARDS}[open]", "all => all.map(card => card.id)")


def test_problems_are_sorted_by_change_and_in_the_order_that_is_asked_for(opened):
    page = opened.page
    largest = page.evaluate(CHANGES)
    assert [abs(x) for x in largest] == sorted((abs(x) for x in largest), reverse=True)
    page.select_option("#filters [name=order]", "gained")
    gained = page.evaluate(CHANGES)
    assert gained == sorted(gained, reverse=True)
    page.select_option("#filters [name=order]", "lost")
    lost = page.evaluate(CHANGES)
    assert lost == sorted(lost)
    assert gained[0] > 0 > lost[0]
    page.select_option("#filters [name=order]", "problem")
    ids = page.eval_on_selector_all(CARDS, "all => all.map(card => card.id)")
    assert ids == sorted(ids)


def test_gained_and_lost_have_colours_of_their_own(opened):
    colours = set()
    for change in ("gained", "lost", "solved by both"):
        opened.page.select_option("#filters [name=change]", change)
        badge = opened.page.locator(f"{CARDS} .badge").first
        colours.add(badge.evaluate("element => getComputedStyle(element).color"))
    assert len(colours) == 3


def test_the_first_pair_with_another_outcome_is_open_and_its_words_are_marked(opened):
    page = opened.page
    page.select_option("#filters [name=change]", "gained")
    page.locator(f"{CARDS} > summary").first.click()
    card = page.locator(f"{CARDS}[open]")
    statuses = [
        side.locator(".badge").all_inner_texts() for side in card.locator(".sides > div").all()
    ]
    right = [["correct" in status for status in side] for side in statuses]
    differs = next(k for k, (x, y) in enumerate(zip(*right, strict=True)) if x != y)
    for side in card.locator(".sides > div").all():
        open_ = side.locator(".draw").evaluate_all("all => all.map(draw => draw.open)")
        assert open_ == [k == differs for k in range(len(open_))]
    assert card.locator(".sides > div:first-child del").count() > 0
    assert card.locator(".sides > div:last-child ins").count() > 0


COMMON = """() => [...document.querySelectorAll(".problem[open] .sides > div")].map((side) => {
  const text = side.querySelector(".draw[open] pre").cloneNode(true);
  const whole = text.textContent;
  text.querySelectorAll("ins, del").forEach((mark) => mark.replaceWith(" "));
  return [whole, text.textContent.trim().split(/\\s+/).join(" ")];
})"""


def test_what_is_not_marked_is_the_same_on_both_sides_and_no_letter_is_lost(opened):
    opened.page.locator(f"{CARDS} > summary").first.click()
    opened.page.locator(".problem[open] .draw[open] pre").nth(1).wait_for()
    (before, left), (after, right) = opened.page.evaluate(COMMON)
    assert before != after
    assert re.sub(r"\W", "", left) == re.sub(r"\W", "", right) != ""
    for text in (before, after):
        assert text.startswith("The exponent is ")
        assert text.endswith("}.")


def test_keys_and_buttons_go_from_problem_to_problem(opened):
    page = opened.page
    ids = page.eval_on_selector_all(CARDS, "all => all.map(card => card.id)")
    page.click("#next")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    assert open_cards(page) == [ids[2]]
    assert page.inner_text("#place") == "3 of 30"
    page.keyboard.press("k")
    page.click("#previous")
    assert open_cards(page) == [ids[0]]
    assert page.is_disabled("#previous")
    for _ in range(24):  # further than the list was shown at first
        page.keyboard.press("j")
    assert page.inner_text("#place") == "25 of 30"
    focused = page.evaluate("document.activeElement.parentElement.id")
    assert open_cards(page) == [focused]


def test_keys_that_are_typed_into_a_field_stay_there(opened):
    page = opened.page
    page.locator("#filters [name=words]").press_sequentially("jk")
    assert page.input_value("#filters [name=words]") == "jk"
    assert open_cards(page) == []
    page.locator("#filters [name=words]").fill("")
    page.locator("h1").click()
    page.keyboard.press("j")  # outside of the viewer
    assert open_cards(page) == []


def test_the_address_keeps_the_filters_and_the_open_problem(opened, browser, plain_report):
    page = opened.page
    page.select_option("#filters [name=stratum]", "hard")
    page.select_option("#filters [name=order]", "lost")
    page.click("#next")
    page.wait_for_url(re.compile("order=lost"))
    address = page.url
    (opened_card,) = open_cards(page)
    assert f"#{opened_card}?" in address
    with OpenReport(browser, plain_report) as again:
        again.page.goto(address)
        again.page.locator(f"{CARDS}[open]").wait_for()
        assert open_cards(again.page) == [opened_card]
        assert again.page.input_value("#filters [name=stratum]") == "hard"
        assert again.page.input_value("#filters [name=order]") == "lost"
        assert again.page.inner_text("#found").startswith("10 problems match")
        assert again.messages == []


def test_an_address_with_values_that_no_field_offers_shows_every_problem(browser, plain_report):
    hostile = "#problems?change=%3Cimg%20src=x%3E&order=constructor&stratum=hard%00&nope=1"
    with OpenReport(browser, plain_report) as opened:
        opened.page.goto(plain_report.as_uri() + hostile)
        opened.page.locator(CARDS).first.wait_for()
        assert opened.page.inner_text("#found").startswith("30 problems match")
        assert opened.messages == []


def test_hostile_draws_stay_text_in_the_marked_pair(browser, hostile_report):
    with OpenReport(browser, hostile_report) as opened:
        opened.page.goto(hostile_report.as_uri() + "#problems?order=problem")
        opened.page.locator(CARDS).first.wait_for()
        for _ in range(8):
            opened.page.click("#next")
        tags = opened.page.eval_on_selector_all(
            ".problem pre *", "all => [...new Set(all.map(element => element.tagName))]"
        )
        assert set(tags) == {"INS", "DEL"}
        assert "onerror=" in "".join(opened.page.locator(".problem pre").all_text_contents())
        assert opened.page.evaluate("window.pwned") is None
        assert opened.messages == []


NEXT = """async () => {
  const start = performance.now();
  document.getElementById("next").click();
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  return (performance.now() - start) / 1000;
}"""


@pytest.mark.slow
def test_completions_of_48k_tokens_open_quickly(browser, tmp_path):
    path = build_report(tmp_path, problems=12, draws=2, cap=LONG)
    with OpenReport(browser, path) as opened:
        opened.page.goto(path.as_uri() + "#problems")
        opened.page.locator(CARDS).first.wait_for()
        seconds = [opened.page.evaluate(NEXT) for _ in range(12)]
        assert opened.page.inner_text("#place") == "12 of 12"
        tokens = re.findall(
            r"(\d+) tokens", " ".join(opened.page.locator(".draw").all_text_contents())
        )
        marks = opened.page.locator(".draw ins, .draw del").count()
    assert max(map(int, tokens)) == LONG
    assert marks > 100
    assert max(seconds) < QUICK


def test_a_point_of_the_scatter_opens_its_problem(browser, plain_report):
    with OpenReport(browser, plain_report) as report:
        page = report.unfolded_page()
        holder = page.locator("[data-chart='figure-by-problem-0']")
        link = page.evaluate(
            "() => JSON.parse(document.getElementById('spec-figure-by-problem-0').textContent)"
            ".datasets.figure[0].link"
        )
        holder.locator(".mark-symbol path").first.click()
        page.wait_for_function("link => location.hash === link", arg=link)
        page.locator(f"{CARDS}[open]").wait_for()
        assert open_cards(page) == [link.removeprefix("#")]
        assert report.messages == []
        text = page.inner_text("#by-problem").replace("\u00a0", " ")
        assert re.search(
            r"standard deviation of [\d.]+ points; noise alone would make [\d.]+", text
        )

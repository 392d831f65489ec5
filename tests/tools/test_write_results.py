"""The tables of results in README and docs are what the JSON files beside them say."""

import json

import polars as pl
import pytest
import results_attribution
import results_contrasts
import results_decodings
import results_machines
import results_outside
import results_rates
import results_rounds
import write_results

from ssdmath.tables import markdown

EACH = pytest.mark.parametrize(
    "place", write_results.PLACES, ids=[place.numbers.stem for place in write_results.PLACES]
)


def numbers_of(place):
    return json.loads(place.numbers.read_text())


@EACH
def test_a_page_shows_the_numbers_of_its_file(place):
    page = place.page.read_text()
    assert place.shown(page, numbers_of(place)) == page
    assert numbers_of(place)["study"] == place.study


@EACH
def test_another_number_makes_another_page(place):
    page, numbers = place.page.read_text(), numbers_of(place)
    tables = [numbers[key] for key in ("contrasts", "attribution", "rows") if key in numbers]
    first = tables[0][0]
    row = first.get("models", [first])[0]
    row["delta" if "delta" in row else "value"] += 0.01  # rounds have values alone
    assert place.shown(page, numbers) != page


def test_a_choice_on_the_border_is_named():
    chosen = {"decoding": "t2", "mean": 0.5, "border": []}
    row = {"contrasts": [], "chosen": {"base": chosen, "ssd": chosen | {"border": ["T"]}}}
    text = results_contrasts.block(row)
    assert "base `t2` (50.0 %), ssd `t2` (50.0 %). On the border of the grid: ssd (T)." in text


def test_the_steps_come_in_their_order_before_the_total_and_their_sum_is_said():
    row = {"meaning": "", "lo": 0.0, "hi": 0.1, "verdict": "better"}
    rows = [
        row | {"cause": "verification", "step": None, "delta": 0.01},
        row | {"cause": "total", "step": None, "delta": 0.05},
        row | {"cause": "second", "step": 2, "delta": 0.02},
        row | {"cause": "first", "step": 1, "delta": 0.03},
    ]
    text = results_attribution.block({"attribution": rows})
    places = [text.index(name) for name in ("first", "second", "total", "verification")]
    assert places == sorted(places)
    assert "The 2 steps add up to +5.00 points; the total is +5.00." in text


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="results:begin"):
        markdown.replaced("no table here", "results", "| a |\n")


def test_a_processor_is_named_by_its_model_and_its_widest_extension():
    cpuinfo = "model name\t: A CPU\ncpu family\t: 6\nmodel\t\t: 143\nstepping\t: 8\nflags\t\t: {}\n"
    assert (
        results_machines.processor(cpuinfo.format("fpu avx2 avx512f")) == "A CPU 6.143.8, avx512f"
    )
    assert results_machines.processor(cpuinfo.format("fpu")) == "A CPU 6.143.8"
    assert results_machines.processor("")


def test_another_run_of_a_machine_replaces_its_row(tmp_path, monkeypatch):
    (tmp_path / "benchmarks").mkdir()
    usage = [{"log": "a", "wall": 600.0, "cpu": 300.0}, {"log": "a", "wall": 240.0, "cpu": 120.0}]
    (tmp_path / "benchmarks/usage.jsonl").write_text("".join(json.dumps(u) + "\n" for u in usage))
    row = {"contrast": "c", "delta": 0.2, "lo": 0.1, "hi": 0.3, "family": "primary"}
    pl.DataFrame([row]).write_parquet(tmp_path / "contrasts.parquet")
    (tmp_path / "contrasts.csv").write_text("c")
    monkeypatch.setattr(results_machines, "NUMBERS", tmp_path / "numbers.json")
    for _ in range(2):
        numbers = results_machines.collect(tmp_path)
        results_machines.NUMBERS.write_text(json.dumps(numbers))
    (only,) = numbers["rows"]
    assert (only["minutes"], only["processor_minutes"]) == (2.0, 2.0)  # 240 s on two cores
    assert "+20.0 [10.0, 30.0]" in results_machines.block(numbers)


def test_rounds_are_rows_and_measures_columns():
    rows = [
        {
            "chain": "ssd2 x",
            "round": n,
            "condition": f"r{n}",
            "measure": m,
            "value": v,
            "lo": v,
            "hi": v,
        }
        for n in (0, 1)
        for m, v in (("accuracy, best decoding", 0.25), ("entropy", 0.5))
    ]
    rows[-1] |= {"lo": None, "hi": None}
    text = results_rounds.block({"rows": rows, "measures": ["accuracy, best decoding", "entropy"]})
    last = text.strip().splitlines()[-1]
    assert [cell.strip() for cell in last.split("|")[1:-1]] == [
        "1",
        "r1",
        "25.0 % [25.0, 25.0]",
        "0.500",
    ]


def test_adapters_come_after_all_weights_and_slow_before_fast():
    row = {"accuracy": 0.5, "delta": 0.1, "lo": 0.0, "hi": 0.2, "verdict": "better"}
    arms = [
        ("b", 3e-3, "all weights"),
        ("c", 1e-4, "adapters of rank 8"),
        ("a", 1e-4, "all weights"),
    ]
    rows = [row | {"arm": arm, "rate": rate, "trains": trains} for arm, rate, trains in arms]
    control = {"contrast": "placebo", "delta": 0.0, "lo": -0.1, "hi": 0.1}
    text = results_rates.block({"rows": rows, "controls": [control]})
    assert [line.split("|")[3].strip() for line in text.splitlines()[2:5]] == ["`a`", "`b`", "`c`"]
    assert text.endswith("Null checks: placebo: +0.0 [-10.0, 10.0].\n")


def test_the_table_of_outside_has_one_row_per_arm_and_names_what_it_compares():
    row = {"arm": "ssd", "runs": 2, "lo": -0.2, "hi": 0.0, "p_holm": 0.012, "verdict": "worse"}
    row |= {"inside_delta": 0.3, "inside_lo": 0.2, "inside_hi": 0.4}
    rows = [
        row | {"compared": "each at its best", "delta": -0.1},
        row | {"compared": "same decoding", "delta": -0.05},
    ]
    header, _, line = results_outside.block({"rows": rows}).strip().splitlines()
    names, cells = ([one.strip() for one in text.split("|")[1:-1]] for text in (header, line))
    assert dict(zip(names, cells, strict=True)) == {
        "arm": "`ssd`",
        "runs": "2",
        "outside, same decoding": "-5.0 [-20.0, 0.0]",
        "outside, each at its best": "-10.0 [-20.0, 0.0]",
        "p, corrected": "0.012",
        "verdict": "worse",
        "test, each at its best": "+30.0 [20.0, 40.0]",
    }


def test_the_table_of_decodings_says_how_draws_ended_and_what_they_took():
    cell = {"split": "test", "decoding": "t1", "problems": 4, "draws": 8, "accuracy": 0.25}
    shares = {"correct": 0.25, "wrong": 0.25, "no_box": 0.5, "length_stop": 0.0, "parse_fail": 0.0}
    cell |= {"lo": 0.1, "hi": 0.4} | {f"share_{name}": share for name, share in shares.items()}
    contrast = {"contrast": "hot", "split": "test", "runs": None, "verdict": "undecided"}
    contrast |= {"delta": 0.0, "lo": -0.1, "hi": 0.1}
    numbers = {"rows": [cell], "contrasts": [contrast], "processor_minutes": 1.5}
    text = results_decodings.block(numbers)
    line = text.splitlines()[2]
    assert [one.strip() for one in line.split("|")[5:-1]] == [
        *("25.0 % [10.0, 40.0]", "25 %", "25 %", "50 %"),
        *("0 %", "0 %"),
    ]
    (compared,) = [line for line in text.splitlines() if line.startswith("| hot")]
    assert "+0.0 [-10.0, 10.0] | undecided" in compared
    assert text.endswith("\n\nThe jobs took 1.5 minutes of processor time.\n")

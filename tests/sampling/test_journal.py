"""The journal and the sweep over it: what was drawn is never lost, mixed or drawn twice."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest
import tiny_models
from journaled_sweep import CAP, DECODINGS, plans, requests, sweep

from ssdmath.sampling.journal import Journal
from ssdmath.sampling.requests import Sample
from ssdmath.sampling.sweep import CellPlan, sample_sweep
from ssdmath.sampling.transformers_engine import TransformersEngine


def some_samples(text="t1"):
    """Samples with the values that JSON could bend."""
    return [
        Sample(request, (4, 2**31 - 1, number), "stop" if number % 2 else "length", -0.1 * number)
        for number, request in enumerate(requests(text, draws=1))
    ]


def no_engine():
    raise AssertionError("a finished sweep asked for an engine")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_models.build("qwen3", tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def undisturbed(model, tmp_path_factory):
    return sweep(model, plans(tmp_path_factory.mktemp("undisturbed")))


def test_a_sample_comes_back_exactly_as_it_was(tmp_path):
    wanted = some_samples()
    with Journal(tmp_path / "0.jsonl", "d") as journal:
        for sample in wanted:
            journal.append(sample)
    found = Journal(tmp_path / "0.jsonl", "d").finished([one.request for one in wanted])
    assert list(found.values()) == wanted


def test_a_torn_last_line_is_dropped_and_the_file_goes_on_after_it(tmp_path):
    path, wanted = tmp_path / "0.jsonl", some_samples()
    with Journal(path, "d") as journal:
        for sample in wanted[:5]:
            journal.append(sample)
    path.write_bytes(path.read_bytes()[:-7])
    with Journal(path, "d") as journal:
        assert len(journal.finished([one.request for one in wanted])) == 4
        journal.append(wanted[4])
    assert all(json.loads(line) for line in path.read_text().splitlines())
    assert len(Journal(path, "d").finished([one.request for one in wanted])) == 5


def test_a_file_torn_in_its_first_line_is_begun_anew(tmp_path):
    path = tmp_path / "0.jsonl"
    path.write_text('{"dig')
    with Journal(path, "d") as journal:
        assert journal.finished([]) == {}
    assert path.read_text() == '{"digest":"d"}\n'


def test_a_journal_of_another_digest_is_set_aside_and_comes_back_with_its_own(tmp_path):
    path, wanted = tmp_path / "0.jsonl", some_samples()
    asked = [one.request for one in wanted]
    with Journal(path, "first") as journal:
        journal.append(wanted[0])
    with Journal(path, "second") as journal:
        assert journal.finished(asked) == {}
        journal.append(wanted[1])
    with Journal(path, "first") as journal:
        assert list(journal.finished(asked).values()) == wanted[:1]
    assert list(Journal(path, "second").finished(asked).values()) == wanted[1:2]


def test_a_damaged_line_in_the_middle_is_named(tmp_path):
    path, wanted = tmp_path / "0.jsonl", some_samples()
    with Journal(path, "d") as journal:
        for sample in wanted[:3]:
            journal.append(sample)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1][:20], *lines[2:]]) + "\n")
    with pytest.raises(ValueError, match=r"0\.jsonl: line 2 is damaged"):
        Journal(path, "d").finished([one.request for one in wanted])


def test_a_file_that_is_no_journal_is_named(tmp_path):
    (tmp_path / "0.jsonl").write_text("a,b,c\n")
    with pytest.raises(ValueError, match=r"0\.jsonl: not a journal"):
        Journal(tmp_path / "0.jsonl", "d").finished([])


def test_a_sweep_hands_out_every_cell_in_the_order_of_its_requests(undisturbed):
    assert set(undisturbed) == set(DECODINGS)
    for text, samples in undisturbed.items():
        assert tuple(sample.request for sample in samples) == requests(text)


def test_a_sweep_killed_in_the_middle_goes_on_to_the_same_samples(model, undisturbed, tmp_path):
    child = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        import journaled_sweep
        journaled_sweep.sweep({str(model)!r}, journaled_sweep.plans(Path({str(tmp_path)!r})))
    """)
    library = os.pathsep.join(path for path in sys.path if path)
    process = subprocess.Popen(
        [sys.executable, "-c", child], env=os.environ | {"PYTHONPATH": library}
    )
    path = tmp_path / "t1" / "0.jsonl"
    while process.poll() is None and (not path.exists() or path.read_bytes().count(b"\n") < 30):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    recorded = path.read_bytes()
    assert 30 <= recorded.count(b"\n") < 101
    assert sweep(model, plans(tmp_path)) == undisturbed
    whole = recorded[: recorded.rfind(b"\n") + 1]
    assert path.read_bytes().startswith(whole)
    assert path.read_bytes().count(b"\n") == 101  # nothing was drawn twice


def test_a_finished_sweep_makes_no_engine(model, undisturbed, tmp_path):
    sweep(model, plans(tmp_path))
    again = sample_sweep(no_engine, plans(tmp_path), max_tokens=CAP)
    assert dict(again) == undisturbed


def test_a_decoding_added_to_a_sweep_draws_only_its_own(model, undisturbed, tmp_path):
    sweep(model, plans(tmp_path, decodings=["t1"]))
    before = (tmp_path / "t1" / "0.jsonl").read_bytes()
    assert sweep(model, plans(tmp_path)) == undisturbed
    assert (tmp_path / "t1" / "0.jsonl").read_bytes() == before


def test_more_draws_keep_the_first_ones_bit_for_bit(model, undisturbed, tmp_path):
    sweep(model, plans(tmp_path))
    before = (tmp_path / "t1" / "0.jsonl").read_bytes()
    more = sweep(model, plans(tmp_path, draws=8))
    assert [one for one in more["t1"] if one.request.index < 4] == undisturbed["t1"]
    assert len(more["t1"]) == 200
    assert (tmp_path / "t1" / "0.jsonl").read_bytes().startswith(before)


def test_progress_counts_the_draws_on_record(model, tmp_path):
    sweep(model, plans(tmp_path, decodings=["t1"]))
    told = []
    made = dict(
        sample_sweep(
            lambda: TransformersEngine(str(model), batch=32, threads=1),
            plans(tmp_path),
            max_tokens=CAP,
            on_progress=lambda *numbers: told.append(numbers),
        )
    )
    assert told[0] == (100, 200, 0)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {done for done, _, _ in told} == set(range(100, 201))
    drawn = [tokens for _, _, tokens in told]
    assert drawn == sorted(drawn)
    assert told[1][:2] == (100, 200)  # a step in which no draw finished
    assert told[1][2] == 32  # tokens: one of each running draw
    (other,) = set(made) - {"t1"}
    lengths = (len(one.token_ids) for one in made[other])
    assert told[-1] == (200, 200, sum(lengths))


def test_two_draws_with_one_key_are_refused(tmp_path):
    plan = CellPlan(requests("t1") * 2, Journal(tmp_path / "0.jsonl", "d"))
    with pytest.raises(ValueError, match="have the same prompt, token for token, in cell"):
        list(sample_sweep(no_engine, {"cell": plan}, max_tokens=CAP))

import json

from ssdmath.contrasts import ledger

CELLS = [("base", "t1"), ("ssd_t1.5_s0@30", "t0.7")]


def _look(file, validation="v1", config="c1", cells=CELLS, verdicts="x"):
    choice = {"validation": validation, "config": config, "verdicts": verdicts}
    return ledger.record(file, when="2026-01-01T00:00:00+00:00", cells=cells, choice=choice)


def test_a_first_look_is_recorded_and_the_same_look_is_not_recorded_twice(tmp_path):
    file = tmp_path / "test_ledger.jsonl"
    assert _look(file)["sentence"] == "test was looked at 1 time"
    assert _look(file, cells=CELLS[::-1])["looks"] == 1
    line = json.loads(file.read_text())
    assert line["cells"] == [list(cell) for cell in CELLS]
    assert (line["choice"]["validation"], line["choice"]["config"]) == ("v1", "c1")


def test_a_later_choice_that_saw_an_earlier_look_is_said(tmp_path):
    file = tmp_path / "test_ledger.jsonl"
    _look(file)
    same = _look(file, cells=CELLS[:1], verdicts="y")
    assert (same["looks"], same["choices_after_a_look"]) == (2, 0)
    later = _look(file, validation="v2")
    assert (later["looks"], later["choices"], later["choices_after_a_look"]) == (3, 2, 1)
    assert later["sentence"].endswith("1 later choice could see an earlier look")
    assert later["problems"] == []


def test_looks_that_were_declared_are_told_from_others(tmp_path):
    file = tmp_path / "test_ledger.jsonl"
    choice = {"validation": "v1", "config": "c1"}
    for look, verdicts in enumerate("xyy", 1):
        found = ledger.record(
            file,
            when="2026-01-01T00:00:00+00:00",
            cells=CELLS,
            choice=choice | {"verdicts": verdicts},
            declared=f"look {min(look, 2)} of 2",  # the last look is entered once
        )
    assert found["sentence"] == "test was looked at 2 times, as declared in evaluation.looks"
    assert [look["declared"] for look in found["history"]] == ["look 1 of 2", "look 2 of 2"]
    assert found["choices_after_a_look"] == 0
    other = _look(file, verdicts="z")
    assert other["sentence"].endswith("3 times, 2 of them as declared in evaluation.looks")
    assert "declared" not in other["history"][-1]


def _three(tmp_path):
    file = tmp_path / "test_ledger.jsonl"
    for version in ("v1", "v2", "v3"):
        _look(file, validation=version)
    return file, file.read_text().splitlines(keepends=True)


def test_an_edited_line_is_named_and_the_study_goes_on(tmp_path):
    file, lines = _three(tmp_path)
    file.write_text(lines[0].replace("v1", "v9") + lines[1] + lines[2])
    found = _look(file, validation="v4")
    assert "line 2 does not follow" in found["problems"][0]
    assert found["looks"] == 4


def test_a_cut_ledger_is_named_wherever_it_was_cut(tmp_path):
    for kept in ([0, 1], [0, 2], [1, 2], []):
        folder = tmp_path / str(kept)
        file, lines = _three(folder)
        file.write_text("".join(lines[at] for at in kept))
        assert _look(file, validation="v4")["problems"], kept


def test_a_line_that_is_no_json_is_named(tmp_path):
    file, lines = _three(tmp_path)
    file.write_text(lines[0] + "nonsense\n" + lines[1] + lines[2])
    assert "line 2 is not a look" in _look(file)["problems"][0]

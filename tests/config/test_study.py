import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from changed_config import MICRO, ROOT, changed

from ssdmath.config import engines
from ssdmath.config import study as module
from ssdmath.config.decoding import Decoding
from ssdmath.config.study import StudyError, load
from ssdmath.grid import settings, sweeps

TWICE = MICRO["evaluation"]["sweeps"]["temperatures"][0]


def message(path: str, value: Any) -> str:
    with pytest.raises(StudyError) as error:
        load(changed(path, value), "my.yaml")
    return str(error.value)


BAD = [
    ("evaluation.drawz", 4, ["evaluation.drawz", "unknown key", "did you mean 'draws'?"]),
    ("sampling.cap", 0, ["sampling.cap", "greater than 0", "found 0"]),
    ("evaluation.sweeps.temperatures", ["t-1"], ["temperatures", "'t-1'", "is not of the form"]),
    ("evaluation.sweeps.temperatures", ["t1-p1.5"], ["top_p", "less than or equal to 1", "1.5"]),
    ("evaluation.sweeps.temperatures", ["t1-k-5"], ["'t1-k-5'", "is not of the form"]),
    ("evaluation.sweeps.temperatures", ["t1", "t1"], ["['t1']", "may stand once"]),
    ("evaluation.sweeps.more", [TWICE], [f"['{TWICE}']", "may stand once"]),
    ("evaluation.controls", {"a": ["t0.3"], "b": ["t0.3"]}, ["['t0.3']", "may stand once"]),
    ("evaluation.controls", {"temperatures": ["t3"]}, ["['temperatures']", "may stand once"]),
    ("contrasts.0.a.decoding", "t0.3", ["'t0.3'", "the grid makes"]),
    ("evaluation.draws.validation", 3, ["draws.validation is 3", "pass@2", "at least 4"]),
    ("evaluation.racing", {"rungs": []}, ["racing.rungs", "at least 1"]),
    ("evaluation.racing", {"rungs": [{"problems": 1.5}]}, ["rungs.0.problems", "found 1.5", "1"]),
    ("evaluation.racing", {"rungs": [{"problems": 0}]}, ["rungs.0.problems", "greater than 0"]),
    (
        "evaluation.racing",
        {"rungs": [{"problems": 0.5}, {"problems": 0.2}]},
        ["evaluation.racing", "shares [0.5, 0.2]", "allowed: ascending"],
    ),
    (
        "evaluation.racing",
        {"rungs": [{"problems": 0.5, "draws": 5}]},
        ["racing.rungs end with 0.5 of the problems and 5 draws", "less than all of them with 4"],
    ),
    ("evaluation.racing", {"keep": 1}, ["racing.keep", "less than 1", "found 1"]),
    ("evaluation.looks", [], ["evaluation.looks", "found a list of 0", "at least 2"]),
    ("evaluation.looks", [0.5], ["evaluation.looks", "found a list of 1", "at least 2"]),
    ("evaluation.looks", [0, 1], ["evaluation.looks.0", "found 0", "greater than 0"]),
    ("evaluation.looks", [0.5, 1.5], ["evaluation.looks.1", "found 1.5", "less than or equal to"]),
    ("evaluation.looks", [0.5, 0.8], ["evaluation.looks", "[0.5, 0.8]", "the last one 1"]),
    ("evaluation.looks", [0.5, 0.5, 1], ["evaluation.looks", "[0.5, 0.5, 1.0]", "ascending"]),
    ("evaluation.tested", ["sdd"], ["evaluation.tested", "'sdd'", "arms are"]),
    ("arms.ssd.decodings", ["warm"], ["arms.ssd.decodings", "'warm'", "is not of the form"]),
    ("training.match", "tokens", ["training.match", "'prompts'", "found 'tokens'"]),
    ("arms.ssd.keep", "good", ["arms.ssd.keep", "'nonempty'", "found 'good'"]),
    ("problems.splits.train.source", "wrld", ["'wrld'", "['world']"]),
    ("problems.splits.test", ..., ["splits are ['train', 'validation']"]),
    ("problems.sources.world.kind", "nope", ["world.kind: found 'nope'", "'file', 'hub'"]),
    ("evaluation.tested", ["base", "base", "ssd"], ["['base'] stand more than once"]),
    ("contrasts.0.a.arm", "sdd", ["'sdd'", "arms are"]),
    ("contrasts.0.a.arm", "naive", ["'naive'", "evaluation.tested holds"]),
    ("contrasts.0.b.decoding", "t0.55", ["'t0.55'", "the grid makes"]),
    ("contrasts.0.a.train_decoding", "t3", ["'t3'", "the grid makes"]),
    ("contrasts.0.family", "exploratory", ["primary"]),
    ("contrasts.0.name", "ssd against base\n", ["contrasts.0.name", "\\n", "allowed: one line"]),
    ("contrasts.0.name", " ", ["contrasts.0.name", "allowed: one line"]),
    ("contrasts.0.budget", 0, ["contrasts.0.budget", "greater than 0", "found 0"]),
    ("contrasts.0.budget", 640, ["budget is 640", "draws.test (4)", "cap (128)", "at most 639"]),
    ("training.checkpoints", [40, 20], ["[40, 20]", "ascending"]),
    ("training.micro_batch", 5, ["5 does not divide batch"]),
    ("name", "../up", ["name", "pattern", "'../up'"]),
    ("model.hub", "Qwen/Qwen3.5-4B", ["one of the two"]),
    (
        "sampling.engine",
        "vlm",
        ["sampling.engine", "'transformers', 'vllm' or 'imported'", "found 'vlm'"],
    ),
    ("sampling.dtype", "float16", ["sampling.dtype", "'float32' or 'bfloat16'"]),
    ("sampling.kv_cache_dtype", "int8", ["sampling.kv_cache_dtype", "'auto' or 'fp8'"]),
    (
        "sampling.kv_cache_dtype",
        "fp8",
        ["'fp8' with engine transformers", "allowed: auto, or engine vllm"],
    ),
    ("model.revision", "main", ["revision is 'main'", "a commit (7 to 40 hex digits)"]),
    ("pilot", {"draws": 1}, ["pilot.draws", "greater than 1", "found 1"]),
    ("plan", {"lengths": {"median": 9, "capped": 0.9}}, ["lengths.capped", "less than 0.5"]),
]


def test_a_value_that_may_be_of_several_types_has_one_line():
    config = changed("sampling.cap", 128)
    columns = {"statement": "q", "answer": "a"}
    source = {"kind": "file", "path": "x.jsonl", "columns": columns, "where": {"level": [None]}}
    config["problems"]["sources"]["more"] = source
    with pytest.raises(StudyError) as error:
        load(config, "my.yaml")
    kinds = "text or an integer or a number or true or false"
    key = "problems.sources.more.where.level.0"
    assert str(error.value) == f"my.yaml: {key}: found null; allowed: {kinds}"


def test_all_mistakes_are_said_at_once_unknown_keys_first():
    config = changed("sampling.cap", ...)
    config["sampling"] |= {"capp": 128, "batch": True, "engine": "vlm"}
    config["arms"]["ssd"]["keap"] = "all"
    config["training"]["betas"] = [2, 0.9]
    with pytest.raises(StudyError) as error:
        load(config, "my.yaml")
    keys = [line.split(": ")[1] for line in str(error.value).split("\n")]
    assert keys[:2] == ["sampling.capp", "arms.ssd.keap"]
    assert sorted(keys[2:]) == ["sampling.batch", "sampling.engine", "training.betas.0"]
    assert "sampling.cap:" not in str(error.value)  # it is there, misspelt


@pytest.mark.parametrize(("path", "value", "parts"), BAD, ids=[f"{p}={v}" for p, v, _ in BAD])
def test_a_bad_key_is_named_with_what_is_allowed(path: str, value: Any, parts: list[str]):
    found = message(path, value)
    assert found.startswith("my.yaml: ")
    assert "\n" not in found
    for part in parts:
        assert part in found


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.name)
def test_every_shipped_study_is_valid(file: Path):
    assert load(yaml.safe_load(file.read_text()), file.name).models


def test_a_preset_stands_for_its_decoding():
    study = load(changed("arms.naive.decodings", ["paper_qwen3_4b_thinking"]), "my.yaml")
    assert study.arms["naive"].decodings == ["t1.1-k20-p0.95"]
    with pytest.raises(StudyError, match="may stand once"):
        load(changed("evaluation.baselines", ["precise", "t0.6-k20-p0.95"]), "my.yaml")


def vllm(*decodings: str) -> dict[str, Any]:
    """The micro study with vLLM, and T = 1 beside these decodings as its grid."""
    study = changed("sampling.engine", "vllm")
    study["evaluation"] |= {"sweeps": {"all": ["t1", *decodings]}, "default": "t1"}
    study["evaluation"] |= {"controls": {}, "baselines": []}
    study["contrasts"] = []
    return study


@pytest.mark.parametrize(
    ("decoding", "part"),
    [
        ("t1-p0.95-m0.02", "cuts min-p before top-p"),
        ("t0.001", "draws at T from 0.01 to 2 or 0"),
        ("t2.5", "draws at T from 0.01 to 2 or 0"),
        ("t1-pp2.5", "presence penalty up to 2"),
    ],
)
def test_a_decoding_that_vllm_would_draw_otherwise_is_refused(decoding: str, part: str):
    with pytest.raises(StudyError, match=part) as error:
        load(vllm(decoding), "my.yaml")
    assert repr(decoding) in str(error.value)
    assert load(vllm("t1-k20-p0.95-pp1.5"), "my.yaml").sampling.engine == "vllm"


def test_vllm_takes_composed_decodings():
    study = load(vllm("t2"), "my.yaml")
    targets = study.arms["ssd"].decodings
    assert study.composed == [f"{own}-of-{target}" for target in targets for own in ("t1", "t2")]
    assert max(Decoding.parse(text).heat for text in study.composed) > engines.HOTTEST


def test_the_schema_for_editors_is_the_one_the_models_give():
    shipped = (ROOT / "config" / "study.schema.json").read_text()
    assert shipped == module.schema(), "run `make format`"
    assert json.loads(shipped)["additionalProperties"] is False


def test_a_study_never_changes():
    study = load(MICRO, "micro.yaml")
    with pytest.raises(ValueError, match="frozen"):
        study.sampling.cap = 3  # type: ignore[misc]


def test_the_micro_study_is_as_large_as_the_readme_says():
    study = load(MICRO, "micro.yaml")
    assert len(study.models) >= 9
    assert len(study.evaluation.decodings) >= 5
    assert {"ssd", "naive"} <= set(study.arms)
    assert len(study.training.seeds) >= 2
    assert study.problems.splits["validation"].size >= 200
    assert study.problems.splits["test"].size >= 300


def test_curves_follow_the_truncation_with_the_most_temperatures():
    truncated = ["t0.6-k20", "t1-k20", "t0.7"]
    study = load(
        MICRO
        | {
            "evaluation": MICRO["evaluation"]
            | {"sweeps": {"some": [*truncated, "t1"], "more": ["t1.2-k20"]}},
            "contrasts": [],
        },
        "micro.yaml",
    )
    assert settings.curves(study)["decodings"] == ["t0.6-k20", "t1-k20", "t1.2-k20"]


def test_controls_are_for_every_arm_and_not_twice_over_what_the_grid_makes():
    study = load(changed("evaluation.controls", {"wide": ["t0.3", TWICE], "same": ["t0.7"]}), "x")
    assert study.evaluation.grid == MICRO["evaluation"]["sweeps"] | {"wide": ["t0.3"]}
    made = {sweep.name: sweep for sweep in sweeps.sweeps(study)}
    assert "same" not in made
    assert (made["wide"].model, made["wide"].decodings) == ("{model}", ["t0.3"])
    assert made["placebo"].decodings == study.evaluation.decodings

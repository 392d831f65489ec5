"""A study that measures forgetting: an outside split, its draws and arms together or not at all."""

import copy
from typing import Any, get_args

import pytest
import yaml
from changed_config import ROOT
from study_folder import imported_study

from ssdmath.config.generated import GeneratedSource, MicroFamily
from ssdmath.config.study import StudyError, load
from ssdmath.micro.problems import FAMILIES

OUTSIDE = yaml.safe_load((ROOT / "config" / "micro-outside.yaml").read_text())


def study(**changes: Any) -> dict[str, Any]:
    """The shipped study with some keys (`a__b`) replaced, or removed by a value of ... ."""
    config = copy.deepcopy(OUTSIDE)
    for key, value in changes.items():
        *path, last = key.split("__")
        section = config
        for name in path:
            section = section[name]
        if value is ...:
            del section[last]
        else:
            section[last] = value
    return config


def test_the_families_of_a_config_are_those_of_the_generator():
    assert list(get_args(MicroFamily)) == [family.name for family in FAMILIES]


def test_the_arms_that_are_compared_are_the_tested_ones():
    assert load(study(), "my.yaml").outside == ["ssd", "naive", "rft"]
    changed = study(evaluation__tested=["base", "rft"], contrasts=[])
    assert load(changed, "my.yaml").outside == ["rft"]


def test_inside_is_the_study_without_the_split_and_the_sources_that_it_alone_has():
    problems = load(study(), "my.yaml").problems
    assert set(problems.inside.splits) == {"train", "validation", "test"}
    assert set(problems.inside.sources) == {"inside"}
    shared = study(problems__splits__outside={"source": "more", "size": 5})
    more = {"kind": "file", "path": "x.jsonl", "columns": {"statement": "q", "answer": "a"}}
    shared["problems"]["sources"] |= {"more": more}
    shared["problems"]["splits"]["train"] = {"source": "more", "size": 960}
    assert set(load(shared, "my.yaml").problems.inside.sources) == {"inside", "outside", "more"}


def test_a_source_of_all_families_is_written_as_before():
    source = GeneratedSource(kind="generated")
    assert "families" not in source.model_dump(mode="json")
    assert source.generated == list(get_args(MicroFamily))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"evaluation__draws": {"validation": 4, "test": 4}},
            "evaluation.draws: found no outside, and problems.splits; allowed: both or neither",
        ),
        (
            {"problems__splits__outside": ...},
            "evaluation.draws: found outside, and problems.splits without one; allowed: both",
        ),
        (
            {"evaluation__draws": {"validation": 4, "outside": 4}},
            r"draws are given for \['outside', 'validation'\]; both validation and test",
        ),
        (
            {"evaluation__tested": ["base"], "contrasts": []},
            r"problems.splits.outside: found it, and evaluation.tested is \['base'\]; allowed "
            r"there: base and an arm of \['ssd', 'naive', 'rft'\]",
        ),
        (
            {"evaluation__tested": ["ssd"], "contrasts": []},
            r"problems.splits.outside: found it, and evaluation.tested is \['ssd'\]",
        ),
        (
            {"problems__sources__outside__families": ["series", "modpow"]},
            r"problems.sources.outside.families: found \['modpow'\], which train has "
            "too; allowed: families that no other split has",
        ),
        (
            {"problems__sources__inside__families": []},
            "problems.sources.outside.families: found .*, which train has too",
        ),
        (
            {"problems__sources__outside__families": ["serie"]},
            "problems.sources.outside.families.0: found 'serie'; allowed: .*'series'",
        ),
        (
            {"problems__sources__outside__families": ["series", "series"]},
            r"problems.sources.outside.families: .*\['series'\] stand more than once",
        ),
        ({"problems__splits__outside__source": "wrld"}, "splits.outside.source is 'wrld'"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(changes: dict[str, Any], message: str):
    with pytest.raises(StudyError, match=message) as refused:
        load(study(**changes), "my.yaml")
    assert str(refused.value).startswith("my.yaml: ")
    assert len(str(refused.value).splitlines()) == 1


def test_a_study_that_reads_its_samples_has_no_outside_split():
    config = imported_study({"validation": ["t0.6", "t1", "t1-m0.1"], "test": ["t1"]}, "runs/{0}")
    config["problems"]["splits"]["outside"] = {"source": "world", "size": 5}
    config["evaluation"]["draws"]["outside"] = 4
    with pytest.raises(StudyError, match=r"problems.splits.outside: found it, and sampling.engine"):
        load(config, "my.yaml")


def test_few_draws_of_outside_are_enough_whatever_k_is_asked_for():
    draws = {"validation": 4, "test": 4, "outside": 1}
    assert load(study(evaluation__draws=draws), "my.yaml").evaluation.draws["outside"] == 1

"""The arguments of a rule's script, by name."""

from types import SimpleNamespace
from typing import Any

import pytest
from snakemake.iocontainers import InputFiles, OutputFiles, Params, Wildcards

from ssdmath.jobs import entry


def job(**params: Any) -> SimpleNamespace:
    """What a script sees of a rule with one file under `problems` and two under `samples`."""
    return SimpleNamespace(
        rule="scores",
        input=InputFiles(fromdict={"samples": InputFiles(["a", "b"]), "problems": "p"}),
        output=OutputFiles(fromdict={"table": "t"}),
        params=Params(fromdict={"settings": {"seed": 1}} | params),
        wildcards=Wildcards(fromdict={"run": "ssd_s0"}),
    )


def main(
    *, samples: list[str], problems: str, table: str, settings: dict[str, int], run: str
) -> None:
    """A script's main that takes something of each kind."""


def test_each_argument_is_what_the_rule_holds_under_its_name():
    assert entry.arguments(main, job(), {}) == {
        "samples": ["a", "b"],
        "problems": "p",
        "table": "t",
        "settings": {"seed": 1},
        "run": "ssd_s0",
    }


def test_several_files_under_one_name_are_a_plain_list():
    assert type(entry.arguments(main, job(), {})["samples"]) is list


def test_a_given_argument_wins():
    assert entry.arguments(main, job(), {"problems": "other"})["problems"] == "other"


@pytest.mark.parametrize(("params", "times"), [({"table": "again"}, 2), ({}, 0)])
def test_a_name_that_the_rule_holds_twice_or_not_at_all_is_an_error(
    params: dict[str, str], times: int
):
    def tabulate(*, table: str) -> None: ...

    def code(*, code: str) -> None: ...

    with pytest.raises(TypeError, match=rf"rule scores: '\w+' is named {times} times"):
        entry.arguments(tabulate if params else code, job(**params), {})

"""What the default profile reads from a Snakemake command."""

import pytest

from ssdmath.config import check


@pytest.mark.parametrize(
    ("command", "dry"),
    [
        (["-n"], True),
        (["--configfile", "a.yaml", "--dry-run"], True),
        (["--dryrun", "--cores", "2"], True),
        (["-np"], True),
        (["-Fn"], True),
        ([], False),
        (["--nolock", "--cores", "2"], False),
        (["--", "-n"], False),
        (["-R", "plan"], False),
    ],
)
def test_a_dry_run_is_known_by_its_flag(command: list[str], dry: bool):
    assert check.asks_for_dry_run(command) == dry

"""Compare a study whose jobs are forked from one process with the same study without the server.

Both sides make the workflow tests' tiny study from nothing. Its work is small, so most of what is
timed is the start of jobs; the tables of the two sides must be equal.
Usage: python benchmarks/fork_server.py [--quick]
"""

import argparse
import ctypes
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import timing
from study_folder import StudyFolder, tiny_study

from ssdmath.jobs.fork_client import OFF, SERVER

CASE = "the tiny study of the tests, whole"
TABLES = ("scores.csv", "contrasts.csv", "chosen.json")
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: the server becomes a child of this process


def main(*, repeats: int) -> None:
    """Make the study on both sides in turn; write the json."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    made: dict[str, list[bytes]] = {}

    def side(name: str, **environment: str) -> None:
        os.environ.pop(SERVER, None)
        os.environ.update(environment)
        with tempfile.TemporaryDirectory() as folder:
            study = StudyFolder(Path(folder) / "study")
            study.made(tiny_study())
            made[name] = [study.csv(table) for table in TABLES]
        with suppress(ChildProcessError):
            while True:
                os.wait()  # for all that is left, the server among them: its processor time counts

    forked, alone = timing.alternate(
        [lambda: side("forked"), lambda: side("alone", **{SERVER: OFF})], repeats, warm=False
    )
    if made["forked"] != made["alone"]:
        sys.exit("error: the two sides made different tables")
    timing.save("fork_server", "snakemake", "torch", rows=[timing.versus(CASE, forked, alone)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="once instead of three times")
    main(repeats=1 if parser.parse_args().quick else 3)

"""Check configs before Snakemake reads them.

`python -m ssdmath.config.check FILE...` checks whole studies; with `--run` also whether they may be
run; with `--name` it prints the name of the one study, which the Makefile makes paths of.
`command_line` checks what a Snakemake command names; `profiles/default/config.yaml` calls it.
"""

import argparse
import itertools
import re
import sys
from collections.abc import Sequence

from ssdmath.config import documents, pinning
from ssdmath.config.config_file import parse_config, read_config
from ssdmath.config.documents import DocumentError, shown

_KEY = re.compile(r"[a-zA-Z_][\w-]*\w")  # what Snakemake takes as the key of `--config`
_DRY_RUN = re.compile(r"--dry-?run|-[npF]*n[npF]*")


def command_line(arguments: Sequence[str]) -> None:
    """Check every config of a Snakemake command; exits with a line each if one is unsound.

    Files of `--configfile` and values of `--config` are checked for form only: whether they make a
    study is checked once Snakemake has put them together.
    """
    parsed = options(arguments)
    try:
        for file in parsed.configfile:
            read_config(file)
        for entry in parsed.config:
            _check_entry(entry)
    except DocumentError as error:
        sys.exit(documents.refusal(error))


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read those options of a Snakemake command that are needed before Snakemake hands them out.

    Returns `configfile`, `config` and `forcerun` (lists), `forceall`, and `others`: the arguments
    that are no such option, targets among them.
    """
    before, targets = [*arguments], []
    if "--" in before:
        at = before.index("--")
        before, targets = before[:at], before[at + 1 :]
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", action="extend", default=[])
    parser.add_argument("--config", "-C", nargs="*", action="extend", default=[])
    parser.add_argument("--forcerun", "-R", nargs="*", action="extend", default=[])
    parser.add_argument("--forceall", "-F", action="store_true")
    try:
        known, others = parser.parse_known_args(before)
    except (argparse.ArgumentError, SystemExit):  # Snakemake says what is wrong with its options
        known, others = parser.parse_args([]), []
    known.others = [*others, *targets]
    return known


def asks_for_dry_run(arguments: Sequence[str]) -> bool:
    """Whether a Snakemake command only asks what would run (`-n`, also among others: `-np`)."""
    before = itertools.takewhile(lambda argument: argument != "--", arguments)
    return any(_DRY_RUN.fullmatch(argument) for argument in before)


def _check_entry(entry: str) -> None:
    """Raise DocumentError for a `key=value` of `--config` that Snakemake could misread."""
    key, equals, value = entry.partition("=")
    if not equals or not _KEY.fullmatch(key):
        raise DocumentError(f"--config: found {shown(entry)}; allowed: key=value")
    if value.lstrip().startswith("{"):
        parse_config(value, f"--config {key}")


def file_or_exit(path: str) -> str:
    """Return the path of a sound config file; exits with a line each otherwise."""
    try:
        read_config(path)
    except DocumentError as error:
        sys.exit(documents.refusal(error))
    return path


def main(arguments: Sequence[str]) -> None:
    """Check studies; exits with a line each at the first that is wrong."""
    from ssdmath.config.study import load  # pydantic: not for the start of every Snakemake

    parser = argparse.ArgumentParser(prog="python -m ssdmath.config.check")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--name", action="store_true", help="print the study's name")
    parser.add_argument("--run", action="store_true", help="refuse unpinned revisions")
    parsed = parser.parse_args(arguments)
    try:
        studies = [load(read_config(file), file) for file in parsed.files]
        for file, study in zip(parsed.files, studies, strict=True):
            if parsed.run and study.unpinned and not study.smoke:
                raise DocumentError(f"{file}: {pinning.refusal(study.unpinned)}")
    except ValueError as error:
        sys.exit(documents.refusal(error))
    if parsed.name:
        print(*(study.name for study in studies), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])

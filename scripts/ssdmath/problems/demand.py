"""Whether sources hold as many problems as the splits take, checked before the first job."""

from collections.abc import Mapping

from ssdmath.config.problems import ProblemsConfig, SplitConfig
from ssdmath.problems.sources.base import SourceError


def check(config: ProblemsConfig, counts: Mapping[str, int]) -> None:
    """Raise SourceError if the splits ask for more than the sources hold.

    `counts` are the problems of each source that was read to its end, duplicates included: the rule
    `problems` may still find fewer.
    """
    for name, count in counts.items():
        sizes = {split: _fixed(wanted).get(name, 0) for split, wanted in config.splits.items()}
        if (total := sum(sizes.values())) > count:
            by_split = " + ".join(f"{size} in {split}" for split, size in sizes.items() if size)
            found = f"found {total} problems of source {name!r} ({by_split}), which holds {count}"
            raise SourceError(f"problems.splits: {found}; allowed: at most {count} in all")
    for split, wanted in config.splits.items():
        if set(wanted.named) <= set(counts):
            count = sum(counts[name] for name in wanted.named)
            if wanted.size > count:
                found = f"found {wanted.size}, but the sources {wanted.named} hold {count} problems"
                raise SourceError(
                    f"problems.splits.{split}.size: {found}; allowed: at most {count}"
                )


def _fixed(split: SplitConfig) -> dict[str, int]:
    """The problems of a split that can come from one source only."""
    if split.backfill:
        return {}
    if isinstance(split.sources, dict):
        return split.sources
    return {split.mixed[0]: split.size} if len(split.mixed) == 1 else {}

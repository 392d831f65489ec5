"""Whether sources hold as many problems as the splits take, told before any job."""

from collections.abc import Mapping

from ssdmath.config.problems import ProblemsConfig, SplitConfig
from ssdmath.problems.sources.base import SourceError


def check(section: ProblemsConfig, counts: Mapping[str, int]) -> None:
    """Raise SourceError if the splits ask for more than the sources hold.

    `counts` are the problems of each source that was read to its end, duplicates included: the rule
    `problems` may still find fewer.
    """
    for name, count in counts.items():
        wanted = {split: _fixed(config).get(name, 0) for split, config in section.splits.items()}
        if (total := sum(wanted.values())) > count:
            parts = " + ".join(f"{number} in {split}" for split, number in wanted.items() if number)
            found = f"found {total} problems of source {name!r} ({parts}), which holds {count}"
            raise SourceError(f"problems.splits: {found}; allowed: at most {count} in all")
    for split, config in section.splits.items():
        if set(config.named) <= set(counts):
            count = sum(counts[name] for name in config.named)
            if config.size > count:
                found = f"found {config.size}, but the sources {config.named} hold {count} problems"
                raise SourceError(
                    f"problems.splits.{split}.size: {found}; allowed: at most {count}"
                )


def _fixed(config: SplitConfig) -> dict[str, int]:
    """The problems of a split that can come from one source only."""
    if config.backfill:
        return {}
    if isinstance(config.sources, dict):
        return config.sources
    return {config.mixed[0]: config.size} if len(config.mixed) == 1 else {}

"""The sizes of a study that a design may change, and the study with other ones."""

from typing import Any, NamedTuple, Self

import yaml

from ssdmath.config.evaluation import SideConfig
from ssdmath.config.problems import SplitConfig
from ssdmath.config.study import Study


class Sizes(NamedTuple):
    """How large a study is; everything else of its config stays."""

    runs: int  # training seeds
    decodings: int  # of the grid
    validation_problems: int
    validation_draws: int
    test_problems: int
    test_draws: int

    @classmethod
    def of(cls, study: Study) -> Self:
        """The sizes of a study as it is."""
        splits, draws = study.problems.splits, study.evaluation.draws
        return cls(
            len(study.seeds),
            len(study.evaluation.decodings),
            splits["validation"].size,
            draws["validation"],
            splits["test"].size,
            draws["test"],
        )


def needed(study: Study) -> list[str]:
    """The decodings of the grid that must stay: the default and those that contrasts name.

    A contrast may also name a decoding of base's own (a baseline, a composed one, a power).
    """
    sides = [side for contrast in study.contrasts for side in (contrast.a, contrast.b)]
    grid = study.evaluation.decodings
    named = [side.decoding for side in sides if side.decoding in grid]
    return list(dict.fromkeys([study.evaluation.default, *named]))


def least_runs(study: Study) -> int:
    """The training seeds that must stay, counted from the first: those that contrasts name."""
    sides: list[SideConfig] = [side for c in study.contrasts for side in (c.a, c.b)]
    trained = [side for side in sides if side.arm in study.trained]
    seeds = [seed for side in trained for seed in side.seeds or []]
    return max((study.seeds.index(seed) + 1 for seed in seeds), default=1)


def resized(study: Study, sizes: Sizes) -> Study:
    """The study at other sizes, unchecked.

    Of the grid it keeps the needed decodings, then the first of the config; of the seeds the
    first, then the smallest unused numbers. Fixed numbers of several sources keep their shares.
    """
    evaluation, splits = study.evaluation, study.problems.splits
    order = dict.fromkeys([*needed(study), *evaluation.decodings])
    slugs = set([*order][: sizes.decodings])
    grid = {
        "sweeps": _kept(evaluation.sweeps, slugs),
        "controls": _kept(evaluation.controls, slugs),
        "draws": evaluation.draws
        | {"validation": sizes.validation_draws, "test": sizes.test_draws},
    }
    resized_splits = {
        "validation": _split(splits["validation"], sizes.validation_problems),
        "test": _split(splits["test"], sizes.test_problems),
    }
    seeds = {"seeds": _seeds(study.seeds, sizes.runs)}
    return study.model_copy(
        update={
            "training": study.training and study.training.model_copy(update=seeds),
            "evaluation": evaluation.model_copy(update=grid),
            "problems": study.problems.model_copy(update={"splits": splits | resized_splits}),
        }
    )


def _kept(sweeps: dict[str, list[str]], wanted: set[str]) -> dict[str, list[str]]:
    reduced = {name: [slug for slug in slugs if slug in wanted] for name, slugs in sweeps.items()}
    return {name: slugs for name, slugs in reduced.items() if slugs}


def _seeds(seeds: list[int], number: int) -> list[int]:
    spare = [seed for seed in range(number + len(seeds)) if seed not in seeds]
    return [*seeds, *spare][:number]


def _split(split: SplitConfig, size: int) -> SplitConfig:
    """The split with `size` problems; fixed numbers are scaled where they must add up to it."""
    sources = split.sources
    if isinstance(sources, dict) and (not split.backfill or size < sum(sources.values())):
        sources = _shares(sources, size)
    return split.model_copy(update={"size": size, "sources": sources})


def _shares(numbers: dict[str, int], size: int) -> dict[str, int]:
    """Whole numbers in the same proportions that add up to `size` (largest remainders)."""
    total = sum(numbers.values())
    exact = {name: number * size / total for name, number in numbers.items()}
    shares = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: shares[name] - exact[name])
    for name in by_remainder[: size - sum(shares.values())]:
        shares[name] += 1
    return {name: share for name, share in shares.items() if share}


def lines(before: Study, after: Study) -> str:
    """The config lines in which two studies of other sizes differ, as YAML to paste."""
    changed: dict[str, Any] = {"problems": {"splits": {}}, "training": {}, "evaluation": {}}
    for name, split in after.problems.splits.items():
        if split != before.problems.splits[name]:
            dumped = split.model_dump(mode="json", exclude_defaults=True)
            changed["problems"]["splits"][name] = dumped
    if after.seeds != before.seeds:
        changed["training"]["seeds"] = after.seeds
    for key in ("sweeps", "controls", "draws"):
        if (value := getattr(after.evaluation, key)) != getattr(before.evaluation, key):
            changed["evaluation"][key] = value
    if not changed["problems"]["splits"]:
        del changed["problems"]
    values = {section: entries for section, entries in changed.items() if entries}
    return yaml.safe_dump(values, default_flow_style=None, sort_keys=False, width=100)

"""Among which sizes a design may choose, and why no others."""

from typing import NamedTuple, Self

from ssdmath.config.base import Split
from ssdmath.config.generated import GeneratedSource
from ssdmath.config.study import Study
from ssdmath.plan.sizes import Sizes, least_runs, needed

LEAST_RUNS = 2  # a side: with one, a contrast speaks of a checkpoint (docs/method.md, 5)
LEAST_PROBLEMS = 100  # the smallest split whose intervals were calibrated (docs/calibration.md)
MOST_TRIED = 1_000_000  # sizes of a split, with runs or decodings: some seconds
GENERATED = 10  # a generated source may be asked for so many times the present problems


class Range(NamedTuple):
    """The whole numbers from `least` to `most`, and what sets each end."""

    least: int
    most: int
    because: str

    @property
    def all(self) -> range:
        """The numbers, ascending."""
        return range(self.least, self.most + 1)


class Space(NamedTuple):
    """The range of each of `Sizes`, in its order."""

    runs: Range
    decodings: Range
    validation_problems: Range
    validation_draws: Range
    test_problems: Range
    test_draws: Range

    @classmethod
    def of(cls, study: Study) -> Self:
        """The ranges of a study; ValueError names a bound that its config leaves nothing below."""
        now, limits = Sizes.of(study), study.plan.design
        seeds = max(LEAST_RUNS, least_runs(study))
        fewest = max((2 * k for k in study.evaluation.ks if k > 1), default=1)
        draws = _range("draws", fewest, limits.draws, "evaluation.ks; plan.design.draws")
        space = cls(
            _range("runs", seeds, limits.runs, "two runs a side; plan.design.runs")
            if study.training
            else Range(0, 0, "nothing is trained"),
            Range(
                len(needed(study)), now.decodings, "the default and those of contrasts; the grid"
            ),
            _problems(study, "validation", now.validation_problems),
            draws,
            _problems(study, "test", now.test_problems),
            draws,
        )
        if study.evaluation.racing is not None:
            space = space._replace(
                validation_problems=_raced(now.validation_problems),
                validation_draws=_raced(now.validation_draws),
            )
        space.check()
        return space

    def check(self) -> None:
        """Raise ValueError if trying all designs would take too long."""
        runs, decodings, *splits = [len(range_.all) for range_ in self]
        combinations = max(decodings * splits[0] * splits[1], runs * splits[2] * splits[3])
        if combinations > MOST_TRIED:
            keys = "plan.design.runs, draws and problems"
            allowed = f"up to {MOST_TRIED:,}"
            raise ValueError(f"{keys} ask for {combinations:,} sizes; allowed: {allowed}")


def _raced(size: int) -> Range:
    """The present size of validation: what a race loses depends on its rungs, not on a formula."""
    return Range(size, size, "the present, which the rungs of a race divide (docs/racing.md)")


def _range(key: str, least: int, most: int, because: str) -> Range:
    if most < least:
        raise ValueError(f"plan.design.{key} is {most}; allowed: {least} or more")
    return Range(least, most, because)


def _problems(study: Study, split: Split, now: int) -> Range:
    """From few problems to what the split's sources hold."""
    section, stated = study.problems.splits[split], study.plan.design.problems
    sources = [study.problems.sources[name] for name in section.named]
    if split in stated:
        most, because = stated[split], f"plan.design.problems.{split}"
    elif all(isinstance(source, GeneratedSource) for source in sources):
        most, because = GENERATED * now, f"{GENERATED} times the present, of a generated source"
    else:
        most = now
        because = f"the present; plan.design.problems.{split} may state what the sources hold"
    least = min(LEAST_PROBLEMS, now)
    return _range(f"problems.{split}", least, most, because)

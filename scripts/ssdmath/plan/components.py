"""The variance components that decide what a study detects, and where each figure comes from.

An earlier study that is named comes first, then the pilot, then the config's section `plan`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ssdmath.config.planning import PlanConfig
from ssdmath.config.study import Study
from ssdmath.plan import power


@dataclass(frozen=True)
class Components:
    """Variances and standard deviations of accuracies as shares of 1, and their origins."""

    prior: PlanConfig  # w^2 (`effects`), `between_runs` and `decodings` as they are used
    within: float  # variance of a draw within its problem
    between: float | None  # variance of true rates between problems, where it was measured
    origin: dict[str, str]  # of each figure, by its name in `as_rows`

    @classmethod
    def of(
        cls, study: Study, pilot: Mapping[str, Any] | None, earlier: Mapping[str, Any] | None
    ) -> Self:
        """Take each component from its best source; `earlier` is what `plan.earlier` measures."""
        names = ("within", "effects", "between_runs", "decodings")
        if earlier is not None:
            origin = dict.fromkeys((*names, "between"), f"measured in {earlier['study']}")
            measured = {name: earlier[name] for name in names}
            prior = study.plan.model_copy(update=measured)
            return cls(prior, earlier["within"], earlier["between"], origin)
        origin = {name: f"assumed, plan.{name}" for name in names}
        if pilot is None:
            return cls(study.plan, study.plan.within, None, origin)
        origin["within"] = f"the pilot and plan.within ({power.PRIOR_PROBLEMS} problems' weight)"
        origin["between"] = "measured by the pilot"
        within, between = power.within(study.plan, pilot), pilot["variance"]["between"]
        return cls(study.plan, within, between, origin)

    @property
    def correlation(self) -> float | None:
        """Correlation of the two sides' true rates over problems: 1 - w^2 / (2 b^2).

        None where the variance between problems, b^2, is unknown or 0. Only w^2 enters the error.
        """
        return 1 - self.prior.effects / (2 * self.between) if self.between else None

    def as_dict(self) -> dict[str, Any]:
        """The figures as design.json holds them."""
        return {
            "within": self.within,
            "between": self.between,
            "correlation": self.correlation,
            "effects": self.prior.effects,
            "between_runs": self.prior.between_runs,
            "decodings": self.prior.decodings,
            "origin": self.origin,
        }

"""When two statements count as one problem."""

from typing import Any, Self

from pydantic import Field, model_validator

from ssdmath.config.base import ClosedModel, PositiveShare


class DecontaminationConfig(ClosedModel):
    """When two statements count as one problem; docs/problems.md says what was measured."""

    on: bool = Field(
        default=True,
        description="Whether problems that occur in two splits are dropped; `enabled` is another "
        "name of this key.",
    )
    ngram: int = Field(default=3, ge=2, le=8, description="Longest run of words that is compared.")
    threshold: PositiveShare = Field(
        default=0.85,
        description="Least Jaccard index of n-grams at which two problems with different answers "
        "count as one.",
    )
    same_answer: PositiveShare = Field(
        default=0.5,
        description="Least similarity at which two problems with the same answer count as one.",
    )
    same_numbers: PositiveShare = Field(
        default=0.22,
        description="Least similarity if, besides the answer, two or more numbers beyond 0, 1 and 2"
        " agree.",
    )
    generated: bool = Field(
        default=False,
        description="Whether generated problems are compared too; they share their templates.",
    )

    @classmethod
    def respelled(cls, section: dict[Any, Any]) -> dict[Any, Any]:
        """Take `enabled`, and the true that YAML makes of a bare `on`, as the key `on`."""
        # by type, because 1 == True would match too
        spellings = [
            key for key in section if key is True or key in ("on", "True", "true", "enabled")
        ]
        if len(spellings) > 1:
            raise ValueError("on and enabled are one key; give one of the two")
        return {"on" if key in spellings else key: value for key, value in section.items()}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        found = [self.same_numbers, self.same_answer, self.threshold]
        if found != sorted(found):
            order = "same_numbers <= same_answer <= threshold"
            raise ValueError(f"thresholds are {found}; allowed: {order}")
        return self

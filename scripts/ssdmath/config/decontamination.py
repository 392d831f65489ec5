"""When two statements count as one problem."""

from typing import Any, Self

from pydantic import Field, model_validator

from ssdmath.config.base import ClosedModel


class DecontaminationConfig(ClosedModel):
    """When two statements count as one problem; docs/problems.md says what was measured."""

    on: bool = Field(default=True, description="`enabled` is another name of this key")
    ngram: int = Field(default=3, ge=2, le=8, description="longest run of words compared")
    threshold: float = Field(
        default=0.85, gt=0, le=1, description="least Jaccard index of n-grams if the answers differ"
    )
    same_answer: float = Field(
        default=0.5, gt=0, le=1, description="least similarity if the answers agree"
    )
    same_numbers: float = Field(
        default=0.22, gt=0, le=1, description="the same if two or more numbers beyond 0, 1, 2 agree"
    )
    generated: bool = Field(
        default=False, description="also compare generated problems (they share templates)"
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

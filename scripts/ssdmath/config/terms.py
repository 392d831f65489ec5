"""The fixed words of a study, each written down once: arms, kept samples, families of contrasts."""

from typing import Final, Literal

# Arms that the report and the attribution know by name (docs/method.md, section 3). A study may
# name others.
SSD: Final = "ssd"
SSD_UNTRUNCATED: Final = "ssd_untruncated"  # `ssd` without truncation, at one temperature
SSD_UNTRUNCATED_COMPLETE: Final = "ssd_untruncated_complete"
SSD_COMPLETE: Final = "ssd_complete"
NAIVE: Final = "naive"
NAIVE_COMPLETE: Final = "naive_complete"
RFT: Final = "rft"
STRESS: Final = "stress"
DROP_SHORTEST: Final = "drop_shortest"  # `ssd` without the shortest samples
DROP_LONGEST: Final = "drop_longest"
TARGET: Final = "target"  # `ssd` with the exact target at every position, not a sampled token
LENGTH_MATCHED: Final = "length_matched"  # `ssd` with the lengths of base's plain samples
ARMS: Final = (
    SSD,
    SSD_COMPLETE,
    TARGET,
    DROP_SHORTEST,
    DROP_LONGEST,
    LENGTH_MATCHED,
    NAIVE,
    NAIVE_COMPLETE,
    RFT,
    STRESS,
)
# Those of them that are defined as trainings of base.
ROLES_OF_BASE: Final = (*ARMS, SSD_UNTRUNCATED, SSD_UNTRUNCATED_COMPLETE)

# Which samples an arm trains on (docs/method.md, section 3).
Keep = Literal[
    "nonempty", "complete", "correct", "all", "drop_shortest", "drop_longest", "length_matched"
]
KEEP_NONEMPTY: Final = "nonempty"
KEEP_COMPLETE: Final = "complete"
KEEP_CORRECT: Final = "correct"
KEEP_ALL: Final = "all"
KEEP_DROP_SHORTEST: Final = "drop_shortest"
KEEP_DROP_LONGEST: Final = "drop_longest"
KEEP_LENGTH_MATCHED: Final = "length_matched"

# What a trained model's distribution is compared with at each position of a completion.
Loss = Literal["sampled", "exact"]
SAMPLED: Final = "sampled"  # the token that was drawn
EXACT: Final = "exact"  # the whole distribution that it was drawn from

# What all arms of a study have in common where their training sets are matched.
Match = Literal["prompts"]

# Families of contrasts: within each, p-values are corrected together (docs/method.md, section 5).
Family = Literal["primary", "confirmatory", "exploratory", "null"]
PRIMARY: Final = "primary"
CONFIRMATORY: Final = "confirmatory"
EXPLORATORY: Final = "exploratory"
NULL: Final = "null"  # checks on which every finding is false

"""Names of runs, models and cells: what a wildcard means, in one place.

`base` is the frozen model; `ssd_t1.1-k20-p0.95_s0@94` is the checkpoint at step 94 of the run
`ssd_t1.1-k20-p0.95_s0`: arm, synthesis decoding, training seed. `released_c0` is the first of the
released checkpoints of the arm `released`, which nobody trains here.
"""

import re
from pathlib import PurePath
from typing import NamedTuple, Self

from ssdmath.config.decoding import OF
from ssdmath.config.power import has_power

BASE = "base"
PLACEBO = "placebo"  # base once more, under draw keys of its own
COMPOSED = "composed"  # base decoded as a perfect student of ssd would be; no model of its own
POWER = "power"  # base decoded from a power of whole completions' probability; as COMPOSED
RUNGS = "rungs"  # the folder of a race, with a study's folder of cells for each rung but the last
LOOKS = "looks"  # the folder of the looks at test before the last, laid out in the same way
DECODED = (COMPOSED, POWER)  # arms that are base at decodings of their own
OF_BASE = (BASE, PLACEBO, *DECODED)  # arms whose draws are the frozen model's
ARM = r"[a-z][a-z0-9_]*"  # an arm's name; the decoding's slug after it always starts with t<digit>
RUN = rf"{ARM}_t[^_/@]+_s\d+"
CHECKPOINT = rf"{ARM}_c\d+"
MODEL = rf"{BASE}|{RUN}@\d+|{CHECKPOINT}"
_RUN = re.compile(rf"(?P<arm>{ARM})_(?P<decoding>t[^_/@]+)_s(?P<seed>\d+)")
_CHECKPOINT = re.compile(rf"(?P<arm>{ARM})_c(?P<number>\d+)")


class Run(NamedTuple):
    """One training: an arm at one synthesis decoding with one training seed."""

    arm: str
    decoding: str  # slug of the synthesis decoding
    seed: int

    def __str__(self) -> str:
        """Spell the run as it stands in paths."""
        return f"{self.arm}_{self.decoding}_s{self.seed}"

    def at(self, step: int) -> str:
        """Name the model that this run's checkpoint at `step` is."""
        return f"{self}@{step}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a run id; ValueError if it is not one."""
        match = _RUN.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is not a run: <arm>_<decoding>_s<seed>")
        return cls(match["arm"], match["decoding"], int(match["seed"]))


class Model(NamedTuple):
    """The columns by which every table names a model; all but `model` and `arm` null for base.

    Of a released checkpoint `train_seed` is its number in the arm's list, and the others are null.
    """

    model: str
    arm: str
    train_decoding: str | None
    train_seed: int | None
    step: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a model id: `base`, `placebo`, `<run>@<step>` or `<arm>_c<number>`; ValueError."""
        if text in (BASE, PLACEBO):
            return cls(text, text, None, None, None)
        if match := _CHECKPOINT.fullmatch(text):
            return cls(text, match["arm"], None, int(match["number"]), None)
        name, _, step = text.partition("@")
        run = Run.parse(name)
        return cls(text, run.arm, run.decoding, run.seed, int(step))


class Cell(NamedTuple):
    """One file of samples or verdicts: {model}/{split}/{decoding}/{seed}.parquet."""

    model: str
    split: str
    decoding: str
    seed: int

    @classmethod
    def of(cls, path: str) -> Self:
        """Read a cell off its path, whatever folder the path starts with."""
        model, split, decoding, name = PurePath(path).parts[-4:]
        return cls(model, split, decoding, int(name.removesuffix(".parquet")))

    def columns(self) -> dict[str, str | int | None]:
        """Give the cell columns of scores and contrasts for this cell."""
        columns = {**Model.parse(self.model)._asdict(), "split": self.split}
        if self.model == BASE:
            columns["arm"] = arm_of_base(self.decoding)
        return columns | {"decoding": self.decoding}


def checkpoint(arm: str, number: int) -> str:
    """Name a released checkpoint by its arm and its number in the arm's list, from 0."""
    return f"{arm}_c{number}"


def model_of_base(arm: str) -> str:
    """Name the model whose cells an arm of the frozen model holds."""
    return BASE if arm in DECODED else arm


def arm_of_base(decoding: str) -> str:
    """Name the arm that a cell of base belongs to, by its decoding."""
    if OF in decoding:
        return COMPOSED
    return POWER if has_power(decoding) else BASE

"""The words of the report, explained: those that this study uses."""

from ssdmath.config import rounds
from ssdmath.config import terms as names
from ssdmath.config.decoding import OF, TOKEN_FILTERS, Decoding, TokenFilter
from ssdmath.config.names import BASE, COMPOSED, PLACEBO, POWER
from ssdmath.config.power import has_power
from ssdmath.report.results import Results

ARMS = {
    BASE: "the model as it is, without any training",
    names.SSD: "simple self-distillation: base trained on samples of its own, drawn at the "
    "synthesis decoding and kept whether right or wrong",
    names.SSD_COMPLETE: "ssd, trained on samples that ended by themselves",
    names.TARGET: "ssd, trained on the whole distribution at every position of its samples, not on "
    "the sampled token",
    names.DROP_SHORTEST: "ssd, trained without the shortest samples",
    names.DROP_LONGEST: "ssd, trained without the longest samples",
    names.LENGTH_MATCHED: "ssd, its samples left out or repeated until they are as long as base's",
    names.SSD_UNTRUNCATED: "ssd, its samples drawn without top-k, top-p and min-p",
    names.SSD_UNTRUNCATED_COMPLETE: "ssd_untruncated, trained on samples that ended by themselves",
    names.NAIVE: "negative control: base trained on plain samples of its own (T = 1, nothing cut "
    "off), which should change nothing",
    names.NAIVE_COMPLETE: "naive, trained on samples that ended by themselves",
    names.RFT: "rejection fine-tuning: trained on samples with the right answer, so that it needs "
    "a verifier",
    names.STRESS: "trained on bad samples: drawn at T = 2, nothing cut off",
    COMPOSED: "base decoded as a perfect student of ssd would be, without any training",
    POWER: "base decoded from a power of a whole completion's probability, without any training",
    PLACEBO: "base once more under other draws, taken through choice and test like an arm: it "
    "should differ from base in nothing",
}
RELEASED = "checkpoints that others trained: each is a run, none was trained here"
TERMS = {
    "arm": "a recipe for the training set, or base itself",
    "run": "one training of an arm, on a sample and in an order of its own",
    "accuracy": "share of right answers among all draws; one that was cut off is not right",
    "points": "percentage points: the difference of two accuracies",
    "validation, test": "problems on which decodings are chosen, and others on which the chosen "
    "ones are compared",
    "A/A": "one half of an arm's runs against the other: nothing differs",
    "undecided": "the interval holds both zero and differences that would matter",
}


def terms(results: Results) -> list[tuple[str, str]]:
    """Each arm, part of a decoding's name and term that the report uses, with its meaning."""
    cells = results.cells
    arms = set(cells["arm"])
    slugs = [*cells["decoding"].unique(), *cells["train_decoding"].drop_nulls().unique()]
    used = {kind for slug in slugs for kind in _filters(Decoding.parse(slug))}
    filters = {
        f"{kind.name} (short: {kind.example})": kind.keeps for kind in TOKEN_FILTERS if kind in used
    }
    decodings = {
        "T (short: t0.7)": "temperature: probabilities to the power 1/T; higher is more "
        "varied. T_train: of the samples that were trained on. T_eval: of the answers",
        **filters,
    }
    if any(OF in slug for slug in slugs):
        decodings["inside (short: -of-)"] = (
            "first cut off and tempered as at synthesis, then drawn at the other temperature"
        )
    if any(map(has_power, slugs)):
        decodings["power (short: pow4x8)"] = (
            "whole completions in proportion to a power of their probability: a first draft, then "
            "moves that redraw its end"
        )
    meanings = ARMS | dict.fromkeys(results.study.released, RELEASED)
    arm_meanings = {arm: text for arm, text in meanings.items() if arm in arms}
    trained = results.study.trained
    arm_meanings |= {
        name: f"round {rounds.depth(trained, name)}: {arm.teacher} trained once more, "
        "on samples of its own"
        for name, arm in trained.items()
        if arm.is_round
    }
    return [*arm_meanings.items(), *decodings.items(), *TERMS.items()]


def _filters(decoding: Decoding) -> list[TokenFilter]:
    """The token filters of a decoding, and of its target where it is composed."""
    own = [kind for kind, _ in decoding.filters]
    return own + (_filters(decoding.target) if decoding.target else [])

"""The settings of each rule: the slice of the study that decides its output, named after the rule.

Each slice is one plain dict, because Snakemake compares the values of params without their names
and cannot compare objects. A change outside its slice does not rerun a rule.
"""

from typing import Any

from ssdmath.config.arms import SelectionConfig, matched_draws, matching
from ssdmath.config.decoding import Decoding
from ssdmath.config.names import PLACEBO, Run
from ssdmath.config.power import has_power
from ssdmath.config.problems import OUTSIDE
from ssdmath.config.study import Study
from ssdmath.config.terms import PRIMARY
from ssdmath.grid import looks, pins
from ssdmath.grid.tested import attribution_split
from ssdmath.provenance import metadata

SHOWN = {"report_to"}  # of the training: trackers only watch, and decide no result


def verify(study: Study) -> dict[str, Any]:
    """What decides a verdict, beside the sample and the gold."""
    limits = study.verification.model_dump(mode="json")
    return {"thinking": study.model.thinking, "limits": limits}


def training_set(study: Study, run: str) -> dict[str, Any]:
    """What decides which samples a run trains on, and how often."""
    parsed, training = Run.parse(run), study.trains_with
    name, arm = parsed.arm, study.trained[parsed.arm]
    selection = arm.model_dump(mode="json", include=set(SelectionConfig.model_fields))
    budget = {"steps": training.checkpoints[-1], "batch": training.batch}
    own = {"match": training.match, "draws": _draws_by_arm(study).get(name)}
    return {"selection": selection, "writer": study.teacher(parsed), **own, **budget}


def matched_prompts(study: Study) -> dict[str, Any]:
    """What decides which prompts all arms train on; decodings in the order of the cells."""
    arms = {
        name: arm.model_dump(mode="json", exclude={"training"})
        for name, arm in matching(study.trained).items()
    }
    return {"decodings": study.synthesised, "arms": arms, "draws": _draws_by_arm(study)}


def _draws_by_arm(study: Study) -> dict[str, list[int]]:
    """The draws that each arm chooses among where arms are matched; else empty."""
    return matched_draws(study.trained, study.synthesis.draws) if study.matched else {}


def needs_verdicts(study: Study, run: str) -> bool:
    """Whether a run's training set depends on verdicts; others must not rerun with the verifier."""
    return study.trained[Run.parse(run).arm].needs_verdicts


def match_needs_verdicts(study: Study) -> bool:
    """Whether the prompts that all arms train on depend on verdicts."""
    return any(arm.needs_verdicts for arm in matching(study.trained).values())


def train(study: Study, run: str) -> dict[str, Any]:
    """What decides a training beside its rows; the seeds are in the run's name.

    `start` names the model that it starts from, whose record is an input.
    """
    parsed = Run.parse(run)
    own = study.training_of(parsed.arm)
    section = own.model_dump(mode="json", exclude={"seeds", "match", *SHOWN})
    return section | {"loss": study.trained[parsed.arm].loss, "start": study.teacher(parsed)}


def released_model(study: Study, model: str) -> dict[str, Any]:
    """Where a released checkpoint is read."""
    return study.released_models[model].model_dump(mode="json")


def problems(study: Study) -> dict[str, Any]:
    """What decides the problems of train, validation and test; outside has a rule of its own."""
    return study.problems.inside.model_dump(mode="json")


def pilot(study: Study) -> dict[str, Any]:
    """What decides a pilot's draws; a pilot with other settings says nothing about this study."""
    return {
        "model": study.model.model_dump(mode="json"),
        "decoding": study.evaluation.default,
        "cap": study.sampling.cap,
        **study.pilot.model_dump(mode="json"),
    }


def digest(study: Study) -> str:
    """Fingerprint of all that decides a result, for the ledger of the test split."""
    decides = study.model_dump(
        mode="json",
        exclude={"name": True, "plan": True, "pilot": True}
        | {"training": SHOWN, "problems": True, "evaluation": {"draws": {OUTSIDE}}},
    ) | {"problems": problems(study)}
    return metadata.digest(decides)


def choose(study: Study) -> dict[str, Any]:
    """What decides the choice on validation."""
    racing = study.evaluation.racing
    return {
        "draws": study.evaluation.draws["validation"],
        "arms": study.chosen_arms,
        **_bootstrap(study),
    } | ({} if racing is None else {"race": racing.model_dump(include={"keep", "reach"})})


def race(study: Study, rung: int, arm: str) -> dict[str, Any]:
    """What decides which cells of an arm go on from a rung, beside their verdicts."""
    racing = study.evaluation.racing
    if racing is None:
        return {}
    shared = {"rung": rung, "draws": racing.rungs[rung].draws, "pinned": pins.cells(study, arm)}
    return racing.model_dump(include={"keep", "reach"}) | shared


def scores(study: Study) -> dict[str, Any]:
    """What decides the score table, beside the verdicts."""
    evaluation = study.evaluation
    return {
        "planned": {name: n for name, n in evaluation.draws.items() if name != OUTSIDE},
        "ks": evaluation.ks,
        "nested": evaluation.nested,
        "cap": study.sampling.cap,
        **_bootstrap(study),
    } | ({"ends": "unknown"} if unknown_ends(study) else {})


def unknown_ends(study: Study) -> bool:
    """Whether it is not known which draws were cut off."""
    return study.imported is not None and study.imported.ends == "unknown"


def attribution(study: Study) -> dict[str, Any]:
    """What decides the attribution table, beside the verdicts and the choice."""
    return {
        "split": attribution_split(study),
        "arms": [arm for arm in study.chosen_arms if arm != PLACEBO],
        "default": study.evaluation.default,
        **_compared(study),
    }


def votes(study: Study) -> dict[str, Any]:
    """What decides accuracy against tokens, beside the test verdicts and the choice."""
    arms = [arm for arm in study.tested if arm != PLACEBO]
    return {"arms": arms, "default": study.evaluation.default, **_bootstrap(study)}


def _compared(study: Study) -> dict[str, Any]:
    """What decides every comparison of two sides."""
    return {
        "shared": study.synthesis.shared,
        "matched": study.matched,
        "margin": study.evaluation.margin,
        **_bootstrap(study),
    }


def _bootstrap(study: Study) -> dict[str, Any]:
    """What decides the intervals of a table."""
    return {"resamples": study.evaluation.resamples, "seed": study.evaluation.seed}


def temperature(study: Study) -> dict[str, Any]:
    """What decides the temperature fits, beside the verdicts.

    Further rounds are left out: more than one temperature went into their samples. So are arms that
    learn a power, which is no temperature.
    """
    left_out = {*rounds(study), *powers(study)}
    arms = [name for name in study.arms if name not in left_out]
    return {"arms": arms, **_bootstrap(study)}


def rounds(study: Study) -> list[str]:
    """The arms whose samples a trained model wrote."""
    return [name for name, arm in study.trained.items() if arm.is_round]


def powers(study: Study) -> list[str]:
    """The arms whose samples were drawn from a power."""
    return [name for name, arm in study.trained.items() if any(map(has_power, arm.decodings))]


def curves(study: Study) -> dict[str, Any]:
    """What decides the curves of differences: the truncation with the most temperatures."""
    groups: dict[str, list[str]] = {}
    for slug in study.evaluation.decodings:
        groups.setdefault(Decoding.parse(slug).truncation, []).append(slug)
    longest = max(sorted(groups), key=lambda truncation: len(groups[truncation]))
    return {
        "arms": list(study.arms),
        "decodings": groups[longest],
        "shared": study.synthesis.shared,
        "margin": study.evaluation.margin,
        **_bootstrap(study),
    }


def contrasts(study: Study) -> dict[str, Any]:
    """What decides the contrast table, beside the verdicts and the choice."""
    declared = [contrast.model_dump(mode="json") for contrast in study.all_contrasts]
    seeds = {arm: study.seeds_of(arm) for arm in study.arms}
    return {"contrasts": declared, "seeds": seeds, **_compared(study)}


def look(study: Study, number: int) -> dict[str, Any]:
    """What decides a look at the test split, beside the verdicts and the choice."""
    (primary,) = (c.model_dump(mode="json") for c in study.contrasts if c.family == PRIMARY)
    seeds = {arm: study.seeds_of(arm) for arm in study.arms}
    own = {"look": number, "sizes": looks.sizes(study), "contrast": primary, "seeds": seeds}
    return own | {name: getattr(study.evaluation, name) for name in ("seed", "resamples")}


def gains(study: Study) -> dict[str, Any]:
    """What decides the contrasts inside the strata, beside the verdicts and the choice."""
    return contrasts(study) | {"nested": study.evaluation.nested}


def by_problem(study: Study) -> dict[str, Any]:
    """What decides the contrasts problem by problem: the declared ones, of single draws alone."""
    given = contrasts(study)
    kept = [one.model_dump(mode="json") for one in study.contrasts if one.budget is None]
    return {"contrasts": kept} | {name: given[name] for name in ("seeds", "resamples", "seed")}

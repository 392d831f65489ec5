"""Arms with learning rates or adapters of their own: what they change, and what is refused."""

import pytest
from changed_config import changed

from ssdmath.config.names import Run
from ssdmath.config.study import Study, StudyError, load
from ssdmath.grid import settings
from ssdmath.plan import build, memory, model_shape
from ssdmath.plan.throughput import Machine

CUT = "t1.5-p0.8"
LORA = {"rank": 4, "alpha": 8, "targets": ["q_proj", "v_proj"]}


def study(training: object, **changes: object) -> Study:
    config = changed("arms.own", {"decodings": [CUT], "training": training})
    config["training"] |= changes
    return load(config, "x")


def test_only_what_an_arm_states_differs_from_the_training_of_the_study():
    made = study({"learning_rate": 3e-4})
    theirs, own = (settings.train(made, str(Run(arm, CUT, 0))) for arm in ("ssd", "own"))
    assert {key for key in own if own[key] != theirs[key]} == {"learning_rate"}
    assert own["learning_rate"] == 3e-4
    plain = load(changed("training.seeds", made.seeds), "x")
    assert settings.train(plain, str(Run("ssd", CUT, 0))) == theirs


def test_a_study_that_was_written_and_read_again_trains_in_the_same_way():
    made = study({"learning_rate": 3e-4}, lora=LORA)
    again = Study.model_validate(made.model_dump(mode="json"))
    assert again.training_of("own") == made.training_of("own")
    assert again.training_of("own").lora == made.trains_with.lora
    assert again.training_of("own").learning_rate == 3e-4


def test_its_training_decides_neither_its_training_set_nor_the_matched_prompts():
    config = changed("training.match", "prompts")
    config["arms"]["own"] = {"decodings": [CUT]}
    plain = load(config, "x")
    config["arms"]["own"]["training"] = {"lora": LORA}
    adapted = load(config, "x")
    run = str(Run("own", CUT, 0))
    assert settings.training_set(adapted, run) == settings.training_set(plain, run)
    assert settings.matched_prompts(adapted) == settings.matched_prompts(plain)
    assert settings.train(adapted, run)["lora"]["rank"] == 4


@pytest.mark.parametrize(
    ("of_study", "of_arm", "largest"),
    [(None, LORA, None), (LORA, False, None), (LORA, LORA | {"rank": 16}, 16)],
)
def test_the_plan_asks_for_the_memory_of_the_largest_training(of_study, of_arm, largest):
    made = study({"lora": of_arm}, lora=of_study)
    training = made.largest_training
    assert training is not None
    assert (training.lora and training.lora.rank) == largest
    planned = build.plan(made, Machine.of({}), None, [])["memory"]["bytes"]
    shape, tokens = model_shape.of(made), made.plan.prompt_tokens + made.sampling.cap
    assert shape is not None
    assert planned == memory.terms(shape, training, tokens=tokens)


@pytest.mark.parametrize(
    ("name", "training", "found"),
    [
        ("ssd", {"learning_rate": 1e-4}, r"arms\.ssd\.training: found a training of its own, and"),
        ("own", {"learning_rate": 0}, r"arms\.own\.training\.learning_rate: .*greater than 0"),
        ("own", {"batch": 8}, r"arms\.own\.training\.batch: "),
        ("own", {"lora": {"rank": 4}}, r"arms\.own\.training\.lora\.alpha: "),
    ],
)
def test_what_would_break_a_comparison_or_a_training_is_refused(name, training, found):
    with pytest.raises(StudyError, match=found) as refused:
        load(changed(f"arms.{name}", {"decodings": [CUT], "training": training}), "x")
    assert all(line.startswith("x: ") for line in str(refused.value).splitlines())

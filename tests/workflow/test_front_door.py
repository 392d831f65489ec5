"""Whatever a user's config or file holds: a dry run, or one line that says what is wrong."""

import copy
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import odd_configs
import pytest
import yaml
from front_door import CONFIG, outcome, write
from study_folder import StudyFolder, tiny_study

pytestmark = pytest.mark.usefixtures("inside_checkout")


@pytest.mark.parametrize("seed", range(20))
def test_a_study_with_odd_values_starts_or_is_refused_in_one_line(seed: int):
    chance = random.Random(seed)
    for _ in range(20):
        study = odd_configs.changed(tiny_study(), chance)
        file = write(odd_configs.written(study))
        outcome(file)


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_config_starts_or_is_refused_in_one_line(seed: int):
    chance, sound = random.Random(seed), odd_configs.written(tiny_study())
    lines = [outcome(write(odd_configs.damaged(sound, chance))) for _ in range(20)]
    assert sum(line is not None for line in lines) > 10


def test_what_is_odd_is_refused_by_file_and_key():
    study = tiny_study()
    for section, key, value, words in [
        ("training", "learning_rate", float("inf"), "found .inf; allowed: a finite number"),
        ("training", "betas", [2, 0.9], "training.betas.0: found 2; allowed: less than 1"),
        ("training", "betas", [0.9, float("nan")], "found .nan; allowed: a finite number"),
        ("training", "clip", True, "training.clip: found true; allowed: a value that is no boo"),
        ("training", "seeds", [0, 0], "training.seeds: [0] stand more than once"),
        ("training", "seeds", [2**40], "training.seeds.0: found 1099511627776; allowed: less tha"),
        ("evaluation", "seed", 2**63, "evaluation.seed: found 9223372036854775808; allowed: les"),
        ("evaluation", "seed", 10**30, "evaluation.seed: found 1000"),
        (
            "training",
            "warmup_steps",
            5,
            "training.warmup_steps: found 5; allowed: at most 4, the la",
        ),
        ("training", "learning_rte", 1, "unknown key, found 'learning_rte'; did you mean 'learn"),
    ]:
        odd = copy.deepcopy(study)
        odd[section][key] = value
        line = outcome(write(odd_configs.written(odd)))
        assert line is not None
        assert line.startswith(f"error: {CONFIG}: "), line
        assert words in line
    named = outcome(write(odd_configs.written(study | {"name": "n" * 300})))
    assert named is not None
    assert "name: found" in named


def test_a_boolean_in_place_of_a_number_is_one_mistake():
    study = tiny_study()
    study["training"]["learning_rate"] = True
    line = outcome(write(odd_configs.written(study)))
    assert line == (
        f"error: {CONFIG}: training.learning_rate: found true; allowed: a value that is no boolean"
    )


def test_a_misspelt_key_is_said_before_what_is_missing_for_it():
    study = tiny_study()
    study["sampling"]["capp"] = study["sampling"].pop("cap")
    line = outcome(write(odd_configs.written(study)))
    assert line is not None
    assert "sampling.capp: unknown key, found 'capp'; did you mean 'cap'?" in line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "found nothing; allowed: one mapping"),
        (b"- 1\n", "found a list of 1; allowed: one mapping"),
        (b"null\n", "found null; allowed: one mapping"),
        (b"study\n", "found 'study'; allowed: one mapping"),
        (b"name: a\n---\nname: b\n", "line 2: found a second document"),
        (
            b"name: a\nmodel:\n\tpath: x\n",
            "line 3: found character that cannot start any token; allowed: YAML, without tabs",
        ),
        (b"name: a\0b\n", "line 1: found a NUL byte"),
        (b"name: a\nb: \xff\n", "line 2: found byte 0xff, which is not UTF-8"),
        (b"name: a\nname: b\n", "line 2: name: found the key again, first on line 1"),
        (b"a:\n  b: 1\n  b: 2\n", "line 3: a.b: found the key again, first on line 2"),
        (b'{"a": {"b": 1, "b": 2}}', "found the key twice"),
        (b'{"a": 1e400}', "a: found inf; allowed: a finite number"),
        (b"a: " + b"[" * 200, "found more than 32 levels"),
        (b"a: &a [*a]\n", "found more than 32 levels"),
        (b"#" * 10**6, "found 1000000 bytes; allowed: at most"),
        (b"a: " + b"9" * 9000, "line 1: a: found"),
        (b"a: !!python/name:os.system\n", "could not determine a constructor"),
        (b"__use_yte__: true\na: ?open('x', 'w')\n", "found a template"),
    ],
)
def test_a_broken_config_is_refused_by_file_and_line(text: bytes, words: str):
    line = outcome(write(text))
    assert line is not None
    assert line.startswith(f"error: {CONFIG}: ")
    assert words in line


def test_every_config_of_a_command_is_checked(tmp_path: Path):
    sound = write(odd_configs.written(tiny_study()))
    broken = write(b"training: {batch: 1, batch: 2}\n", "config/more.yaml")
    assert outcome(sound) is None
    line = outcome(sound, broken)
    assert line is not None
    assert line.startswith(f"error: {broken}: line 1: training.batch: found the key again")
    for value, words in [
        ("training={batch: 1, batch: 2}", "--config training: line 1: batch: found the key again"),
        ("name=../../..", "name: String should match pattern, found '../../..'"),
        ("=1", "--config: found '=1'; allowed: key=value"),
    ]:
        line = outcome(sound, values=(value,))
        assert line is not None
        assert words in line
    for file in ("/dev/zero", "config", "config/none.yaml"):
        line = outcome(file)
        assert line is not None
        assert line.startswith(f"error: {file}: ")


def snakemake_ends(clone: StudyFolder, *options: str) -> subprocess.CompletedProcess[str]:
    command = [*clone.command(tiny_study()), "-n", "--quiet", "all", *options]
    return subprocess.run(command, cwd=clone.folder, capture_output=True, text=True, check=False)


@pytest.mark.workflow
def test_snakemake_itself_ends_in_that_line(checkout: Path):
    clone = StudyFolder.__new__(StudyFolder)
    clone.folder = checkout
    broken: list[Callable[[], list[str]]] = [
        lambda: ["--configfile", write(b"a: 1\na: 2\n")],
        lambda: ["--configfile", write(b"")],
        lambda: ["--configfile", write(b"a: \xff\n")],
        lambda: ["--configfile", write(b"[" * 9000)],
        lambda: ["--configfile", "/dev/zero"],
        lambda: ["--config", "name=../../.."],
        lambda: ["--config", "training={seeds: [1, 1]}"],
    ]
    for options in broken:
        done = snakemake_ends(clone, *options())
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        said = [one for one in done.stderr.splitlines() if not one.startswith("Using workflow")]
        assert len(said) == 1, said
        assert said[0].startswith("error: ")
    assert snakemake_ends(clone).returncode == 0


def test_make_serves_only_the_folder_of_a_study(checkout: Path):
    root = Path(__file__).resolve().parents[2]
    study = checkout / "config" / "up.yaml"
    study.write_text(yaml.safe_dump(tiny_study() | {"name": "../../../.."}))
    done = subprocess.run(
        ["make", "serve", f"CONFIG={study}"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "name: String should match pattern, found '../../../..'" in done.stderr
    assert "http" not in done.stdout

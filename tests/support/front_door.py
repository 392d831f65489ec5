"""A start of the workflow in this process: what configs go through before a rule is read."""

import inspect
import json
import time
from pathlib import Path
from types import SimpleNamespace

from snakemake.cli import parse_config
from snakemake.settings.types import ConfigSettings

from ssdmath.config import check
from ssdmath.config.study import Study
from ssdmath.grid import settings, sweeps
from ssdmath.workflow import preflight, resources, study_files

SECONDS = 5.0
CONFIG = "config/odd.yaml"


def start(*files: str, values: tuple[str, ...] = ()) -> Study:
    """What Snakemake and the Snakefile do with configs before the first rule is read."""
    check.command_line(["-n", "--configfile", *files, *(["--config", *values] if values else [])])
    loaded = ConfigSettings(config=parse_config(values), configfiles=[Path(file) for file in files])
    workflow = SimpleNamespace(
        configfiles=loaded.configfiles,
        config_settings=loaded,
        is_main_process=True,
        resource_settings=SimpleNamespace(
            overwrite_resources={}, default_resources=None, nodes=None
        ),
    )
    study = preflight.study_of(loaded.overwrite_config, workflow)
    estimate = preflight.estimate(study, preflight.circumstances(study, workflow))
    queue = resources.Queue.of(workflow)
    for sweep in sweeps.sweeps(study):
        sweep.settings(study)
        resources.sampling(study, sweep, estimate, queue)
    for name, function in inspect.getmembers(settings, inspect.isfunction):
        if list(inspect.signature(function).parameters) == ["study"] and name != "knows_truth":
            json.dumps(function(study), allow_nan=False)
    study_files.source_files(study.problems.sources.values())
    for place in study.locations.values():
        study_files.files_of(place)
    return study


def outcome(*files: str, values: tuple[str, ...] = ()) -> str | None:
    """The lines in which a start ends, None for one that may go on; neither takes long."""
    before = time.monotonic()
    try:
        study = start(*files, values=values)
    except SystemExit as ended:
        said = str(ended.code)
        assert said
        for line in said.split("\n"):
            assert line.startswith("error: "), line
            assert line.isprintable(), ascii(line)
            assert len(line) < 1500, line
            assert line.count(": ") >= 2, line
        return said
    finally:
        assert time.monotonic() - before < SECONDS
    results = preflight.results_of(study).resolve()
    assert results.parent == Path("results").resolve()
    return None


def write(content: bytes, path: str = CONFIG) -> str:
    Path(path).write_bytes(content)
    return path

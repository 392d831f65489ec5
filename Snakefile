# Does simple self-distillation work on competition math? One config file is one study:
#   problems -> samples -> verdicts -> training sets -> checkpoints -> samples -> verdicts
#   -> choice (validation only) -> test cells -> scores -> contrasts -> report
# Everything a study makes is under results/<its name>/; results/README.md says what is where.
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.27")

sys.path.append(str(Path(workflow.basedir) / "scripts"))

from ssdmath.config import check

if not workflow.configfiles:

    configfile: check.file_or_exit("config/micro.yaml")


include: "rules/common.smk"


# Only with `--sdm apptainer`; envs/gpu.def says how to build it.
container: gpu_jobs.container


include: "rules/cells.smk"
include: "rules/test_split.smk"
include: "rules/outside_split.smk"
include: "rules/problems.smk"
include: "rules/models.smk"
include: "rules/plan.smk"
include: "rules/sampling.smk"


# Without an arm that is trained here there is nothing to train: the study compares base's decodings, and released
# checkpoints if it names some.
if study.runs:

    include: "rules/training.smk"


include: "rules/contrasts.smk"
include: "rules/looks.smk"
include: "rules/outside.smk"
include: "rules/scores.smk"
include: "rules/mechanism.smk"
include: "rules/report.smk"


preflight.check_results(study, workflow)


# Rules that may need the network or take only a moment run where Snakemake runs: on a cluster, the
# other nodes often have no network.
localrules:
    all,
    plan,
    design,
    problems,
    base_model,


onstart:
    preflight.start(study, workflow, estimate)


onsuccess:
    preflight.show_plan(study, workflow)
    preflight.show_outcome(study)


rule all:
    default_target: True
    input:
        rules.report.output,
        rules.checks.output,
        rules.ledger.output,
        *look_results(),

"""The named worlds: what was planted in the traces that a micro model learned from.

All worlds have the same problems. They differ in what goes wrong in a trace, and so in which
cause can help: docs/micro-world.md says what to expect of a study in each of them.
"""

from __future__ import annotations

from dataclasses import replace

from ssdmath.micro.traces import Composition

# Slips spread evenly over the wrong digits: one cut of the tail removes them at every temperature,
# so that truncation at decoding does what SSD does.
DECODING = Composition()

# Ending the work early is as likely, relative to going on, as a right route is relative to the
# mistake: no top-p, min-p or top-k at one temperature drops the early end and keeps the right
# routes while the mistake loses its lead. The support that top-p finds at T = 1, drawn from at a
# high temperature, does: what SSD aims at, and what the composed decoding is.
SSD = Composition(
    slip=0.0,
    stop_early=0.22,
    routes=10,
    mistake_easy=0.6,
    mistake_medium=0.61,
    mistake_hard=0.62,
    short_check=0.04,
    long_check=0.02,
    second_thoughts=0.0,
    run_on=0.01,
    unclosed=0.02,
)

# No slips and no self-checks: what is left is the fork and how a trace ends.
_PLAIN = Composition(slip=0.0, short_check=0.0, long_check=0.0, second_thoughts=0.0)

# Running on for ever is the likeliest turn, and nothing else goes wrong: no temperature and no cut
# removes it, while dropping unfinished samples from the training set does.
LENGTH = replace(
    _PLAIN, mistake_easy=0.0, mistake_medium=0.0, mistake_hard=0.0, run_on=0.5, unclosed=0.05
)

# The mistake is a little likelier than each right route, by as much as makes up for what cold
# decoding gains at the locks, which the model knows almost surely: T = 1 is best, and a target at
# another temperature is hardly a better one. Only correct samples teach the right routes.
NULL = replace(
    _PLAIN, mistake_easy=0.34, mistake_medium=0.29, mistake_hard=0.25, run_on=0.01, unclosed=0.01
)

WORLDS = {"decoding": DECODING, "ssd": SSD, "length": LENGTH, "null": NULL}

# What was planted and what to expect, for readers of a report.
EXPECTED = {
    "decoding": "The world of this model is synthetic. Its wrong digits are spread evenly, so that "
    "dropping unlikely tokens at decoding should help nearly as much as SSD.",
    "ssd": "The world of this model is synthetic, and the study is a positive control. A solution "
    "starts with a popular mistake or one of ten right routes, and after each step it may end too "
    "early. An early end is as likely, relative to going on, as a right route is relative to the "
    "mistake, so no cut at one temperature tells them apart. SSD cuts at one temperature and "
    "decodes at another, so it should win.",
    "length": "The world of this model is synthetic, and the study is a control. Half of the "
    "solutions run on for ever and nothing else goes wrong, so that dropping unfinished samples "
    "from the training set should help, and SSD should add nothing to that.",
    "null": "The world of this model is synthetic, and the study is a negative control. T = 1 is "
    "its best temperature and no cut is a good one, so that nothing but training on correct "
    "samples alone should help.",
}

# Where the model of each world ships.
MODELS = {
    "decoding": "models/micro",
    "ssd": "models/micro-ssd",
    "length": "models/micro-length",
    "null": "models/micro-null",
}

"""Ready mappings: how the known data sets name their columns, and which of their rows are used.

`mapping: <name>` on a source stands for these settings; a setting written beside it wins. `hub`
holds what only a hub source needs; the revision is never here, the study pins it.
"""

from typing import Any

from ssdmath.config.documents import shown

_SUBJECTS = [
    "algebra", "counting_and_probability", "geometry", "intermediate_algebra", "number_theory",
    "prealgebra", "precalculus",
]  # fmt: skip
_MATHARENA = "CC BY-NC-SA 4.0: not for redistribution, keep it out of the repository"

MAPPINGS: dict[str, dict[str, Any]] = {
    "hendrycks_math": {
        "hub": {"id": "EleutherAI/hendrycks_math", "config": _SUBJECTS, "split": "train"},
        "columns": {
            "statement": "problem",
            "answer": "solution",
            "difficulty": "level",
            "stratum": "level",
        },
        "answer": "boxed",
        "where": {"level": ["Level 4", "Level 5"]},
        "licence": "MIT",
    },
    "numina_cot": {
        "hub": {"id": "AI-MO/NuminaMath-CoT", "split": "train"},
        "columns": {"statement": "problem", "answer": "solution", "stratum": "source"},
        "answer": "boxed",
        "drop": ["proofs", "several_answers", "images", "other_languages"],
        "licence": "Apache-2.0",
    },
    "deepmath": {
        "hub": {"id": "zwhe99/DeepMath-103K", "split": "train"},
        "columns": {
            "statement": "question",
            "answer": "final_answer",
            "difficulty": "difficulty",
        },
        "bins": [5, 6, 7, 8],
        "drop": ["proofs"],
        "licence": "MIT",
    },
    "dapo_math": {
        "hub": {"id": "open-r1/DAPO-Math-17k-Processed", "config": "en", "split": "train"},
        "columns": {"statement": "prompt", "answer": "solution"},
        "drop": ["other_languages"],
        "licence": "Apache-2.0",
    },
    "omni_math_2": {
        "hub": {"id": "martheballon/Omni-MATH-2", "split": "train"},
        "columns": {"statement": "problem", "answer": "answer", "difficulty": "difficulty"},
        "bins": [3, 5, 7],
        "drop": ["proofs", "several_answers", "images"],
        "licence": "Apache-2.0",
    },
    "olympiadbench": {
        "hub": {
            "id": "Hothan/OlympiadBench",
            "config": "OE_TO_maths_en_COMP",
            "split": "train",
        },
        "columns": {
            "statement": "question",
            "answer": "final_answer",
            "stratum": "subfield",
            "id": "id",
        },
        "answer": "only_of_list",
        "where": {"is_multiple_answer": [False]},
        "licence": "Apache-2.0",
    },
    "beyond_aime": {
        "hub": {"id": "ByteDance-Seed/BeyondAIME", "split": "test"},
        "columns": {"statement": "problem", "answer": "answer"},
        "licence": "CC0-1.0",
    },
    "aime_2026": {
        "hub": {"id": "MathArena/aime_2026", "split": "train"},
        "columns": {"statement": "problem", "answer": "answer", "id": "problem_idx"},
        "licence": _MATHARENA,
    },
    "hmmt_feb_2026": {
        "hub": {"id": "MathArena/hmmt_feb_2026", "split": "train"},
        "columns": {"statement": "problem", "answer": "answer", "id": "problem_idx"},
        "licence": _MATHARENA,
    },
    "aime_archive": {
        "hub": {"id": "gneubig/aime-1983-2024", "split": "train"},
        "columns": {
            "statement": "Question",
            "answer": "Answer",
            "difficulty": "Problem Number",
            "id": "ID",
        },
        "licence": "CC0-1.0, by the card; the problems are the MAA's",
    },
    "gsm8k": {
        "hub": {"id": "openai/gsm8k", "config": "main", "split": "train"},
        "columns": {"statement": "question", "answer": "answer"},
        "answer": "after_hashes",
        "licence": "MIT",
    },
    "arc_challenge": {
        "hub": {"id": "allenai/ai2_arc", "config": "ARC-Challenge", "split": "test"},
        "columns": {
            "statement": "question",
            "options": "choices.text",
            "labels": "choices.label",
            "answer": "answerKey",
            "id": "id",
        },
        "licence": "CC-BY-SA-4.0",
    },
    "bbh_object_counting": {
        "hub": {"id": "SaylorTwift/bbh", "config": "object_counting", "split": "test"},
        "columns": {"statement": "input", "answer": "target"},
        "licence": "MIT, by the original's repository (suzgunmirac/BIG-Bench-Hard)",
    },
}


def resolved(source: dict[str, Any]) -> dict[str, Any]:
    """Fill a source's settings in from the mapping it names; what is written beside it wins."""
    name = source.get("mapping")
    own = source.get("columns") or {}
    if name is None or not isinstance(own, dict):
        return source
    if not isinstance(name, str) or name not in MAPPINGS:
        raise ValueError(f"mapping is {shown(name)}; allowed are {sorted(MAPPINGS)}")
    mapping = dict(MAPPINGS[name])
    hub = mapping.pop("hub")
    if source.get("kind") == "hub":
        mapping |= hub
    columns = mapping["columns"] | own
    return mapping | source | {"columns": columns}

"""Repeat the study of each world many times and count what it finds (docs/certificate.md).

A replication is a study of its own: other problems, other synthesis samples, other training seeds,
other draws. Snakemake makes each one up to its contrasts, so that a command that was killed goes on
where it was. A replication by other code than the one at hand is refused.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import certificate_figure
import polars as pl
import yaml
from certificate_page import page, summary

from ssdmath.provenance import metadata
from ssdmath.provenance.code import code
from ssdmath.tables import atomic

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = {
    "ssd": ROOT / "config/micro.yaml",
    "decoding": ROOT / "config/micro-decoding.yaml",
    "length": ROOT / "config/micro-length.yaml",
    "null": ROOT / "config/micro-null.yaml",
}
COLUMNS = ["delta", "lo", "hi", "p_holm", "p_bh", "verdict"]
# A replication tests on fewer problems than the study that ships, for many small ones say more than
# one large one. It chooses on as many, or the luck of the choice would look like a gain.
TEST_PROBLEMS = 200


def replication(world: str, number: int) -> dict[str, Any]:
    """The config of one replication: as many runs as the study has, all of them its own."""
    config: dict[str, Any] = yaml.safe_load(CONFIGS[world].read_text())
    source = next(iter(config["problems"]["sources"].values()))
    source["seed"] = 1_000 + number
    config["name"] = f"certify-{world}-{number:02d}"
    runs = len(config["training"]["seeds"])
    config["training"]["seeds"] = list(range(number * runs, (number + 1) * runs))
    config["problems"]["splits"]["test"]["size"] = TEST_PROBLEMS
    leaner = {"seed": 20_000 + number, "ks": [1], "strata": None, "nested": []}
    leaner["placebo"] = {"seed": 30_000 + number}
    config["evaluation"] |= leaner
    return config


def validation(config: dict[str, Any]) -> dict[str, int]:
    """On how many problems, and draws of each, a replication chooses its decodings."""
    size = config["problems"]["splits"]["validation"]["size"]
    return {"problems": size, "draws": config["evaluation"]["draws"]["validation"]}


def code_digest(world: str) -> str:
    """A digest of everything that makes a replication: scripts, rules, config, model."""
    model = ROOT / yaml.safe_load(CONFIGS[world].read_text())["model"]["path"]
    files = [
        *sorted(ROOT.glob("rules/*.smk")),
        CONFIGS[world],
        *sorted(model.glob("*.safetensors")),
    ]
    scripts = sorted(path.name for path in (ROOT / "scripts").glob("*.py"))
    return metadata.digest([code(*scripts), metadata.fingerprint(files)])


def made(world: str, number: int, folder: Path, cores: int) -> dict[str, Any]:
    """The record of a replication; made now if it is not there. SystemExit if it cannot be."""
    record, at_hand = folder / f"{world}-{number:02d}.json", code_digest(world)
    if record.exists():
        kept: dict[str, Any] = atomic.read_json(record)
        if kept["code"] != at_hand:
            sys.exit(
                f"error: {record}: code is {kept['code']}, allowed: {at_hand}; move {folder} away"
            )
        return kept
    config = replication(world, number)
    written = folder / f"{config['name']}.yaml"
    with atomic.atomic(written) as part:
        part.write_text(yaml.safe_dump(config, sort_keys=False))
    tables = [f"results/{config['name']}/{name}.parquet" for name in ("contrasts", "attribution")]
    command = ["snakemake", "--configfile", str(written), "--cores", str(cores)]
    begun = time.monotonic()
    done = subprocess.run([*command, "--quiet", "all", "--", *tables], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"error: {written}: Snakemake ended with {done.returncode}")
    rows = [row for table in tables for row in answers(ROOT / table)]
    found = {"code": at_hand, "world": world, "number": number, "contrasts": rows}
    found |= {"validation": validation(config), "runs": len(config["training"]["seeds"])}
    atomic.write_json(found, record)
    print(f"{config['name']}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return found


def answers(table: Path) -> list[dict[str, Any]]:
    """The rows of a table of contrasts or of the attribution, by the name of what they compare."""
    frame = pl.read_parquet(table)
    name = "cause" if "cause" in frame.columns else "contrast"
    return frame.select(pl.col(name).alias("contrast"), *COLUMNS).to_dicts()


def main() -> None:
    """Make the replications that are missing, then write the numbers, the figure and the page.

    Numbers of worlds that are not asked for stay as they are.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", nargs="+", default=list(CONFIGS), choices=list(CONFIGS))
    parser.add_argument("--replications", type=int, default=12, help="of each world")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "results" / "certificate")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    parser.add_argument("--page", action="store_true", help="only the page, from the kept numbers")
    args = parser.parse_args()
    kept = args.docs / "certificate.json"
    if not args.page:
        records = [
            made(world, number, args.folder, args.cores)
            for number in range(args.replications)
            for world in args.worlds
        ]
        before = atomic.read_json(kept) if kept.exists() else {}
        atomic.write_json(before | summary(records), kept)
    numbers = atomic.read_json(kept)
    written = {"certificate.md": page(numbers), "certificate.svg": certificate_figure.svg(numbers)}
    for name, text in written.items():
        with atomic.atomic(args.docs / name) as part:
            part.write_text(text)


if __name__ == "__main__":
    main()

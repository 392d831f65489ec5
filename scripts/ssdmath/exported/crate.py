"""The RO-Crate 1.1 metadata of an exported study: files with digests, inputs, software, licences.

Written here, without the package `rocrate`: a new pin in the environments of the pipeline would
make jobs run again with `--sdm conda`. The terms are those of
https://www.researchobject.org/ro-crate/specification/1.1/; `sha256` is of the Workflow Run Crate.
"""

import mimetypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from ssdmath.config import documents
from ssdmath.config.problems import FileSource, HubSource
from ssdmath.exported import about
from ssdmath.exported.licences import Licence
from ssdmath.finished.folder import REPORT
from ssdmath.finished.study import FinishedStudy
from ssdmath.provenance.job_records import sha256
from ssdmath.tables import atomic

FILE = "ro-crate-metadata.json"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"},
]
CITATION = Path(__file__).resolve().parents[3] / "CITATION.cff"
LICENCES, SOFTWARE, RUN, BASE = "#licences", "#ssdmath", "#run", "#base"
SPDX = "https://spdx.org/licenses/"
HUB = "https://huggingface.co/"
PARQUET = "application/vnd.apache.parquet"

Entity = dict[str, Any]


def write(folder: Path, study: FinishedStudy, licences: Sequence[Licence]) -> None:
    """Describe a data set folder that is complete but for this file."""
    files = [_file(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
    inputs = [_base(study), *_sources(study, licences)]
    graph = [
        _descriptor(),
        _root(study, files),
        *files,
        _run(study, files, inputs),
        *inputs,
        *_software(),
        _licences(licences),
    ]
    atomic.write_json({"@context": CONTEXT, "@graph": graph}, folder / FILE)


def _descriptor() -> Entity:
    return {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _root(study: FinishedStudy, files: Sequence[Entity]) -> Entity:
    name = study.folder.study.name
    laboratory = f" {about.LABORATORY}" if about.is_micro(study.folder.study) else ""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Draws and verdicts of the study {name}",
        "description": "Completions of a language model, their verdicts and the comparisons made "
        f"with them, exported from a study with ssdmath.{laboratory}",
        "datePublished": _made(study).date().isoformat(),
        "license": {"@id": LICENCES},
        "hasPart": _ids(files),
        "mentions": {"@id": RUN},
    }


def _file(folder: Path, path: Path) -> Entity:
    name = path.relative_to(folder).as_posix()
    kind = PARQUET if path.suffix == ".parquet" else mimetypes.guess_type(name)[0]
    return {
        "@id": quote(name),
        "@type": "File",
        "name": name,
        "contentSize": str(path.stat().st_size),
        "encodingFormat": kind or "text/markdown",
        "sha256": sha256(path),
    }


def _run(study: FinishedStudy, files: Sequence[Entity], inputs: Sequence[Entity]) -> Entity:
    """The run of the study: what it read and what of its results is here."""
    config = {"@id": "study.json"}
    results = [one for one in files if one["@id"].startswith("data/")]
    return {
        "@id": RUN,
        "@type": "CreateAction",
        "name": f"Run of the study {study.folder.study.name}",
        "endTime": _made(study).isoformat(timespec="seconds"),
        "instrument": {"@id": SOFTWARE},
        "object": _ids([config, *inputs]),
        "result": _ids(results),
    }


def _made(study: FinishedStudy) -> datetime:
    """When the report was made."""
    return datetime.fromtimestamp((study.folder.path / REPORT).stat().st_mtime, tz=UTC)


def _base(study: FinishedStudy) -> Entity:
    """The frozen model, by its address and commit, or where it was on the disk."""
    place = study.folder.study.model
    entity: Entity = {"@id": BASE, "@type": "CreativeWork", "name": f"base: {place}"}
    if place.hub is not None:
        return entity | {"url": f"{HUB}{place.hub}", "version": str(place.revision)}
    return entity | {"description": about.named(study.folder.study)}


def _sources(study: FinishedStudy, licences: Sequence[Licence]) -> Iterator[Entity]:
    """The sources of problems, with their licences as the config states them."""
    for licence in licences:
        source = study.folder.study.problems.sources[licence.source]
        entity: Entity = {
            "@id": f"#source-{quote(licence.source)}",
            "@type": "CreativeWork",
            "name": f"problems: {licence.source}",
            "description": f"licence: {licence.text}",
        }
        if isinstance(source, HubSource):
            entity |= {"url": f"{HUB}datasets/{source.id}", "version": str(source.revision)}
        elif isinstance(source, FileSource):
            entity["description"] += f"; read from {source.path}"
        yield entity


def _software() -> Iterator[Entity]:
    """The pipeline as CITATION.cff describes it, its authors and its licence."""
    said = yaml.safe_load(documents.read_text(CITATION))
    authors = [_author(one) for one in said["authors"]]
    licence = f"{SPDX}{said['license']}"
    yield {
        "@id": SOFTWARE,
        "@type": ["SoftwareApplication", "SoftwareSourceCode"],
        "name": said["title"],
        "description": said["abstract"],
        "softwareVersion": str(said["version"]),
        "runtimePlatform": "Snakemake",
        "license": {"@id": licence},
        "author": _ids(authors),
        **({"url": said["repository-code"]} if "repository-code" in said else {}),
    }
    yield from authors  # of the software; who ran the study is not known
    yield {"@id": licence, "@type": "CreativeWork", "name": said["license"]}


def _author(said: Mapping[str, str]) -> Entity:
    """A person, or what the citation format calls an entity."""
    parts = [said[key] for key in ("given-names", "family-names") if key in said]
    name = " ".join(parts) or said["name"]
    id_ = said.get("orcid") or f"#{quote(name.replace(' ', '-'))}"
    return {"@id": id_, "@type": "Person" if parts else "Organization", "name": name}


def _licences(licences: Sequence[Licence]) -> Entity:
    sources = "; ".join(
        f"{one.source}: {one.text}{'' if one.open else ' (statements withheld)'}"
        for one in licences
    )
    return {
        "@id": LICENCES,
        "@type": "CreativeWork",
        "name": "Several licences",
        "description": f"Problems, by source: {sources}. Completions are under the licences of the "
        "models that wrote them.",
    }


def _ids(entities: Iterable[Entity]) -> Entity | list[Entity]:
    """References to entities; a single one is no list, as the specification recommends."""
    found = [{"@id": one["@id"]} for one in entities]
    return found[0] if len(found) == 1 else found

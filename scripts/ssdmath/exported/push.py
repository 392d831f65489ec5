"""Upload an export to the Hugging Face hub: `make push REPO=owner/name` (docs/export.md).

Without UPLOAD=1 it says what it would upload, and asks the network for nothing.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from httpx2 import HTTPError  # what huggingface_hub raises where nothing answers
from huggingface_hub import HfApi, constants, get_token
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, RepositoryNotFoundError

from ssdmath.config.documents import refusal
from ssdmath.exported import about, uploads
from ssdmath.exported.uploads import Upload, UploadError
from ssdmath.report import format as fmt

SHOWN = 200  # characters of the hub's own words
LEFT = {".gitattributes"}  # what a new repository of the hub holds


def main(arguments: Sequence[str]) -> None:
    """Say what would be uploaded, or upload it; exits with a line if that cannot be done."""
    asked = _parser().parse_args(arguments)
    try:
        planned = uploads.of(Path(asked.folder), asked.repo)
        print("\n".join(_plan(planned)))
        if not asked.upload:
            print("nothing was uploaded; UPLOAD=1 uploads it; new repositories are private")
            return
        for line in push(planned):
            print(line, flush=True)
    except ValueError as error:
        sys.exit(refusal(error))


def push(planned: Sequence[Upload]) -> Iterator[str]:
    """Upload; yield a line per repository. All of them are checked before the first is touched.

    An interrupted upload goes on where it was: the library skips what the hub has. UploadError.
    """
    if not get_token():
        raise UploadError("found no token of the hub; allowed: `hf auth login`, or HF_TOKEN")
    api = HfApi()
    try:
        api.whoami()
        new = {one.repo for one in planned if not _exists(api, one)}
        for one in planned:
            if one.repo in new:
                api.create_repo(one.repo, repo_type=one.kind, private=True)
            yield f"uploaded: {_upload(api, one)}"
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise UploadError(_explained(error)) from None


def _exists(api: HfApi, one: Upload) -> bool:
    """Whether there is a repository; UploadError if it is not one of this study, nor empty."""
    read = api.dataset_info if one.kind == "dataset" else api.model_info
    try:
        info = read(one.repo)
    except RepositoryNotFoundError:
        return False
    held = {file.rfilename for file in info.siblings or []} - LEFT
    card: dict[str, Any] = dict(info.card_data.to_dict()) if info.card_data else {}  # type: ignore[no-untyped-call]
    said = card.get(about.KEY) or {}
    if held and any(said.get(key) != one.about.get(key) for key in ("study", "model")):
        many = fmt.count(len(held), "file")
        found = f"found a {one.kind} repository of something else, with {many}"
        allowed = "a new or an empty repository, or one that make push made of this study"
        raise UploadError(f"{one.repo}: {found}; allowed: {allowed}")
    return True


def _upload(api: HfApi, one: Upload) -> str:
    """Bring a repository to the state of its folder; gives its address."""
    done = api.upload_folder(
        repo_id=one.repo,
        repo_type=one.kind,
        folder_path=one.folder,
        commit_message=f"Study {one.about['study']}, exported with ssdmath",
        delete_patterns=uploads.REPLACED[one.kind],
    )
    return str(done.repo_url)


def _plan(planned: Sequence[Upload]) -> Iterator[str]:
    """What would be uploaded: repositories with their files and bytes."""
    for one in planned:
        yield f"{one.kind} {one.repo}: {fmt.count(len(one.files), 'file')}, {one.size:,} bytes"
        yield from (
            f"  {file.relative_to(one.folder).as_posix()} {file.stat().st_size:,}"
            for file in one.files
        )
    files, size = sum(len(one.files) for one in planned), sum(one.size for one in planned)
    repositories = f"{len(planned)} {'repository' if len(planned) == 1 else 'repositories'}"
    yield f"in all {repositories}, {fmt.count(files, 'file')}, {size:,} bytes"


def _explained(error: Exception) -> str:
    """Why the hub took nothing, and what is allowed, in one line."""
    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set; allowed: without it, where there is a network"
    said = " ".join(str(error).split())[:SHOWN]
    if not isinstance(error, HfHubHTTPError):
        return f"{constants.ENDPOINT} did not answer ({said}); allowed: a network"
    status = error.response.status_code
    if status == 401:
        return "the hub refused the token; allowed: a valid one: `hf auth login`, or HF_TOKEN"
    if status == 403:
        return f"the token may not write there ({said}); allowed: one with write access to REPO"
    again = "; allowed: the same command again, which goes on where it was" if status >= 500 else ""
    return f"the hub answered {status} ({said}){again}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ssdmath.exported.push")
    parser.add_argument("folder", help="the data set folder of an export")
    parser.add_argument("--repo", default="", help="owner/name on the hub")
    parser.add_argument("--upload", action="store_true", help="really upload")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])

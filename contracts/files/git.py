"""``git:REV:path``: a file or a folder as it was at a revision of the repository that one stands in."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from .limits import Unreadable, current_limits, hint_raise, show_size

if TYPE_CHECKING:
    import tempfile

_NAMED = re.compile(r"git:([^:]+):(.*)", re.DOTALL)
_TIMEOUT = 120


def is_git(place: str) -> bool:
    """Whether a person who named this means a revision, and not a file of such a name."""
    return place.startswith("git:") and not Path(place).exists()


@lru_cache
def check_out(place: str) -> str:
    """The path of a copy that lasts as long as this process: a file under its name, a folder as a .zip of it.

    Raises Unreadable: no git, no repository, no such revision, no such path in it.
    """
    # A folder is asked for as a zip: the rest of the suite reads those already, within limits.
    named = _NAMED.fullmatch(place)
    if not named:
        raise Unreadable("is not of the form git:REV:path")
    revision, path = named[1], named[2].rstrip("/")
    try:
        commit = _run_git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except Unreadable as error:
        if str(error):  # --quiet says nothing where the revision is what is missing
            raise
        raise Unreadable(f"git has no revision {revision}") from None
    found = f"{commit.decode().strip()}:{path}"
    try:
        kind = _run_git("cat-file", "-t", found).decode().strip()
        size = int(_run_git("cat-file", "-s", found))
    except Unreadable:
        raise Unreadable(f"{path}: not in git at {revision} (its path from the top of the repository)") from None
    if kind == "tree":
        name, data = "folder.zip", _run_git("archive", "--format=zip", found)
    elif size > current_limits().bytes:
        raise Unreadable(
            f"{show_size(size)}, larger than the limit of {show_size(current_limits().bytes)}{hint_raise('size')}"
        )
    else:
        name, data = PurePosixPath(path).name, _run_git("cat-file", "blob", found)
    copy = Path(_keep_folder(place).name) / name
    copy.write_bytes(data)
    return str(copy)


@lru_cache
def _keep_folder(place: str) -> tempfile.TemporaryDirectory[str]:
    """Kept by the cache: it is removed with the process."""
    import tempfile

    return tempfile.TemporaryDirectory(prefix="services85-git-")


def _run_git(*arguments: str) -> bytes:
    import subprocess  # most runs ask git for nothing

    try:
        done = subprocess.run(["git", *arguments], capture_output=True, timeout=_TIMEOUT, check=False)
    except FileNotFoundError:
        raise Unreadable("git is not installed") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Unreadable(f"git could not be run: {type(error).__name__}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ").splitlines()
        raise Unreadable(said[0] if said else "")
    return done.stdout

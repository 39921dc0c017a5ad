"""Where something lies that a WSDL or a schema names: its place, a normalised path or a URL."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from pathlib import PurePath
from urllib.parse import unquote, urljoin

_MANY = 2**13
"""Places that are remembered: WSDLs that all import each other name the same ones again and again."""


def as_place(path: str) -> str:
    """A file's path as imports are found and told by: with slashes, on Windows too, and without ``.`` and ``..``."""
    return posixpath.normpath(PurePath(path).as_posix())


def name_machine(place: str) -> str:
    """``server`` of the place ``//server/share/a.wsdl``; empty where it is a file of this machine."""
    return place.split("/")[2] if place.startswith("//") else ""


def locate_import(base: str, location: str) -> str:
    """The place of what a document at ``base`` names. Raises ValueError for what is none, or on another machine."""
    if "://" not in base and "://" not in location:  # urljoin goes up no further than where the base begins
        return _locate_file(_find_folder(base), location)
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise ValueError(f"{location!r}, no address: {error}") from None


@lru_cache(_MANY)
def _find_folder(base: str) -> str:
    return posixpath.dirname(as_place(base))


@lru_cache(_MANY)
def _locate_file(folder: str, location: str) -> str:
    location = unquote(location).replace("\\", "/")  # as Windows' tools write it
    place = posixpath.normpath(posixpath.join(folder, location))
    if location.startswith("//") or name_machine(place) != name_machine(folder):
        raise ValueError(f"{location!r} from another machine")  # Windows would ask that, and say who asks
    return place

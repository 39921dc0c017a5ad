"""A WSDL file, a folder of them, a .zip, a URL or a shipped version's name -> the services it holds."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

from ..files.archive import Archive, BadArchive, is_archive
from ..model import Direction, Problem, UnreadableContract
from . import document as wsdl
from .fingerprint import digest
from .service import Service

DATA = Path(__file__).parents[1]
"""Where the shipped contracts lie: one folder a version."""

MAX_WSDL = 64 * 2**20
"""Bytes of one WSDL or schema; the largest of the vendor's has 0.8 MB."""

_SUFFIXES = (".wsdl", ".xml")
_TIMEOUT = 30
_TREES = 12
"""WSDLs of a folder or zip that stay in memory as trees."""
_HEAD = 2**16
"""Bytes in which a WSDL says that it is one: a root may declare hundreds of prefixes."""


def shipped() -> list[str]:
    """The versions that come with the package."""
    return sorted(p.name for p in DATA.glob("Services*") if p.is_dir())


def load_services(source: str, *, any_binding: bool = False) -> tuple[list[Service], list[Problem]]:
    """The services of a source, and the files in it that could not be used.

    A source that yields no service raises UnreadableContract with one line that names it.
    """
    if not source or "\0" in source:
        raise UnreadableContract(f"{source!r}: names no file, folder, zip or URL")
    if source.startswith(("http://", "https://")):
        return _from_url(source, any_binding), []
    path = Path(source)
    if not path.exists() and source in shipped():
        path = DATA / source
    if not path.exists() and re.fullmatch(r"Services\d+", source):
        raise UnreadableContract(f"{source}: not shipped with this package, which has {', '.join(shipped())}")
    try:
        if path.is_dir():
            services, problems = _from_folder(path, any_binding)
        elif path.is_file() and (is_archive(source) or _begins(path, b"PK\x03\x04")):
            services, problems = _from_zip(str(path), any_binding)
        else:
            return wsdl.parse(_read(path), str(path), _fetch_file, any_binding=any_binding), []
    except OSError as error:
        raise UnreadableContract(f"{source}: {error.strerror or error}") from None
    parts = {part for service in services for part in service.imports}
    problems = [problem for problem in problems if posixpath.normpath(problem.file) not in parts]
    if not services:
        found = f" ({len(problems)} unusable: {problems[0].reason})" if problems else ""
        raise UnreadableContract(f"{source}: no WSDL with a SOAP 1.1 document/literal binding in it{found}")
    return _distinct(services), problems


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(mark)) == mark


def _read(path: Path) -> bytes:
    if not path.is_file() and path.exists() and not path.is_dir():  # a pipe or a device: nothing may ever come
        raise UnreadableContract(f"{path}: is no regular file")
    if path.stat().st_size > MAX_WSDL:
        raise UnreadableContract(f"{path}: larger than {MAX_WSDL >> 20} MB, which no WSDL is")
    return path.read_bytes()


def _fetch_file(place: str) -> bytes:
    if "://" in place:
        raise UnreadableContract(f"{place}: imported from another host; name its URL or keep a copy beside the WSDL")
    try:
        return _read(Path(place))
    except OSError as error:
        raise UnreadableContract(f"{place}: imported, and {error.strerror or error}") from None


def _distinct(services: Iterable[Service]) -> list[Service]:
    """The same service twice is one: the same WSDL, one that means the same, one and a part of it.

    What differs under one name stays: a message of it is ambiguous.
    """
    chosen: dict[tuple[str, str], list[Service]] = {}
    for service in services:
        known = chosen.setdefault((service.version, service.agent), [])
        for i, have in enumerate(known):
            if have.digest == service.digest or posixpath.normpath(service.source) in have.imports:
                break
            if posixpath.normpath(have.source) in service.imports:
                known[i] = service
                break
            if _mean_the_same(have, service):
                also = (*have.also_in, service.source)
                known[i] = replace(have, also_in=also, examples={**service.examples, **have.examples})
                break
        else:
            known.append(service)
    return [service for known in chosen.values() for service in known]


def _mean_the_same(one: Service, other: Service) -> bool:
    try:
        return digest(one) == digest(other)
    except UnreadableContract:
        return False


def _is_wsdl(head: bytes) -> bool:
    return b"http://schemas.xmlsoap.org/wsdl/" in head and b"definitions" in head


def _from_folder(folder: Path, any_binding: bool) -> tuple[list[Service], list[Problem]]:
    services: list[Service] = []
    problems: list[Problem] = []
    for name in _walk(folder):
        path = Path(name)
        try:
            if is_archive(name):
                found, unusable = _from_zip(name, any_binding)
                services += found
                problems += unusable
                continue
            data = _read(path)
            if path.suffix.lower() != ".wsdl" and not _is_wsdl(data[:_HEAD]):
                continue
            found = _parsed(data, name, _fetch_file, any_binding, len(services))
            services += [_with_examples(service, path.parent) for service in found]
        except UnreadableContract as error:
            problems.append(Problem(name, str(error)))
        except OSError as error:
            problems.append(Problem(name, f"{name}: {error.strerror or error}"))
    return services, problems


def _parsed(data: bytes, name: str, fetch: wsdl.Fetch, any_binding: bool, before: int) -> list[Service]:
    """The services of one of many WSDLs; beyond the first few only the text is kept: a tree takes ten times as much."""
    read = partial(wsdl.parse, data, name, fetch, any_binding=any_binding)
    return [service if before < _TREES else wsdl.shelved(service, read) for service in read()]


def _walk(folder: Path) -> Iterator[str]:
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            if name.lower().endswith((*_SUFFIXES, ".zip")) and not name.startswith("."):
                yield os.path.join(at, name)  # noqa: PTH118 - strings: a version holds thousands of files


def _with_examples(service: Service, folder: Path) -> Service:
    """Adds the documented examples that lie beside a WSDL as Operation/request.xml and response.xml."""
    sides: tuple[Direction, ...] = ("request", "response")
    found = {
        (operation, side): path.read_bytes()
        for operation in (p.name for p in folder.iterdir() if p.is_dir() and p.name in service.operations)
        for side in sides
        if (path := folder / operation / f"{side}.xml").is_file()
    }
    return replace(service, examples=found) if found else service


def _from_zip(path: str, any_binding: bool) -> tuple[list[Service], list[Problem]]:
    services: list[Service] = []
    problems: list[Problem] = []
    try:
        archive = Archive(path)
    except BadArchive as error:
        raise UnreadableContract(f"{path}: {error}") from None

    def fetch(place: str) -> bytes:
        name = place.removeprefix(f"{posixpath.normpath(path)}/")
        if name not in archive:
            raise UnreadableContract(f"{place}: imported, and not in the zip")
        return member(name)

    def member(name: str) -> bytes:
        try:
            data = archive.read(name, MAX_WSDL + 1)
        except BadArchive as error:
            raise UnreadableContract(f"{path}/{name}: {error}") from None
        if len(data) > MAX_WSDL:
            raise UnreadableContract(f"{path}/{name}: unpacks to more than {MAX_WSDL >> 20} MB, which no WSDL is")
        return data

    for name in archive:
        if not name.lower().endswith(_SUFFIXES):
            continue
        try:
            data = member(name)
            if not name.lower().endswith(".wsdl") and not _is_wsdl(data[:_HEAD]):
                continue
            services += _parsed(data, f"{path}/{name}", fetch, any_binding, len(services))
        except UnreadableContract as error:
            problems.append(Problem(f"{path}/{name}", str(error)))
    return services, problems


def _from_url(url: str, any_binding: bool) -> list[Service]:
    """``url`` was named by a person; what it imports is read from the same host only."""
    try:
        host = urlsplit(url).netloc
    except ValueError as error:
        raise UnreadableContract(f"{url}: no URL: {error}") from None

    def fetch(place: str) -> bytes:
        if urlsplit(place).netloc != host:
            raise UnreadableContract(f"{place}: imported from another host than {host}")
        return _download(place)

    return wsdl.parse(_download(url), url, fetch, any_binding=any_binding)


def _download(url: str) -> bytes:
    import requests

    try:
        with requests.get(urldefrag(url).url, timeout=_TIMEOUT, stream=True) as answer:
            if answer.status_code != 200:
                raise UnreadableContract(f"{url}: HTTP {answer.status_code}")
            data: bytes = answer.raw.read(MAX_WSDL + 1, decode_content=True)
    except requests.RequestException as error:
        # Its own text quotes the URL again, and Python's innards.
        said = "no answer in time" if isinstance(error, requests.Timeout) else type(error).__name__
        raise UnreadableContract(f"{url}: cannot be fetched: {said}") from None
    if len(data) > MAX_WSDL:
        raise UnreadableContract(f"{url}: more than {MAX_WSDL >> 20} MB, which no WSDL is")
    return data

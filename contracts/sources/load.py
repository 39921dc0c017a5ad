"""A WSDL file, a folder of them, a .zip, a URL or a shipped version's name -> the services it holds."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag, urlsplit

from ..model import Direction, Problem, Service, UnreadableContract
from . import wsdl

DATA = Path(__file__).parents[1]
"""Where the shipped contracts lie: one folder a version."""

MAX_WSDL = 64 * 2**20
"""Bytes of one WSDL or schema; the largest of the vendor's has 0.8 MB."""

MAX_ZIP = 1024 * 2**20
"""Bytes that a .zip's WSDLs and schemas may unpack to; those of the vendor's five versions have 80 MB."""

_SUFFIXES = (".wsdl", ".xml")
_TIMEOUT = 30


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
    if path.suffix.lower() == ".zip" and path.is_file() and not zipfile.is_zipfile(path):
        raise UnreadableContract(f"{source}: not a zip, whatever its name says")
    try:
        if path.is_dir():
            services, problems = _from_folder(path, any_binding)
        elif path.is_file() and zipfile.is_zipfile(path):
            services, problems = _from_zip(path, any_binding)
        else:
            return wsdl.parse(_read(path), str(path), _fetch_file, any_binding=any_binding), []
    except OSError as error:
        raise UnreadableContract(f"{source}: {error.strerror or error}") from None
    if not services:
        found = f" ({len(problems)} unusable: {problems[0].reason})" if problems else ""
        raise UnreadableContract(f"{source}: no WSDL with a SOAP 1.1 document/literal binding in it{found}")
    return _distinct(services), problems


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


def _distinct(services: list[Service]) -> list[Service]:
    """The same WSDL twice is one."""
    return list({(s.version, s.agent, s.digest): s for s in services}.values())


def _is_wsdl(head: bytes) -> bool:
    return b"http://schemas.xmlsoap.org/wsdl/" in head and b"definitions" in head


def _from_folder(folder: Path, any_binding: bool) -> tuple[list[Service], list[Problem]]:
    services: list[Service] = []
    problems: list[Problem] = []
    for name in _walk(folder):
        path = Path(name)
        try:
            if path.suffix.lower() == ".zip":
                found, unusable = _from_zip(path, any_binding)
                services += found
                problems += unusable
                continue
            data = _read(path)
            if path.suffix.lower() != ".wsdl" and not _is_wsdl(data[:8192]):
                continue
            found = wsdl.parse(data, name, _fetch_file, any_binding=any_binding)
            services += [_with_examples(service, path.parent) for service in found]
        except UnreadableContract as error:
            problems.append(Problem(name, str(error)))
        except OSError as error:
            problems.append(Problem(name, f"{name}: {error.strerror or error}"))
    return services, problems


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


def _from_zip(path: Path, any_binding: bool) -> tuple[list[Service], list[Problem]]:
    services: list[Service] = []
    problems: list[Problem] = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(_read(path)))
    except zipfile.BadZipFile as error:
        raise UnreadableContract(f"{path}: not a readable zip: {error}") from None
    # The vendor's own zips have backslashes in their names.
    members = {i.filename.replace("\\", "/"): i for i in archive.infolist() if not i.is_dir()}

    def fetch(place: str) -> bytes:
        name = str(PurePosixPath(place).relative_to(PurePosixPath(str(path)))) if place.startswith(str(path)) else place
        if name not in members:
            raise UnreadableContract(f"{place}: imported, and not in the zip")
        return member(name)

    unpacked = 0

    def member(name: str) -> bytes:
        nonlocal unpacked
        info = members[name]
        if unpacked > MAX_ZIP:
            raise UnreadableContract(f"{path}/{name}: not read: the zip unpacks to more than {MAX_ZIP >> 20} MB")
        try:
            with archive.open(info) as stream:
                data = stream.read(MAX_WSDL + 1)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, zlib.error) as error:
            raise UnreadableContract(f"{path}/{name}: cannot be unpacked: {error}") from None
        unpacked += len(data)
        if len(data) > MAX_WSDL:
            raise UnreadableContract(f"{path}/{name}: unpacks to more than {MAX_WSDL >> 20} MB, which no WSDL is")
        return data

    for name in sorted(members):
        if not name.lower().endswith(_SUFFIXES):
            continue
        try:
            data = member(name)
            if not name.lower().endswith(".wsdl") and not _is_wsdl(data[:8192]):
                continue
            services += wsdl.parse(data, f"{path}/{name}", fetch, any_binding=any_binding)
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

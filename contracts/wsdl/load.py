"""A WSDL file, a folder of them, a .zip, a URL or a shipped version's name -> the services it holds."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from ..files.archive import Archive, is_archive, split_archive
from ..files.git import check_out, is_git
from ..files.limits import Unreadable, current_limits
from ..files.opening import begins_as_zip, is_url, list_files, read_bytes, suggest_path
from ..files.prolog import decode_beginning
from ..files.web import WebReader
from ..model import DIRECTIONS, UnreadableContract, UnusableFile
from ..model.names import WSDL
from ..model.urls import show_url
from ..xsd.schema import Schema
from .document import Wsdl, parse_wsdl
from .fingerprint import digest_service
from .places import as_place
from .service import LazyOperations, Service

DATA = Path(__file__).parents[1]
"""Where the shipped contracts lie: one folder a version."""

_SUFFIXES = (".wsdl", ".xml", ".zip")
_TREES = 12
"""WSDLs of a folder or zip that stay in memory as trees."""
_HEAD = 2**16
"""Bytes in which a WSDL says that it is one: a root may declare hundreds of prefixes."""


def list_shipped() -> list[str]:
    """The versions that come with the package."""
    return sorted(p.name for p in DATA.glob("Services*") if p.is_dir())


def load_services(source: str, *, any_binding: bool = False) -> tuple[list[Service], list[UnusableFile]]:
    """The services of a source, and the files in it that could not be used.

    A source that yields no service raises UnreadableContract with one line that names it.
    """
    if not source or "\0" in source:
        raise UnreadableContract(f"{source!r}: names no file, folder, zip or URL")
    if is_url(source):
        return _load_url(source, any_binding), []
    if is_git(source):
        return _load_revision(source, any_binding)
    if not Path(source).exists() and re.fullmatch(r"Services\d+", source):
        if source not in list_shipped():
            raise UnreadableContract(f"{source}: not shipped with this package, which has {', '.join(list_shipped())}")
        source = str(DATA / source)
    try:
        if Path(source).is_dir():
            places = list_files(source)
        elif Path(source).is_file() and (is_archive(source) or begins_as_zip(source)):
            places = (f"{source}/{name}" for name in Archive(source))
        elif not Path(source).exists():
            raise Unreadable(f"No such file or directory{suggest_path(source, list_shipped())}")
        else:
            data = read_bytes(source, may_wait=False)
            fetch = partial(_fetch_import, importer=source, budget=_ImportBudget())
            return parse_wsdl(data, str(Path(source)), fetch, any_binding=any_binding), []
    except Unreadable as error:
        raise UnreadableContract(f"{source}: {error}") from None
    services, problems = _load_each(places, any_binding)
    if not services:
        found = f" ({len(problems)} unusable: {problems[0].reason})" if problems else ""
        raise UnreadableContract(f"{source}: no WSDL with a SOAP 1.1 document/literal binding in it{found}")
    parts = frozenset[str]().union(*{service.imports for service in services})  # those of one WSDL have the same
    return _drop_duplicates(services), [p for p in problems if as_place(p.file) not in parts]


def _load_revision(place: str, any_binding: bool) -> tuple[list[Service], list[UnusableFile]]:
    """Of a copy, which nobody is told of."""
    try:
        copy = check_out(place)
    except Unreadable as error:
        raise UnreadableContract(f"{place}: {error}") from None

    def name(text: str) -> str:
        return text.replace(copy, place)

    try:
        services, problems = load_services(copy, any_binding=any_binding)
    except UnreadableContract as error:
        raise UnreadableContract(name(str(error))) from None
    return (
        [replace(s, source=name(s.source), also_in=tuple(map(name, s.also_in))) for s in services],
        [UnusableFile(name(p.file), name(p.reason)) for p in problems],
    )


def _load_each(places: Iterable[str], any_binding: bool) -> tuple[list[Service], list[UnusableFile]]:
    """The services of what of many files are WSDLs; only the text of most is kept: a tree takes ten times as much.

    What another one imports is read with that: of a chain of WSDLs only the first, with all the rest.
    """
    found: dict[str, list[Service]] = {}
    problems: list[UnusableFile] = []
    recall = lru_cache(maxsize=_TREES)(_call)
    folders_beside = lru_cache(maxsize=_TREES)(_list_folders)
    budget = _ImportBudget()

    def load(place: str, read: Callable[[], Wsdl]) -> None:
        try:
            services = _drop_trees(lambda: read().services)
        except UnreadableContract as error:
            problems.append(UnusableFile(place, str(error)))
            return
        folder = Path(place).parent
        found[place] = [_with_examples(service, folder, folders_beside(folder)) for service in services]

    importing: dict[str, tuple[Callable[[], Wsdl], frozenset[str]]] = {}
    for place, data in _read_each(places, problems):
        found[place] = []  # in this order
        fetch = partial(_fetch_import, importer=place, budget=budget)
        read = partial(recall, partial(Wsdl, data, place, fetch, any_binding=any_binding))
        try:
            imports = read().imports
        except UnreadableContract as error:
            problems.append(UnusableFile(place, str(error)))
            continue
        if imports:
            importing[place] = read, imports
        else:
            load(place, read)
    imported = {other for _, imports in importing.values() for other in imports}
    covered: set[str] = set()
    for place in sorted(importing, key=lambda place: as_place(place) in imported):
        if as_place(place) not in covered:
            load(place, importing[place][0])
            covered.update(*(service.imports for service in found[place][:1]))  # they have the same
    budget.left = None  # what is read again later was counted
    return [service for services in found.values() for service in services], problems


def _call(read: Callable[[], Wsdl]) -> Wsdl:
    return read()


def _read_each(places: Iterable[str], problems: list[UnusableFile]) -> Iterator[tuple[str, bytes]]:
    """What may be WSDLs; adds those that cannot be read to the problems."""
    for place in places:
        if not place.lower().endswith(_SUFFIXES) and not Path(place).is_dir():  # a folder: one that may not be read
            continue
        try:
            if is_archive(place):
                Archive(place)  # it was not taken for a folder, and this says why
            data = read_bytes(place)
        except Unreadable as error:
            problems.append(UnusableFile(place, f"{place}: {error}"))
            continue
        if place.lower().endswith(".wsdl") or _is_wsdl(data):
            yield place, data


def _drop_trees(parse_again: Callable[[], list[Service]]) -> list[Service]:
    """A document's services without its tree in memory: it is read again for their operations, and for the schema."""
    services = parse_again()
    schema = Schema(lambda: parse_again()[0].schema.read(), services[0].source)
    return [_drop_tree(service, schema, parse_again, place) for place, service in enumerate(services)]


def _drop_tree(service: Service, schema: Schema, all_again: Callable[[], Sequence[Service]], place: int) -> Service:
    """The service at a place of what ``all_again`` gives: it holds on to nothing of the service as it was."""
    operations = LazyOperations(service.operations, lambda name: all_again()[place].operations[name])
    others = [
        _drop_tree(other, schema, lambda: all_again()[place].other_bindings, i)
        for i, other in enumerate(service.other_bindings)
    ]
    return replace(
        service,
        operations=operations,
        schema=schema,
        read_texts=lambda: all_again()[place].read_texts(),
        other_bindings=tuple(others),
    )


@dataclass
class _ImportBudget:
    """How many more documents the WSDLs of a source may import (None: any number), and what reads them from the web."""

    left: int | None = field(default_factory=lambda: current_limits().imports)
    web_reader: WebReader = field(default_factory=lambda: WebReader([]))


def _fetch_import(place: str, *, importer: str, budget: _ImportBudget) -> bytes:
    """What the WSDL at ``importer`` imports by a path; into a zip only what lies there too."""
    if budget.left is not None:
        budget.left -= 1
        if budget.left < 0:
            raise UnreadableContract(f"{place}: imported, and the WSDLs are {current_limits().refuse('imports')}")
    if "://" in place:
        try:
            return budget.web_reader.read(place)
        except Unreadable as error:
            raise UnreadableContract(f"{show_url(place)}: imported, and {error}") from None
    packed = split_archive(importer)
    if packed and not place.startswith(f"{as_place(packed[0])}/"):
        raise UnreadableContract(f"{place}: imported, and not in the zip")
    try:
        return read_bytes(place, may_wait=False)
    except Unreadable as error:
        raise UnreadableContract(f"{place}: imported, and {error}") from None


def _is_wsdl(data: bytes) -> bool:
    head = decode_beginning(data, _HEAD)
    return WSDL in head and "definitions" in head


def _list_folders(folder: Path) -> frozenset[str]:
    """The names of the folders in one; none where it lies in a zip."""
    try:
        with os.scandir(folder) as entries:
            return frozenset(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return frozenset()


def _with_examples(service: Service, folder: Path, names: frozenset[str]) -> Service:
    """Adds the documented examples that lie beside a WSDL as Operation/request.xml and response.xml."""
    found = {
        (operation, side): path.read_bytes()
        for operation in service.operations
        if operation in names
        for side in DIRECTIONS
        if (path := folder / operation / f"{side}.xml").is_file()
    }
    return replace(service, examples=found) if found else service


def _drop_duplicates(services: Iterable[Service]) -> list[Service]:
    """The same service twice is one: the same WSDL, one that means the same, one and a part of it.

    What differs under one name stays: a message of it is ambiguous.
    """
    groups: dict[tuple[str, str], list[Service]] = {}
    for service in services:
        groups.setdefault((service.version, service.agent), []).append(service)
    return [service for group in groups.values() for service in (_merge_same(group) if len(group) > 1 else group)]


def _merge_same(group: list[Service]) -> list[Service]:
    """Of one agent what is not the same."""
    wholes: list[Service] = []
    parts: set[str] = set()
    for service in group:
        if as_place(service.source) not in parts:
            wholes.append(service)
            parts |= service.imports
    wholes = [service for service in wholes if as_place(service.source) not in parts]  # a part may come first
    wholes = _first_of_each(wholes, lambda service: as_place(service.home))  # several may import it
    wholes = _first_of_each(wholes, lambda service: service.digest)
    if len(wholes) == 1:
        return wholes
    by_meaning: dict[str, Service] = {}
    for service in wholes:
        meaning = _digest_meaning(service)
        if have := by_meaning.get(meaning):
            also, examples = (*have.also_in, service.source), {**service.examples, **have.examples}
            by_meaning[meaning] = replace(have, also_in=also, examples=examples)
        else:
            by_meaning[meaning] = service
    return list(by_meaning.values())


def _first_of_each(services: Iterable[Service], key: Callable[[Service], str]) -> list[Service]:
    found: dict[str, Service] = {}
    for service in services:
        found.setdefault(key(service), service)
    return list(found.values())


def _digest_meaning(service: Service) -> str:
    try:
        return digest_service(service)
    except UnreadableContract:
        return service.source


def _load_url(url: str, any_binding: bool) -> list[Service]:
    """``url`` was named by a person; what it imports is read from the same host, and from those that were allowed."""
    try:
        urlsplit(url)
    except ValueError as error:
        raise UnreadableContract(f"{url}: no URL: {error}") from None
    web_reader = WebReader([url])

    def fetch(place: str) -> bytes:
        try:
            return web_reader.read(place)
        except Unreadable as error:
            raise UnreadableContract(f"{show_url(place)}: {error}") from None

    return parse_wsdl(fetch(url), url, fetch, any_binding=any_binding)

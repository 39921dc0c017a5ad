"""Operations, and members of types, that a team's source code names: weaker evidence of use than a recorded message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..files.limits import Unreadable
from ..files.opening import read_bytes
from ..files.prolog import decode_beginning
from ..model import local
from ..wsdl.service import Service
from .comparison import Naming

_SUFFIXES = {
    "csharp": "cs csx",
    "vb.net": "vb bas cls vbs",
    "java": "java",
    "php": "php phtml inc",
    "python": "py",
    "javascript": "js jsx mjs cjs",
    "typescript": "ts tsx mts cts",
    "ruby": "rb",
    "perl": "pl pm",
    "delphi": "pas dpr",
    "kotlin": "kt kts",
    "fsharp": "fs",
    "go": "go",
    "groovy": "groovy",
    "powershell": "ps1",
    "scala": "scala",
    "swift": "swift",
}
"""What Pygments calls a language -> the suffixes of its files."""
_LANGUAGES = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_ANY_CASE = ("vb.net", "php", "delphi", "powershell")
_COPIES = re.compile(
    r"(^|/)Reference\.(cs|vb)$|\.(designer|g)\.(cs|vb)$|(^|/)(node_modules|Service References|Connected Services)/"
    r"|\.(wsdl|xsd|disco|discomap|map|svcmap|svcinfo|datasource|config|csproj|vbproj|resx)$",
    re.IGNORECASE,
)
_GENERATED = re.compile(
    r"<auto-?generated|\bGeneratedCode(Attribute)?\s*[(\]>]|@(javax\.annotation\.|jakarta\.annotation\.)?Generated\b"
    r"|@WebService\w*\(|private static \$classmap\b"
)
_GENERATED_HEAD = re.compile(
    r"@generated\b|\b(code|auto(matically)?)[ -]?generated\b|do not edit\b"
    r"|\bgenerated (by|from|using|with)\b[^\n]*"
    r"\b(wsdl\w*|svcutil|wsimport|jax-?ws|cxf|axis\w*|soap\w*|xsd|tool|importer)\b",
    re.IGNORECASE,
)
_HEAD_LINES = 30
_WORD = re.compile(r"[^\W\d]\w*")
_NO_CODE = ("Token.Comment", "Token.Literal.String.Doc")
"""Pygments' names of what is written for people."""
_MOST = 2**20
"""Characters beyond which a file is taken for words alone, comments too: telling them apart takes a second for each."""
_GENERATED_FILES = "left out as generated, {}"
_LARGE_FILES = "{} of more than 1 MB, in which what comments name counts too"
_UNREAD_FILES = "{} of source code that cannot be read"


@dataclass(frozen=True, slots=True)
class SourceNames:
    """What source code names: operations by their labels; members and values of enumerations by their own names.

    ``remarks``: what is to be said of some of the files (``{}`` is how many), and those.
    """

    operations: tuple[Naming, ...]
    members: tuple[Naming, ...]
    remarks: Mapping[str, Sequence[str]]


def is_source(file: str) -> bool:
    """Whether the file's suffix is that of a language in which callers are written."""
    return file.rpartition(".")[2].lower() in _LANGUAGES


def is_copy(file: str) -> bool:
    """Whether the file's name is that of a proxy that a tool made, a WSDL or a setting: no call, and no message."""
    return _COPIES.search(file.replace("\\", "/")) is not None


def find_in_source(files: Iterable[str], services: Sequence[Service]) -> SourceNames:
    """What source files name as whole identifiers, or in strings, each once a file, where it stands first.

    Proxies name operations in their own way too: ``stopBatchJob`` in Java, ``StopBatchJobAsync`` in C#,
    ``stop_batch_job`` in Ruby; and members: ``getFileName``, ``file_name``. A name that several agents have is that of
    those that the file names as well, if it names one of them. Comments do not count, generated proxies are left out.
    """
    operations: list[Naming] = []
    members: list[Naming] = []
    remarks = defaultdict[str, list[str]](list)
    plain, folded = _spell_names(services, str), _spell_names(services, str.lower)
    for file in files:
        try:
            text = "" if is_copy(file) else _decode_source(read_bytes(file))
        except Unreadable:
            remarks[_UNREAD_FILES].append(file)
            continue
        if is_copy(file) or _is_generated(text):
            remarks[_GENERATED_FILES].append(file)
            continue
        language = _LANGUAGES[file.rpartition(".")[2].lower()]
        called, held = _find_in_text(text, language, folded if language in _ANY_CASE else plain)
        operations += (Naming(label, file, line, "source code") for label, line in called.items())
        members += (Naming(name, file, line, "source code") for name, line in held.items())
        if (called or held) and len(text) > _MOST:
            remarks[_LARGE_FILES].append(file)
    return SourceNames(tuple(operations), tuple(members), remarks)


def _find_in_text(text: str, language: str, names: _Names) -> tuple[dict[str, int], dict[str, int]]:
    """The operations and the members that it names, each with the line where it stands first."""
    words = {names.fold(word) for word in _WORD.findall(text)}
    if words.isdisjoint(names.operations) and words.isdisjoint(names.types):
        return {}, {}
    called: dict[str, int] = {}
    held: dict[str, int] = {}
    for line, word in _read_words(text, language):
        for label in sorted(_of_named_agents(names.operations.get(names.fold(word), set()), words)):
            called.setdefault(label, line)
        for name in sorted(names.members.get(names.fold(word), ())):
            held.setdefault(name, line)
    return called, held


# --- the words of a file ------------------------------------------------------------------------------------------


def _read_words(text: str, language: str) -> Iterator[tuple[int, str]]:
    """The words of code and of its strings, each with its line."""
    line, at = 1, 0
    for start, part in _drop_comments(text, language):
        for found in _WORD.finditer(part):
            here = start + found.start()
            line += text.count("\n", at, here)
            at = here
            yield line, found[0]


def _drop_comments(text: str, language: str) -> Iterator[tuple[int, str]]:
    if len(text) > _MOST:
        yield 0, text
        return
    from pygments.lexers import get_lexer_by_name  # most runs read no source code

    options = {"startinline": True} if language == "php" and "<?" not in text else {}
    for start, kind, part in get_lexer_by_name(language, **options).get_tokens_unprocessed(f"{text}\n"):
        if not str(kind).startswith(_NO_CODE):
            yield start, part


def _decode_source(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode_beginning(data, len(data))


def _is_generated(text: str) -> bool:
    head = "\n".join(text.splitlines()[:_HEAD_LINES])
    return _GENERATED.search(text) is not None or _GENERATED_HEAD.search(head) is not None


# --- the names of the contract ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Names:
    """Spellings -> labels of operations, names of members; and the names of types: all as ``fold`` writes them."""

    fold: Callable[[str], str]
    operations: Mapping[str, set[str]]
    members: Mapping[str, set[str]]
    types: frozenset[str]


def _spell_names(services: Sequence[Service], fold: Callable[[str], str]) -> _Names:
    """All names of the services, as code may spell them."""
    operations, members = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    types = set[str]()
    for service in services:
        for operation in service.operations.values():
            for spelling in _spell_operation(operation.name):
                operations[fold(spelling)].add(operation.label)
        for found in filter(None, map(service.schema.type, service.schema.type_names())):
            types.add(fold(local(found.name)))
            for name in (*(m.local for m in found.members), *(v.name for v in found.values)):
                for spelling in _spell_member(name):
                    members[fold(spelling)].add(name)
    return _Names(fold, operations, members, frozenset(types))


def _spell_operation(name: str) -> set[str]:
    return {*_spell_name(name), f"{name}Async", f"{name}AsyncTask", f"Begin{name}", f"{_lower_first(name)}Async"}


def _spell_member(name: str) -> set[str]:
    return {*_spell_name(name), f"get{name}", f"set{name}", f"is{name}", f"{name}Specified"}


def _spell_name(name: str) -> set[str]:
    return {name, _lower_first(name), re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()}


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def _of_named_agents(labels: set[str], words: set[str]) -> set[str]:
    if len(labels) < 2:
        return labels
    agents = {label: label.partition(".")[0].lower() for label in labels}
    told = {label for label, agent in agents.items() if any(agent in word.lower() for word in words)}
    return told or labels

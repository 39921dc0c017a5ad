"""Operations that a list or a team's source code names: weaker evidence of use than a recorded message."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..files.opening import read_bytes
from ..files.prolog import text_of
from ..model import ContractsError
from ..model.wording import suggest_nearest
from ..wsdl.service import Service
from .comparison import Naming

_ANY_CASE = ("vb", "php", "pas", "dpr")
_SUFFIXES = (*_ANY_CASE, *["cs", "java", "py", "js", "jsx", "mjs", "cjs", "ts", "tsx", "rb", "pl", "pm"])
_COPIES = re.compile(r"(^|/)Reference\.(cs|vb)$|\.designer\.(cs|vb)$|\.wsdl$", re.IGNORECASE)
_GENERATED = re.compile(
    r"<auto-?generated|\bGeneratedCode(Attribute)?\s*\(|@(javax\.annotation\.)?Generated\b|@WebService\w*\("
)
_WORD = re.compile(r"[^\W\d]\w*")


def is_source(file: str) -> bool:
    """Whether the file's suffix is that of a language in which callers are written."""
    return file.rpartition(".")[2].lower() in _SUFFIXES


def is_copy(file: str) -> bool:
    """Whether the file's name is that of a proxy that a tool made, or of a WSDL: it names all, whatever is called."""
    return _COPIES.search(file.replace("\\", "/")) is not None


def find_in_source(files: Iterable[str], services: Sequence[Service]) -> Iterator[Naming]:
    """The operations that source files name as whole identifiers, each once a file, where it stands first.

    Proxies name them in their own way too: ``stopBatchJob`` in Java, ``StopBatchJobAsync`` in C#, ``stop_batch_job``
    in Ruby. A name that several agents have is that of those that the file names as well, if it names one of them.
    Generated proxies are left out. Raises Unreadable.
    """
    known = defaultdict[str, set[str]](set)
    for service in services:
        for operation in service.operations.values():
            for name in _spellings(operation.name):
                known[name].add(operation.label)
    folded = defaultdict[str, set[str]](set)
    for name, labels in known.items():
        folded[name.lower()] |= labels
    for file in files:
        data = read_bytes(file)
        text = _decode(data)
        if is_copy(file) or _GENERATED.search(text):
            continue
        any_case = file.rpartition(".")[2].lower() in _ANY_CASE
        words = {word.lower() for word in _WORD.findall(text)}
        seen = set[str]()
        for number, line in enumerate(text.splitlines(), 1):
            for word in _WORD.findall(line):
                labels = folded.get(word.lower(), set()) if any_case else known.get(word, set())
                for label in sorted(_of_named_agents(labels, words) - seen):
                    seen.add(label)
                    yield Naming(label, file, number, "source code")


def _spellings(name: str) -> set[str]:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return {name, name[:1].lower() + name[1:], f"{name}Async", f"Begin{name}", snake}


def _of_named_agents(labels: set[str], words: set[str]) -> set[str]:
    if len(labels) < 2:
        return labels
    agents = {label: label.partition(".")[0].lower() for label in labels}
    told = {label for label, agent in agents.items() if any(agent in word for word in words)}
    return told or labels


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return text_of(data, len(data))


def read_list(file: str, services: Sequence[Service]) -> Iterator[Naming]:
    """The operations in a text file: ``Agent.Operation``, one a line; ``#`` begins a comment.

    Raises ContractsError for one that ``services`` lack, and where there is none.
    """
    known = {operation.label for service in services for operation in service.operations.values()}
    data = read_bytes(file)
    count = 0
    for number, line in enumerate(text_of(data, len(data)).splitlines(), 1):
        if label := line.partition("#")[0].strip().lstrip("\ufeff"):
            if label not in known:
                hint = suggest_nearest(label, known, "a line is Agent.Operation")
                raise ContractsError(f"{file}:{number}: {label[:80]}: no operation of the old side{hint}")
            count += 1
            yield Naming(label, file, number, "list")
    if not count:
        raise ContractsError(f"{file}: no operation in it")

"""What a team names as evidence of what it uses -> recorded messages, and places that name operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..files.opening import read_bytes, suggest_path
from ..files.prolog import decode_beginning
from ..messages import belongs_to, list_paths, read
from ..model import ContractsError, Message
from ..model.wording import suggest_nearest
from ..wsdl.service import Service
from ..wsdl.services import Services
from .comparison import Naming
from .source_names import SourceNames, find_in_source, is_copy, is_source

_SPEAKING_FILES = "{} speaking of the contract, but no recorded message"


@dataclass(frozen=True, slots=True)
class UseEvidence:
    """What tells what is used. ``said``: who says it, as a person named them.

    ``named`` are operations, ``members`` members and values of types by their own names, in source code. ``remarks``:
    what is to be said of some files (``{}`` is how many), and those; ``beside`` are further recorded messages, which
    say nothing of what is used.
    """

    said: str
    messages: tuple[Message, ...]
    named: tuple[Naming, ...] = ()
    members: tuple[Naming, ...] = ()
    remarks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    beside: tuple[Message, ...] = ()


def read_evidence(folders: Sequence[str], lists: Sequence[str], services: Sequence[Service]) -> UseEvidence:
    """Of folders (or files) of recorded messages and source code, and of lists of operations of the old ``services``.

    Raises ContractsError where one is not there, or tells nothing.
    """
    named = [naming for file in lists for naming in _read_list(file, services)]
    for folder in folders:
        if not folder or not Path(folder).exists():
            hint = suggest_path(folder)
            raise ContractsError(f"{folder or '--used-by'}: no recorded messages, and no source code, are there{hint}")
    said = ", ".join([*folders, *lists])
    files = list(list_paths(folders))
    source = [file for file in files if is_source(file)]
    names = find_in_source(source, services) if source else SourceNames((), (), {})
    named += names.operations
    # A copy of the contract, or a setting, beside the source is no message: in a folder it is left out.
    others = [file for file in files if not is_source(file) and (file in folders or not is_copy(file))]
    found_in = (found for file in others for found in read(file, named=file in folders))
    old = Services(services)
    found = [f for f in found_in if isinstance(f, Message) and (not f.mixed or belongs_to(old, f))]
    messages = tuple(one for one in found if not one.problem)
    unread = tuple(dict.fromkeys(one.file for one in found if one.problem))
    if source and not messages and not named:
        raise ContractsError(f"{said}: no operation of the old side is named in its source code")
    if folders and not messages and not source:
        raise ContractsError(f"{said}: no recorded message in it")
    remarks = {_SPEAKING_FILES: unread} if unread else {}
    return UseEvidence(said, messages, tuple(named), names.members, {**remarks, **names.remarks})


def _read_list(file: str, services: Sequence[Service]) -> Iterator[Naming]:
    """The operations in a text file: ``Agent.Operation``, one a line; ``#`` begins a comment.

    Raises ContractsError for one that ``services`` lack, and where there is none.
    """
    known = {operation.label for service in services for operation in service.operations.values()}
    data = read_bytes(file)
    count = 0
    for number, line in enumerate(decode_beginning(data, len(data)).splitlines(), 1):
        if label := line.partition("#")[0].strip().lstrip("\ufeff"):
            if label not in known:
                hint = suggest_nearest(label, known, "a line is Agent.Operation")
                raise ContractsError(f"{file}:{number}: {label[:80]}: no operation of the old side{hint}")
            count += 1
            yield Naming(label, file, number, "list")
    if not count:
        raise ContractsError(f"{file}: no operation in it")

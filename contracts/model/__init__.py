"""The words of the suite as data. Nothing here reads a file or knows a rule."""

from __future__ import annotations

from .change import Change, Severity
from .declared import Attribute, Binding, Direction, Element, EnumValue, Operation, Part, Problem, Type
from .errors import ContractsError, UnreadableContract
from .message import Headers, Http, Message
from .names import is_anonymous, local, namespace
from .verdict import Authority, ContractBroken, Finding, NotJudged, Outcome, Verdict

__all__ = [
    "Attribute",
    "Authority",
    "Binding",
    "Change",
    "ContractBroken",
    "ContractsError",
    "Direction",
    "Element",
    "EnumValue",
    "Finding",
    "Headers",
    "Http",
    "Message",
    "NotJudged",
    "Operation",
    "Outcome",
    "Part",
    "Problem",
    "Severity",
    "Type",
    "UnreadableContract",
    "Verdict",
    "is_anonymous",
    "local",
    "namespace",
]

"""What changed between one agent of an old version and the same agent of a new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from ..model import DIRECTIONS, Element, Operation, WsdlMessage, is_anonymous, local, namespace
from ..wsdl.service import Service
from .agent_report import AgentChange, AgentReport, pair_messages
from .change_rule import ChangeRule, one_sided
from .compare_all_types import OwnTypes, compare_all_types
from .compare_bindings import compare_bindings, compare_carriage, pair_bindings, report_one_sided_bindings
from .compare_types import NAMESPACE_CHANGED, Pair, TypeComparison
from .folding import ServicePair, find_moved_wrappers, fold_version
from .reach import MessageId
from .sides import Sides

# fmt: off
OPERATION_REMOVED = ChangeRule("operation-removed", "breaking", "breaking", "operation", "path",
    "every operation stays, under its name",
    "the server answers a call to it with a Fault (ActionNotSupported)",
    "replace each call to it before moving")
OPERATION_ADDED = ChangeRule("operation-added", "safe", "safe", "operation", "path",
    "an operation may come",
    "nobody who was written against the old contract calls it",
    "nothing to do")
RESPONSE_REMOVED = ChangeRule("response-removed", "breaking", "breaking", "operation", "sides",
    "an operation that answered still answers",
    "a caller waits for an answer that does not come any more",
    "treat the operation as one-way")
RESPONSE_ADDED = ChangeRule("response-added", "risky", "risky", "operation", "sides",
    "a one-way operation stays one",
    "a caller that closes the connection without reading may be cut off",
    "read the answer")
BODY_CHANGED = ChangeRule("body-changed", "breaking", "breaking", "operation", "sides",
    "a message keeps the element its body holds",
    "the server does not find the message that it expects, nor the caller the answer",
    "send and read the new element")
HEADER_REMOVED = ChangeRule("header-removed", "breaking", "breaking", "present", "path",
    "a declared header stays declared",
    "what the caller says or reads in it is lost",
    "do without it")
BODY_MOVED = ChangeRule("body-moved", "breaking", "breaking", "operation", "sides",
    "the element that a body or a fault holds stays in its namespace",
    "an element of another namespace is another element: the other side does not find it",
    "send and read the new namespace")
HEADER_MOVED = ChangeRule("header-moved", "breaking", "breaking", "present", "sides",
    "a header stays in its namespace",
    "a header of another namespace is another header: what it says is silently not read",
    "send and read the new namespace")
HEADER_ADDED = ChangeRule("header-added", "risky", "safe", "operation", "path",
    "a declared header may come",
    "a server may want it from now on; a WSDL cannot say that it is optional",
    "ask what the server does without it")
FAULT_REMOVED = ChangeRule("fault-removed", "safe", "safe", "present", "path",
    "a declared fault may go",
    "nobody gets it any more; what is raised in its place, the WSDL does not say",
    "be ready for a fault that is not declared")
FAULT_ADDED = ChangeRule("fault-added", "safe", "risky", "operation", "path",
    "no fault comes that a caller does not know",
    "a generated client takes a fault it does not know for a failure of the connection",
    "be ready for a fault that is not known")
# fmt: on

_Shared = defaultdict[Pair, list[MessageId]]
"""Elements, by their old and new names, and the messages that have them."""


def compare_services(pairs: Iterable[ServicePair]) -> list[AgentChange]:
    """Every change between services, each pair of one agent."""
    by_documents = defaultdict[object, list[ServicePair]](list)
    for old, new in pairs:  # services of one WSDL share its schemas
        by_documents[old.schema, new.schema, old.version, new.version, find_moved_wrappers(old, new)].append((old, new))
    return [change for group in by_documents.values() for change in _compare_documents(group)]


def _compare_documents(pairs: list[ServicePair]) -> list[AgentChange]:
    """The same, of the services of an old and a new WSDL: what they have in common is compared once."""
    if _says_the_same(*pairs[0]):
        pairs = [pair for pair in pairs if len({fold_version(one.namespace, one.version) for one in pair}) > 1]
    if not pairs:
        return []
    found: list[AgentChange] = []
    bindings = [pair_bindings(*pair) for pair in pairs]
    sides = Sides([bound[0] for bound in bindings])
    comparisons: list[_ServiceComparison] = []
    for (old, new), (first, *others) in zip(pairs, bindings, strict=True):
        comparisons.append(_ServiceComparison(sides, *first))
        found += comparisons[-1].compare()
        for pair in others:  # the same messages, carried otherwise
            found += _ServiceComparison(sides, *pair).compare_carriage()
        found += report_one_sided_bindings(old, new, [first, *others])
    return [*found, *compare_all_types(sides, [one.own_types for one in comparisons])]


def _says_the_same(old: Service, new: Service) -> bool:
    """Whether the WSDLs are one text but for the version in it. No digest is made where already the length tells."""
    lengths = [sum(len(text) for _, text in service.read_texts()) for service in (old, new)]
    return (lengths[0] == lengths[1] or len(old.version) != len(new.version)) and old.digest == new.digest


class _ServiceComparison:
    def __init__(self, sides: Sides, old: Service, new: Service) -> None:
        self.old, self.new, self.agent = old, new, old.agent
        self.sides, self.names, self.is_alike = sides, sides.names, sides.is_alike
        self.fold_actions = (
            partial(sides.names.old.action, old.namespace),
            partial(sides.names.new.action, new.namespace),
        )
        self.common = [name for name in old.operations if name in new.operations]
        affected = sides.affected_operations
        self.pairs = [(old.operations[n], new.operations[n]) for n in self.common if n in affected]
        """The operations that are not alike, or what their messages are made of is not."""
        self.types = TypeComparison(sides)
        self.report = AgentReport(old.agent)
        self.wrappers: set[str] = set()
        """Named types of the old side that are compared as a message's own."""

    @property
    def own_types(self) -> OwnTypes:
        """What was seen of the types that only this service has."""
        return OwnTypes(self.agent, frozenset(self.wrappers), self.types.renamed, self.types.lifted)

    def compare_carriage(self) -> list[AgentChange]:
        """What carries the messages, and nothing of what is in them."""
        compare_bindings(self.report, self.old.binding, self.new.binding, self.common, self.pairs)
        for old, new in self.pairs:
            compare_carriage(self.report, old, new, self.fold_actions)
            for message, first, second in pair_messages(old, new):
                self._compare_headers(message, first, second, _Shared(list))
        self.report.collapse(len(self.common))
        return self.report.found

    def compare(self) -> list[AgentChange]:
        """All but what changed in types that others may have too."""
        compare_bindings(self.report, self.old.binding, self.new.binding, self.common, self.pairs)
        self._compare_services()
        bodies, headers, faults = _Shared(list), _Shared(list), _Shared(list)
        for old, new in self.pairs:
            self._compare_operations(old, new)
            self._compare_faults(old, new, faults)
            for message, first, second in pair_messages(old, new):
                self._compare_headers(message, first, second, headers)
                if old.style != new.style:  # another wrapper altogether: what it holds cannot be compared
                    continue
                if first.body and second.body:
                    bodies[first.body, second.body].append(message)
                elif first.body or second.body:
                    shown = (local(p.body) if p.body else "no element" for p in (first, second))
                    self.report.on_operation(BODY_CHANGED, message, "", *shown)
                parts = _typed_parts(first, self.old), _typed_parts(second, self.new)
                self.types.compare_parts(*parts, self.report.path_of(message), self.report.emit_at([message]))
        self._compare_bodies(bodies)
        self.report.collapse(len(self.common))
        self._compare_shared(headers, "header")
        self._compare_shared(faults, "fault")
        return self.report.found

    # --- operations ---------------------------------------------------------------------------------------------

    def _compare_services(self) -> None:
        for second, first in self.names.moved.items():
            spaces = [first, second]
            if ("*" in first) != ("*" in second):  # it is the version that changed
                spaces = [first.replace("*", self.old.version), second.replace("*", self.new.version)]
            emit = self.report.emit_at((name, d) for name in self.common for d in DIRECTIONS)
            emit(NAMESPACE_CHANGED, f"{self.agent}/namespace", *(space or "no namespace" for space in spaces))
        operations = self.old.operations, self.new.operations
        for rule, name, *shown in one_sided(*operations, OPERATION_REMOVED, OPERATION_ADDED):
            self.report.emit_at((name, d) for d in DIRECTIONS)(rule, f"{self.agent}.{name}", *shown)

    def _compare_operations(self, old: Operation, new: Operation) -> None:
        compare_carriage(self.report, old, new, self.fold_actions)
        if old.response and not new.response:
            self.report.on_operation(RESPONSE_REMOVED, (old.name, "response"), "", _body_of(old.response), None)
        if new.response and not old.response:
            self.report.on_operation(RESPONSE_ADDED, (old.name, "response"), "", None, _body_of(new.response))

    def _compare_headers(self, message: MessageId, old: WsdlMessage, new: WsdlMessage, shared: _Shared) -> None:
        before, after = ({local(h): h for h in p.headers} for p in (old, new))
        for rule, name, *shown in one_sided(before, after, HEADER_REMOVED, HEADER_ADDED):
            self.report.on_operation(rule, message, f"/header/{name}", *shown)
        for name in (n for n in before if n in after):
            self._compare_elements(HEADER_MOVED, message, f"/header/{name}", before[name], after[name])
            shared[before[name], after[name]].append(message)

    def _compare_elements(self, rule: ChangeRule, message: MessageId, tail: str, old: str, new: str) -> None:
        """A header or a message whose element has the same name in another namespace."""
        if self.names.old(old) != self.names.new(new):
            spaces = (namespace(name) or "no namespace" for name in (old, new))
            self.report.on_operation(rule, message, tail, *spaces)

    def _compare_faults(self, old: Operation, new: Operation, shared: _Shared) -> None:
        before, after = dict(old.faults), dict(new.faults)
        message = (old.name, "response")
        for rule, name, *shown in one_sided(before, after, FAULT_REMOVED, FAULT_ADDED):
            self.report.on_operation(rule, message, f"/fault/{name}", *shown)
        for name in (n for n in before if n in after):
            if local(before[name]) != local(after[name]):
                self.report.on_operation(
                    BODY_CHANGED, message, f"/fault/{name}", local(before[name]), local(after[name])
                )
            else:
                self._compare_elements(BODY_MOVED, message, f"/fault/{name}", before[name], after[name])
                shared[before[name], after[name]].append(message)

    # --- messages -----------------------------------------------------------------------------------------------

    def _compare_bodies(self, bodies: _Shared) -> None:
        for (old_name, new_name), messages in bodies.items():
            if local(old_name) != local(new_name):
                for message in messages:
                    self.report.on_operation(BODY_CHANGED, message, "", local(old_name), local(new_name))
                continue
            for message in messages:
                self._compare_elements(BODY_MOVED, message, "", old_name, new_name)
            old, new = self.old.schema.element(old_name), self.new.schema.element(new_name)
            path, emit = self.report.path_of(min(messages)), self.report.emit_at(messages)
            if old is None or new is None:
                if old is not new:
                    emit(BODY_CHANGED, path, *("declared" if e else "not declared" for e in (old, new)))
            elif self.is_alike("element", old_name, new_name) and (
                is_anonymous(old.type) or self.is_alike("type", old.type, new.type)
            ):
                continue  # both sides declare the element, and the type that is its alone, in the same words
            elif self._is_type_of_others(old.type, new.type):
                self.types.compare_elements(old, new, path, emit)
            else:
                self.wrappers.add(old.type)
                self.types.compare_bodies(old, new, path, emit)

    def _is_type_of_others(self, old: str, new: str) -> bool:
        """Whether a message's element has a type that other things have too: then what changes in it is the type's."""
        if self.names.old(old) != self.names.new(new):
            return self.old.schema.type(new) is not None and self.new.schema.type(old) is not None
        if is_anonymous(old) and not (
            self.old.schema.declarations.has_references or self.new.schema.declarations.has_references
        ):
            return False  # nothing else can have the element's own type
        return self.sides.reach.is_inner(0, old) or self.sides.reach.is_inner(1, new)

    def _compare_shared(self, elements: _Shared, kind: str) -> None:
        """The elements of headers and faults, which operations share."""
        for (old_name, new_name), messages in elements.items():
            old, new = self.old.schema.element(old_name), self.new.schema.element(new_name)
            if old is not None and new is not None and not self.is_alike("element", old_name, new_name):
                path = f"{self.report.path_of(min(messages))}/{kind}/{old.local}"
                key = f"{kind} {self.names.old(old_name)}"
                self.types.compare_elements(old, new, path, self.report.emit_at(messages, path, key))


def _typed_parts(message: WsdlMessage, service: Service) -> list[Element]:
    return [p if p.type else service.schema.element(p.name) or p for p in message.parts]


def _body_of(message: WsdlMessage) -> str:
    return local(message.body) if message.body else "a message"

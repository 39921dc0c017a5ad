"""What changed in what carries the messages: bindings, actions, policies."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ..model import DIRECTIONS, Binding, Operation
from ..wsdl.service import Service
from .agent_report import AgentChange, AgentReport, pair_messages
from .change_rule import ChangeRule, one_sided
from .folding import ActionFolding

# fmt: off
ACTION_CHANGED = ChangeRule("action-changed", "breaking", "breaking", "operation", "sides",
    "an operation keeps its SOAPAction",
    "the server finds the operation by its SOAPAction: the old one gets a Fault",
    "send the new action")
ADDRESSING_ACTION_CHANGED = ChangeRule("addressing-action-changed", "safe", "safe", "operation", "sides",
    "an operation keeps the action that WS-Addressing names",
    "only a client that sends wsa:Action says it, and this binding does not read it",
    "nothing to do, unless a gateway routes by wsa:Action")
STYLE_CHANGED = ChangeRule("style-changed", "breaking", "breaking", "operation", "sides",
    "the binding keeps its style (document or rpc)",
    "the other style wraps the message in another element",
    "generate the client anew")
USE_CHANGED = ChangeRule("use-changed", "breaking", "breaking", "operation", "sides",
    "a message keeps its use (literal or encoded)",
    "the other use marks every value with its type",
    "generate the client anew")
SOAP_VERSION_CHANGED = ChangeRule("soap-version-changed", "breaking", "breaking", "operation", "sides",
    "the binding keeps its SOAP version",
    "the other version has another envelope and Content-Type: the server answers 415",
    "generate the client anew")
TRANSPORT_CHANGED = ChangeRule("transport-changed", "breaking", "breaking", "operation", "sides",
    "the binding keeps its transport",
    "messages travel another way",
    "reach the service over the new transport")
POLICY_ADDED = ChangeRule("policy-added", "breaking", "breaking", "operation", "sides",
    "WS-Policy and WS-Addressing ask nothing more of a caller",
    "a caller that does not do it is refused, or gets an answer that it cannot read",
    "generate the client anew; set up what is asked for")
POLICY_REMOVED = ChangeRule("policy-removed", "risky", "risky", "operation", "sides",
    "what WS-Policy or WS-Addressing ask for stays asked for",
    "a server may refuse what it no longer asks for, such as another encoding",
    "ask what the server does with it")
BINDING_REMOVED = ChangeRule("binding-removed", "breaking", "breaking", "operation", "sides",
    "each binding of a service stays",
    "whoever calls by it has nobody to talk to",
    "call by another binding")
BINDING_ADDED = ChangeRule("binding-added", "safe", "safe", "operation", "sides",
    "a further binding may come",
    "who calls by another one sees nothing of it",
    "nothing to do")
# fmt: on


def compare_bindings(
    report: AgentReport,
    old: Binding,
    new: Binding,
    common: Iterable[str],
    changed: Sequence[tuple[Operation, Operation]],
) -> None:
    """SOAP version, transport, style and policies of a binding.

    ``common`` are the names of the operations that both sides have, ``changed`` at least those that are not alike.
    """
    emit, path = report.emit_at((name, d) for name in common for d in DIRECTIONS), f"{report.agent}/binding"
    compared = [(SOAP_VERSION_CHANGED, old.soap, new.soap), (TRANSPORT_CHANGED, old.transport, new.transport)]
    # An operation's own style counts; the binding's is told where it changes for tools that read no other.
    if all(o.style == n.style for o, n in changed):
        compared.append((STYLE_CHANGED, old.style, new.style))
    for rule, first, second in compared:
        if first != second:
            emit(rule, path, first or "none", second or "none")
    for rule, _, *shown in one_sided(old.policies, new.policies, POLICY_REMOVED, POLICY_ADDED):
        emit(rule, path, *shown)


def compare_carriage(report: AgentReport, old: Operation, new: Operation, fold: ActionFolding) -> None:
    """Actions, style, policies and use of an operation."""
    both, (fold_old, fold_new) = (old.name, ""), fold
    if fold_old(old.action) != fold_new(new.action):
        report.on_operation(ACTION_CHANGED, both, "/SOAPAction", old.action, new.action)
    if old.style != new.style:
        report.on_operation(STYLE_CHANGED, both, "/binding", old.style, new.style)
    for rule, _, *shown in one_sided(old.policies, new.policies, POLICY_REMOVED, POLICY_ADDED):
        report.on_operation(rule, both, "/binding", *shown)
    for message, first, second in pair_messages(old, new):
        uses = [(first.body_use, second.body_use)]
        if first.headers and second.headers:
            uses.append((first.header_use, second.header_use))
        if changed := next((u for u in uses if u[0] != u[1]), None):
            report.on_operation(USE_CHANGED, message, "", *changed)
        is_same = fold_old(first.action) == fold_new(second.action)
        if not is_same and (first.action, second.action) != (old.action, new.action):
            actions = (part.action or None for part in (first, second))
            report.on_operation(ADDRESSING_ACTION_CHANGED, message, "/Action", *actions)


def pair_bindings(old: Service, new: Service) -> list[tuple[Service, Service]]:
    """The bindings of both sides that are the same one, at least one pair.

    They are the same by their name and SOAP version, else by their SOAP version, else what is left over in order.
    """
    before, after = ([s, *(replace(o, version=s.version) for o in s.other_bindings)] for s in (old, new))
    pairs: list[tuple[Service, Service]] = []
    keys: tuple[Callable[[Binding], object], ...] = (lambda b: (b.name, b.soap), lambda b: b.soap, lambda b: None)
    for key in keys:
        waiting = defaultdict[object, deque[Service]](deque)
        for service in after:
            waiting[key(service.binding)].append(service)
        found = [(one, waiting[key(one.binding)].popleft()) for one in before if waiting[key(one.binding)]]
        pairs += found
        paired = {service for pair in found for service in pair}
        before, after = ([s for s in side if s not in paired] for side in (before, after))
    return pairs


def report_one_sided_bindings(
    old: Service, new: Service, pairs: Sequence[tuple[Service, Service]]
) -> list[AgentChange]:
    """The bindings that are in none of the ``pairs``."""
    report = AgentReport(old.agent)
    emit = report.emit_at((name, d) for name in old.operations if name in new.operations for d in DIRECTIONS)
    gone = _describe_bindings(old, {first.binding for first, _ in pairs})
    come = _describe_bindings(new, {second.binding for _, second in pairs})
    for rule, _, *shown in one_sided(gone, come, BINDING_REMOVED, BINDING_ADDED):
        emit(rule, f"{old.agent}/binding", *shown)
    return report.found


def _describe_bindings(service: Service, without: set[Binding]) -> list[str]:
    found = (s.binding for s in (service, *service.other_bindings))
    return [f"{binding.name} (SOAP {binding.soap})" for binding in found if binding not in without]

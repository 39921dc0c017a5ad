"""The one walk: a message is read, placed, looked at by each room once, and has its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from types import ModuleType

from ..files.limits import TooLarge
from ..messages.tree import parse
from ..model import Direction, Finding, Message, Verdict, local
from ..model.secrets import mask_secrets
from ..model.wording import cut_words, escape_line
from ..wsdl.services import Services, Target
from . import answers, body, elements, envelope, headers, http, values
from .case import FAULT_NAMES, Case, Rule, tag
from .deviations import find_deviation
from .frame import take_apart
from .place import Unplaced, place_case
from .recording import excuse_expected

ROOMS = (http, envelope, headers, body, answers)
"""Each has ``silent(case)``, a quick test that implies that its ``check(case)`` finds nothing, and ``note(case)``."""

_TOO_DEEP = "nested deeper than any message of this contract"


def judge(services: Services, message: Message, operation: str | None = None, onsite: bool = False) -> Verdict:
    """``operation``: the label of the one it has to be; None: taken from the message."""
    wanted = services.require(operation) if operation else []
    if message.problem is not None:
        return unjudged(message, message.direction, message.problem)
    verdict, owners = _judge_once(services, message, wanted, onsite)
    return _judge_by_content(services, message, owners, onsite) or verdict if owners else verdict


def _judge_once(
    services: Services, message: Message, wanted: Sequence[Target], onsite: bool
) -> tuple[Verdict, Sequence[Target]]:
    """The verdict; and where Body alone says whose the message is, all whose it may be, if that matters."""
    case = open_case(services, message, wanted, onsite)
    try:
        if case.parsed is not None and case.parsed.beyond:
            return unjudged(message, case.direction, case.parsed.beyond), ()
        place_case(case)
        speaking = find_speaking(case)
        case.all_silent = not speaking
        for room in speaking:
            room.check(case)
        verdict = _conclude_verdict(case)
        return verdict, _find_other_owners(case) if verdict.outcome == "broken" else ()
    except Unplaced as unknown:
        verdict = unjudged(message, case.direction, str(unknown), unknown.candidates)
        return verdict, () if wanted else unknown.targets
    except RecursionError:
        return unjudged(message, message.direction, _TOO_DEEP), ()


def _find_other_owners(case: Case) -> Sequence[Target]:
    """All operations that have the element in Body, where nothing else says which one is meant."""
    message = case.message
    named = case.wanted or message.title or message.answers is not None or (case.head and case.direction == "request")
    if named or len(case.contents) != 1 or case.direction is None or case.fault is not None:
        return ()
    owners = case.services.all_owners(str(case.contents[0].tag), case.direction)
    return owners if len({id(service) for service, _ in owners}) > 1 else ()


def _judge_by_content(services: Services, message: Message, owners: Sequence[Target], onsite: bool) -> Verdict | None:
    """The verdict of the owner that the content fits; None where none does, or several editions of one agent do."""
    kept = []
    for owner in owners:
        verdict, _ = _judge_once(services, message, [owner], onsite)
        if verdict.kept:
            kept.append((owner[0], verdict))
    agents = {id(service): service for service, _ in kept}
    if not kept or len({(s.version, s.agent) for s in agents.values()}) < len(agents):
        return None
    first = kept[0][1]
    if len(kept) == 1:
        return first
    if len(agents) == 1:
        return replace(first, operation=None)
    return replace(first, agent=None, operation=None) if first.message == "response" else None


def open_case(services: Services, message: Message, wanted: Sequence[Target] = (), onsite: bool = False) -> Case:
    """The message parsed and taken apart, as far as it can be."""
    head = message.http
    look = http.look_at(head) if head is not None else None
    case = Case(services, message, wanted, onsite, message.direction, head, look)
    if look is not None and message.direction == "response" and http.says_all(look, message.data):
        return case
    case.parsed = parse(message.data, look.charset if look is not None else None)
    if case.parsed.root is not None and (frame := take_apart(case.parsed.root, case.parsed.plain)) is not None:
        case.frame = frame
        case.contents = frame.contents
        for node in case.contents:
            if node.tag in FAULT_NAMES:
                case.fault = node
                break
    return case


def find_speaking(case: Case) -> list[ModuleType]:
    """The rooms that may have something to say, by their quick tests: of nearly every message none has."""
    return [room for room in ROOMS if not room.silent(case)]


def unjudged(message: Message, direction: Direction | None, reason: str, candidates: tuple[str, ...] = ()) -> Verdict:
    """The verdict on what could not be judged, and why."""
    reason = escape_line(cut_words(mask_secrets(reason)))  # it may quote what was read
    return Verdict("unjudged", direction, reason=reason, candidates=candidates, file=message.file, part=message.part)


def find_notes(case: Case) -> tuple[Finding, ...]:
    """What is worth knowing about a message and breaks nothing; no more than is found within the limits."""
    noting = replace(case, findings=[], shared={}, started=None)
    with suppress(TooLarge):
        for room in ROOMS:
            room.note(noting)
    return tuple(noting.findings)


# --- the verdict ------------------------------------------------------------------------------------------------------


def _conclude_verdict(case: Case) -> Verdict:
    message = case.message
    violations: list[Finding] = []
    tolerated: list[Finding] = []
    for finding in drop_echoes(case.count_shared()) if case.findings else ():
        excused = _excuse_finding(finding, case.direction, message.documented)
        (violations if excused.excuse is None else tolerated).append(excused)
    if (gone := (answers if case.direction == "response" else headers).left_out(case)) is not None:
        excused = _excuse_left_out(*gone, case.direction, message.documented)
        (violations if excused.excuse is None else tolerated).append(excused)
    if message.expects:
        violations, expected = excuse_expected(case, violations)
        tolerated += expected
    version, agent, operation = _name_operation(case)
    return Verdict(
        "broken" if violations else "kept",
        case.direction,
        version,
        agent,
        operation,
        tuple(violations),
        tuple(tolerated),
        None,
        (),
        message.file,
        message.part,
        partial(find_notes, case),
    )


def _excuse_finding(finding: Finding, direction: Direction | None, documented: bool) -> Finding:
    """The finding, with the deviation that excuses it where one does."""
    row = find_deviation(finding, direction, documented)
    return finding if row is None else finding.with_excuse("deviation", row.id, row.on == "any")


@lru_cache(maxsize=1024)
def _excuse_left_out(
    rule: Rule, names: tuple[str, ...], path: str, direction: Direction | None, documented: bool
) -> Finding:
    hint = "" if any(local(name) == "TimeZone" for name in names) else "servers do without it"
    return _excuse_finding(rule.find(path, None, ", ".join(map(tag, names)), "left out", hint), direction, documented)


def _name_operation(case: Case) -> tuple[str | None, str | None, str | None]:
    """Version, agent and operation, as far as they are known; no operation where several share the message."""
    services, target = case.services, case.target
    if target is None:
        version = services[0].version if len(services.by_version) == 1 else None
        return version, services[0].agent if len(services) == 1 else None, None
    if case.all_agree and case.expected:  # then its element is no other's
        return case.expected.names
    service, operation = target
    name: str | None = operation.name
    alone = case.message.answers is None and not case.message.title
    if case.direction == "response" and operation.response is not None and alone:
        shared = services.by_body(operation.response.body or "", "response")
        if sum(1 for owner, _ in shared if owner is service) > 1:
            name = None
    return service.version, service.agent, name


_MISSING = {
    rule.id
    for rule in (
        answers.RESPONSE_MISSING,
        elements.MEMBER_MISSING,
        body.PARAMETER_DEFAULT,
        body.PARAMETER_MISSING,
        headers.MISSING,
    )
}
_MISPLACED = {rule.id for rule in (body.TWO_OPERATIONS, elements.UNKNOWN, headers.UNDECLARED, values.NESTED)}


def drop_echoes(findings: list[Finding]) -> list[Finding]:
    """Without those on elements that are missing because they stand in a wrong place, of which it is said."""
    misplaced = [f.found.split(" ", 1)[0] for f in findings if f.rule in _MISPLACED]
    if not misplaced:
        return findings
    astray, kept = Counter(misplaced), []
    for one in findings:
        if one.rule in _MISSING and astray[one.expected]:
            astray[one.expected] -= 1
        else:
            kept.append(one)
    return kept

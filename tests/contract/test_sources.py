"""The sources of the contract against each other: WSDL, documented examples, and what was published as Services85."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from contracts import Contract, Finding, Message, Operation, Service, Verdict
from contracts.messages import envelope
from contracts.model import Direction, local
from contracts.plugin import examples, settings
from contracts.rules.excuses import Deviation, Waivers, deviations, read_waivers, waivers_of

from . import published
from .printing import Falsified, expect_broken, expect_kept, said
from .published import Call

# --- documented examples against the WSDL, both ways ------------------------------------------------------------------


def _waivers() -> Waivers:
    """The team's own, of ``[tool.services85]``: for pages of agents that the register does not know."""
    given = settings().get("waivers", settings().get("waiver", []))
    rows = read_waivers(given) if isinstance(given, str) else waivers_of(given, "pyproject.toml")
    return Waivers(rows, date.today())


def _row(verdict: Verdict, finding: Finding) -> str:
    """What to add to the register, or as a waiver, once somebody has looked at it."""
    name = f"page-{verdict.operation}-{finding.rule}".lower()
    reason = f"expected {finding.expected}, found {finding.found}".replace('"', "'")
    return Deviation(name, finding.rule, "page", verdict.message or "any", finding.path, reason).row()


def test_example(services85_contract: Contract, services85_example: Message) -> None:
    """Documentation -> WSDL: nothing in a documented example is against it, but for what the register knows."""
    verdict = _waivers().apply(services85_contract.judge(services85_example))
    if verdict.outcome == "unjudged":
        pytest.fail(f"{services85_example.file}: {verdict.reason}", pytrace=False)
    rows = [_row(verdict, finding) for finding in verdict.violations]
    if rows:
        shown = "\n".join(f"  {v}" for v in verdict.violations[:5])
        why = f"{services85_example.file}: not as the WSDL says:\n{shown}\nmend it, or add to deviations.toml:"
        pytest.fail("\n\n".join([why, *rows[:5]]), pytrace=False)


def test_example_is_complete(services85_contract: Contract, services85_example: Message) -> None:
    """WSDL -> documentation: an example shows every parameter, and every member of the response's element."""
    verdict = services85_contract.judge(services85_example)
    if verdict.operation is None:
        pytest.skip(verdict.reason or "it belongs to no operation")
    service, operation = services85_contract.operation(f"{verdict.version}/{verdict.label}")
    root = envelope.parse(services85_example.data).root
    part = operation.part(services85_example.direction or "request")
    assert root is not None and part is not None and part.body is not None
    declared = service.schema.element(part.body)
    node = next(root.iter(part.body), None)
    assert declared is not None
    assert node is not None, f"the example holds no {local(part.body)}"
    shown = [str(child.tag) for child in node.iterchildren("*")]
    assert shown == [member.name for member in service.schema.members(declared.type)]


def test_register_is_in_use(services85_contract: Contract) -> None:
    """A registered deviation of pages that no page shows any more is to be taken out."""
    found = [services85_contract.judge(message) for message in examples(services85_contract)]
    if not found:
        pytest.skip("no documented examples came with this contract")
    used = {finding.excuse[1] for verdict in found for finding in verdict.tolerated if finding.excuse}
    registered = {row.id for rows in deviations().values() for row in rows if row.on == "page"}
    assert not registered - used, "these no longer occur: take them out of deviations.toml"


def test_register_excuses_pages_only(services85_contract: Contract, services85_example: Message) -> None:
    """A page's envelope, sent as printed, is not a message that the binding accepts."""
    as_sent = Message(services85_example.data, direction=services85_example.direction)
    verdict = services85_contract.judge(
        as_sent, operation=".".join(services85_example.title or ("", "", ""))[11:] or None
    )
    assert verdict.outcome == "broken"
    assert "envelope-version" in {violation.rule for violation in verdict.violations}


# --- Services85 as it was published -----------------------------------------------------------------------------------


@pytest.fixture(params=list(published.calls()))
def call(request: pytest.FixtureRequest, services85_contract: Contract) -> Call:
    """A published operation, where the contract holds its agent."""
    found = published.calls()[request.param]
    held = {(service.version, service.agent) for service in services85_contract.services}
    if (published.VERSION, found.agent) not in held:
        pytest.skip(f"this contract does not hold {found.agent} of {published.VERSION}")
    return found


def _target(contract: Contract, call: Call) -> tuple[Service, Operation]:
    found = contract.find(f"{published.VERSION}/{call.label}")
    assert found, f"{call.label} was published, and is not in the contract"
    return found[0]


def _heads(call: Call) -> dict[str, str]:
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{call.action}"'}


def _send(contract: Contract, call: Call, message: bytes) -> Verdict:
    target = f"/Cust12345/Remote/Services85/{call.agent}.svc"
    return contract.check_request(message, _heads(call), f"Services85/{call.label}", method="POST", target=target)


def _answer(contract: Contract, call: Call, message: bytes) -> Verdict:
    return contract.check_response(
        message, 200, {"Content-Type": _heads(call)["Content-Type"]}, f"Services85/{call.label}"
    )


def test_published_request(services85_contract: Contract, call: Call) -> None:
    """With its action and headers, all its parameters with all their members, and every value of every enumeration."""
    _target(services85_contract, call)
    for variant in range(published.variants(call.parameters)):
        message = published.request(call, variant)
        expect_kept(_send(services85_contract, call, message), message, "it was published so")


def test_published_response(services85_contract: Contract, call: Call) -> None:
    """With all its headers and all that it can hold."""
    _target(services85_contract, call)
    for variant in range(published.variants(call.answer)):
        message = published.response(call, variant)
        expect_kept(_answer(services85_contract, call, message), message, "it was published so")


RULES = {"value-range", "value-lexical", "value-enum"}


def _judge(contract: Contract, call: Call, direction: Direction, inside: str) -> tuple[Verdict, bytes]:
    if direction == "request":
        message = published.request(call, inside=inside)
        return _send(contract, call, message), message
    message = published.response(call, inside=inside)
    return _answer(contract, call, message), message


def _places(call: Call) -> Iterator[tuple[Direction, published.Pairs, published.Pairs, str]]:
    """Every simple value of both messages: (direction, all members, the place, its path)."""
    sides: tuple[tuple[Direction, published.Pairs, str], ...] = (
        ("request", call.parameters, call.name),
        ("response", call.answer, call.answer_name),
    )
    for direction, pairs, name in sides:
        for place in published.places(pairs):
            yield direction, pairs, place, "/".join(["/Envelope/Body", name, *(n for n, _ in place)])


def test_published_values(services85_contract: Contract, call: Call) -> None:
    """In every place: the first value beyond the type is refused, nil where it was not allowed, the value twice."""
    _target(services85_contract, call)
    for direction, pairs, place, path in _places(call):
        kind = place[-1][1]
        beyond = published.BEYOND.get("enum" if kind in published.types() else kind)  # of a string there is none
        if beyond is not None:
            inside = published.with_value(pairs, place, published.value_at(place, beyond))
            expect_broken(*_judge(services85_contract, call, direction, inside), path, RULES)
        inside = published.with_value(pairs, place, published.value_at(place, None))
        verdict, message = _judge(services85_contract, call, direction, inside)
        if published.is_nillable(kind):
            expect_kept(verdict, message, f"{path} was nillable")
        else:
            expect_broken(verdict, message, path, {"value-nil"}, "was not nillable: broken")
        if not published.is_repeated(place):
            twice = published.value_at(place, published.values(kind)[0]) * 2
            verdict, message = _judge(services85_contract, call, direction, published.with_value(pairs, place, twice))
            expect_broken(verdict, message, f"{path}[2]", {"body-twice"}, "was there once: twice is broken")


def test_published_dictionaries(services85_contract: Contract, call: Call) -> None:
    """A dictionary has each key once."""
    _target(services85_contract, call)
    for direction, pairs, place, path in _places(call):
        if place[-1][0] == "Key":
            pair = published.value_at(place, "k") + published.nil("Value")
            twice = published.with_value(pairs, place[:-1], f"<b:{place[-2][0]}>{pair}</b:{place[-2][0]}>" * 2)
            verdict, message = _judge(services85_contract, call, direction, twice)
            rules = [violation.rule for violation in verdict.violations]
            if rules != ["body-key-twice"]:
                raise Falsified(f"{path} twice has to be broken by body-key-twice, and is {said(verdict)}", message)


def test_published_failure(services85_contract: Contract, call: Call) -> None:
    """Succeeded=false with an ExceptionInfo that says everything: a kept answer."""
    _target(services85_contract, call)
    message = published.response(call, failed=True)
    expect_kept(_answer(services85_contract, call, message), message, "it was published so")


def test_published_parameters(services85_contract: Contract, call: Call) -> None:
    """Each left out, nil, twice; all in another order: as it was published, so are they judged."""
    _target(services85_contract, call)
    whole = [published.element(*pair) for pair in call.parameters]
    path = f"/Envelope/Body/{call.name}"
    for index, (name, kind) in enumerate(call.parameters):
        without, nil, twice = (
            published.request(call, inside="".join([*whole[:index], *instead, *whole[index + 1 :]]))
            for instead in ([], [published.nil(name)], [whole[index]] * 2)
        )
        if published.is_nillable(kind):
            expect_kept(_send(services85_contract, call, without), without)
            expect_kept(_send(services85_contract, call, nil), nil)
        else:
            missing = {"body-parameter-missing", "body-parameter-default"}
            expect_broken(_send(services85_contract, call, without), without, path, missing)
            expect_broken(_send(services85_contract, call, nil), nil, f"{path}/{name}", {"value-nil"})
        expect_broken(_send(services85_contract, call, twice), twice, f"{path}/{name}[2]", {"body-twice"})
    if len(whole) > 1:
        swapped = published.request(call, inside="".join(reversed(whole)))
        verdict = _send(services85_contract, call, swapped)
        if {violation.rule for violation in verdict.violations} != {"body-order"}:
            raise Falsified("the order of the parameters matters", swapped)


def test_published_headers(services85_contract: Contract, call: Call) -> None:
    """The headers that were published, and no others; the action of the operation, and no other."""
    _, operation = _target(services85_contract, call)
    declared = [text.partition(" ")[0] for text in published.HEADERS[call.agent]]
    assert [local(name) for name in operation.request.headers] == declared
    assert operation.response is not None
    answered = [text.partition(" ")[0] for text in published.ANSWER_HEADERS]
    assert [local(name) for name in operation.response.headers] == answered
    assert operation.action == operation.request.action == call.action
    assert operation.response.action == f"{call.action}Response"
    message = published.request(call, 0)
    for action in (f"{call.action}2", call.action.replace("85", "86"), call.action.lower()):
        head = _heads(call) | {"SOAPAction": f'"{action}"'}
        verdict = services85_contract.check_request(message, head, f"Services85/{call.label}")
        expect_broken(verdict, message, "SOAPAction", {"http-action"})


def test_published_binding(services85_contract: Contract) -> None:
    """SOAP 1.1 over HTTP, document/literal, at the agent's endpoint."""
    agents = {call.agent for call in published.calls().values()}
    found = [s for s in services85_contract.services if s.version == published.VERSION and s.agent in agents]
    if not found:
        pytest.skip(f"this contract does not hold {' or '.join(sorted(agents))} of {published.VERSION}")
    for service in found:
        assert service.namespace == published.NAMESPACE
        assert (service.binding.soap, service.binding.style) == ("1.1", "document")
        assert service.binding.transport == "http://schemas.xmlsoap.org/soap/http"
        assert {o.request.body_use for o in service.operations.values()} == {"literal"}
        assert service.path == f"/Services85/{service.agent}.svc"

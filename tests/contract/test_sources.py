"""The sources of the contract against each other: WSDL, documented examples, and what was published as Services85."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts import Contract, Finding, Message, Operation, Service, Verdict
from contracts.files.pyproject import choose_contract
from contracts.messages import tree as envelope
from contracts.model import Direction, local
from contracts.plugin.parameters import list_examples
from contracts.rules.deviations import Deviation, read_deviations
from contracts.rules.waivers import Waivers, read_own_waivers

from . import published
from .printing import Broken, Falsified, expect_broken, expect_kept, said
from .published import Call

# --- documented examples against the WSDL, both ways ------------------------------------------------------------------


def _waivers(config: pytest.Config) -> Waivers:
    """The team's own, of --services85-waivers or ``[tool.services85]``: for pages that the register does not know."""
    return Waivers(read_own_waivers(config.getoption("--services85-waivers")), date.today())


def _row(verdict: Verdict, finding: Finding, *, registered: bool) -> str:
    """What to add to the register, or as a waiver of a rule in one page, once somebody has looked at it."""
    reason = f"expected {finding.expected}, found {finding.found}".replace('"', "'")
    if registered:
        name = f"page-{verdict.operation}-{finding.rule}".lower()
        return Deviation(name, finding.rule, "page", verdict.message or "any", finding.path, reason).row()
    until = date.today() + timedelta(days=90)
    rows = {"rule": finding.rule, "operation": verdict.label, "file": Path(verdict.file).name, "reason": reason}
    return "[[waiver]]\n" + "".join(f'{key} = "{value}"\n' for key, value in rows.items()) + f"until = {until}\n"


def test_example(services85_contract: Contract, services85_example: Message, pytestconfig: pytest.Config) -> None:
    """Documentation -> WSDL: nothing in a documented example is against it, but for what is known."""
    verdict = _waivers(pytestconfig).apply(services85_contract.judge(services85_example))
    if verdict.outcome == "unjudged":
        pytest.fail(f"{services85_example.file}: {verdict.reason}", pytrace=False)
    shipped = not choose_contract(pytestconfig.getoption("--services85-contract"))
    first = {(f.rule, f.path if shipped else None): f for f in reversed(verdict.violations)}
    rows = [_row(verdict, finding, registered=shipped) for finding in reversed(first.values())]
    if rows:
        shown = "".join(f"\n  {v}" for v in verdict.violations[:5])
        place = "deviations.toml" if shipped else "a file for --waivers, or for waivers in [tool.services85]"
        remark = "\n\n".join([f"mend the page, or add to {place}:", *rows[:5]])
        raise Broken(f"{services85_example.file}: not as the WSDL says:{shown}", verdict, remark)


def test_example_is_complete(services85_contract: Contract, services85_example: Message) -> None:
    """WSDL -> documentation: an example shows every parameter, and every member of the response's element."""
    verdict = services85_contract.judge(services85_example)
    if verdict.operation is None:
        pytest.skip(verdict.reason or "it belongs to no operation")
    service, operation = services85_contract.operation(f"{verdict.version}/{verdict.label}")
    root = envelope.parse(services85_example.data).root
    message = operation.message(services85_example.direction or "request")
    assert root is not None and message is not None and message.body is not None
    declared = service.schema.element(message.body)
    node = next(root.iter(message.body), None)
    assert declared is not None
    assert node is not None, f"the example holds no {local(message.body)}"
    shown = [str(child.tag) for child in node.iterchildren("*")]
    assert shown == [member.name for member in service.schema.members(declared.type)]


def test_register_is_in_use(services85_contract: Contract) -> None:
    """A registered deviation of pages that no page shows any more is to be taken out."""
    found = [services85_contract.judge(message) for message in list_examples(services85_contract)]
    if not found:
        pytest.skip("no documented examples came with this contract")
    used = {finding.excuse[1] for verdict in found for finding in verdict.tolerated if finding.excuse}
    registered = {row.id for rows in read_deviations().values() for row in rows if row.on == "page"}
    unused = ", ".join(sorted(registered - used))
    assert not unused, f"these no longer occur: take them out of deviations.toml: {unused}"


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
    found = contract.services.find(f"{published.VERSION}/{call.label}")
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
MISSING = {"body-member-missing", "body-parameter-missing", "body-parameter-default", "answer-response-missing"}


@dataclass(frozen=True, slots=True)
class Place:
    """An element of a published message, in its body or a header block; others of the message are as they should be."""

    call: Call
    direction: Direction
    within: published.Pairs
    names: published.Pairs
    header: bool

    @property
    def path(self) -> str:
        body = self.call.name if self.direction == "request" else self.call.answer_name
        return "/".join(["/Envelope", "Header" if self.header else f"Body/{body}", *(name for name, _ in self.names)])

    @property
    def above(self) -> str:
        """Where something missing is laid."""
        return self.path.rpartition("/")[0]

    def judged(self, contract: Contract, value: str) -> tuple[Verdict, bytes]:
        """The verdict on the message with ``value``, the markup of a whole element or of none, in this place."""
        build, judge = (published.request, _send) if self.direction == "request" else (published.response, _answer)
        if self.header:
            header = published.headers(self.call, self.direction, place=self.names, value=value)
            message = build(self.call, header=header)
        else:
            message = build(self.call, inside=published.with_value(self.within, self.names, value))
        return judge(contract, self.call, message), message


def _places(call: Call) -> Iterator[Place]:
    """Every element of both messages, each type's once; of the header blocks what is in them."""
    bodies: tuple[tuple[Direction, published.Pairs], ...] = (("request", call.parameters), ("response", call.answer))
    for direction, pairs in bodies:
        yield from (Place(call, direction, pairs, names, False) for names in published.places(pairs))
        blocks = published.header_pairs(call, direction)
        inner = (names for names in published.places(blocks) if len(names) > 1 and names[0][0] != "Credentials")
        yield from (Place(call, direction, blocks, names, True) for names in inner)


def test_published_values(services85_contract: Contract, call: Call) -> None:
    """In every place the first value beyond the type is refused: nothing has become wider."""
    _target(services85_contract, call)
    for place in _places(call):
        kind = place.names[-1][1]
        shape = published.types().get(kind)
        beyond = published.BEYOND.get("enum" if shape and shape.values else kind)  # of a string there is none
        if beyond is not None:
            value = published.value_at(place.names, beyond)
            expect_broken(*place.judged(services85_contract, value), place.path, RULES)


def test_published_occurrence(services85_contract: Contract, call: Call) -> None:
    """In every place: nil where it may be, no second one but in arrays and dictionaries, there where it has to be."""
    _target(services85_contract, call)
    for place in _places(call):
        kind = place.names[-1][1]
        verdict, message = place.judged(services85_contract, published.value_at(place.names, None))
        if published.is_key(place.names):
            expect_broken(verdict, message, place.path, {"body-key-nil"}, f"{place.path} is a key: nil is broken")
        elif published.is_nillable(kind):
            expect_kept(verdict, message, f"{place.path} was nillable")
        else:
            expect_broken(verdict, message, place.path, {"value-nil"}, f"{place.path} was not nillable: nil is broken")
        if not published.is_repeated(place.names):
            verdict, message = place.judged(services85_contract, published.whole_at(place.names) * 2)
            expect_broken(verdict, message, f"{place.path}[2]", {"body-twice"}, f"{place.path} was there once: broken")
        verdict, message = place.judged(services85_contract, "")
        if published.is_required(place.names) or (len(place.names) == 1 and not published.is_nillable(kind)):
            expect_broken(verdict, message, place.above, MISSING, f"{place.path} had to be there: broken")
        elif not published.is_repeated(place.names):
            expect_kept(verdict, message, f"{place.path} could be left out")


def test_published_dictionaries(services85_contract: Contract, call: Call) -> None:
    """A dictionary has each key once."""
    _target(services85_contract, call)
    for place in _places(call):
        if place.names[-1][1] == "":
            name = place.names[-1][0]
            pair = f"<b:{name}><b:Key>k</b:Key>{published.nil('Value')}</b:{name}>"
            verdict, message = place.judged(services85_contract, pair * 2)
            rules = [violation.rule for violation in verdict.violations]
            if rules != ["body-key-twice"]:
                raise Falsified(
                    f"{place.path}: a key twice is broken by body-key-twice, and is {said(verdict)}", message
                )


def test_published_failure(services85_contract: Contract, call: Call) -> None:
    """Succeeded=false with an ExceptionInfo that says everything: a kept answer."""
    _target(services85_contract, call)
    message = published.response(call, header=published.headers(call, "response", failed=True))
    expect_kept(_answer(services85_contract, call, message), message, "it was published so")


def test_published_enumerations(services85_contract: Contract, call: Call) -> None:
    """The names that were published, and no others."""
    service, _ = _target(services85_contract, call)
    for name, shape in published.types().items():
        kind = service.schema.type(f"{{{published.NAMESPACE}}}{name}")
        if shape.values and kind is not None:
            held = service.schema.type(kind.item) if kind.item else kind
            assert held is not None
            assert {value.name for value in held.values} == set(shape.values), name


def test_published_order(services85_contract: Contract, call: Call) -> None:
    """The order of the parameters matters."""
    _target(services85_contract, call)
    if len(call.parameters) < 2:
        return
    swapped = published.request(call, inside="".join(published.element(*pair) for pair in reversed(call.parameters)))
    verdict = _send(services85_contract, call, swapped)
    if {violation.rule for violation in verdict.violations} != {"body-order"}:
        raise Falsified(f"the parameters in another order are broken by body-order, and are {said(verdict)}", swapped)


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
        messages = [message for o in service.operations.values() for message in o.messages]
        assert {use for message in messages for use in (message.body_use, message.header_use)} == {"literal"}
        assert service.path == f"/Services85/{service.agent}.svc"

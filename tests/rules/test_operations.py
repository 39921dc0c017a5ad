"""Which operation a message belongs to: what is named wins, what disagrees is the violation, what is open is said."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import contracts
from contracts.contract import Contract
from contracts.messages import read
from contracts.model import Headers, Http, Message
from contracts.wsdl import document as wsdl
from tests.helpers.messages import (
    ADMITTED,
    CONTRACT,
    FAULT,
    FIND,
    INFO,
    LOGIN,
    NS,
    STOP,
    STOPPED,
    TOKEN,
    XML,
    check_request,
    heads,
    request,
    rules,
)
from tests.helpers.shared import SHARED, needs_shared, shared

N84, N86 = NS.replace("85", "84"), NS.replace("85", "86")
DATA = Path(contracts.__file__).parent / "Services85"


def head(
    action: str | None = "Batch/StopBatchJob", path: str = "/Cust1/Remote/Services85/Batch.svc", space: str = NS
) -> Http:
    fields = [("Content-Type", "text/xml; charset=utf-8")]
    if action is not None:
        fields.append(("SOAPAction", f'"{space}/{action}"'))
    return Http(Headers(tuple(fields)), method="POST", target=path)


def judged(text: str, http: Http, contract: Contract = CONTRACT) -> tuple[list[str], str]:
    verdict = contract.judge(Message(text.encode(), direction="request", http=http))
    assert verdict.outcome != "unjudged", verdict.reason
    return rules(verdict), verdict.label


ANSWER = STOPPED[STOPPED.index("<b:StopB") : STOPPED.index("</s:Body")]
DISAGREE = [
    ("all-agree", STOP, head(), []),
    ("absolute-url", STOP, head(path="https://sod.superoffice.com/Cust1/Remote/Services85/Batch.svc"), []),
    ("onsite-prefix", STOP, head(path="/netserver/services85/batch.svc"), []),
    ("query", STOP, head(path="/Remote/Services85/Batch.svc?x=1"), []),
    ("unknown-path", STOP, head(path="/soap"), []),
    ("action-of-another-operation", STOP, head("Batch/GetBatchTaskInfo"), ["http-action"]),
    ("body-of-another-operation", FIND, head(), ["http-action"]),
    ("action-of-another-agent", STOP, head("SoPrincipal/GetSystemInfo"), ["http-action"]),
    ("action-of-another-version", STOP, head(space=N86), ["http-action"]),
    ("action-unknown", STOP, head("Batch/Halt"), ["http-action"]),
    ("path-of-another-agent", STOP, head(path="/Remote/Services85/SoPrincipal.svc"), ["http-path"]),
    ("path-of-another-version", STOP, head(path="/Remote/Services86/Batch.svc"), ["http-path"]),
    ("path-and-body-against-action", STOP, head("SoPrincipal/AuthenticateImplicit"), ["http-action"]),
    ("login-at-batch", LOGIN, head("SoPrincipal/AuthenticateUsernamePassword"), ["http-path"]),
    ("body-unknown", STOP.replace("StopBatchJob", "HaltBatchJob"), head(), ["body-operation"]),
    ("body-in-lower-case", STOP.replace("StopBatchJob", "stopBatchJob"), head(), ["body-operation"]),
    ("body-of-another-version", STOP.replace("<b:StopBatchJob>", f'<b:StopBatchJob xmlns:b="{N86}">'), head(),
        ["body-operation"]),
    ("all-of-a-version-that-is-not-loaded", STOP.replace(NS, N86), head(), ["body-operation"]),
    ("all-in-no-namespace", STOP.replace("b:", "").replace("xmlns=", "xmlns:b="), head(), ["body-operation"]),
    ("body-is-a-response", request(ANSWER), head(), ["body-direction"]),
    ("all-is-a-response", STOPPED, head(), ["body-direction"]),
    ("all-is-a-fault", FAULT, head(), ["body-direction"]),
    ("body-is-a-response-and-a-header-is-missing", request(ANSWER, TOKEN), head(),
        ["header-missing", "body-direction"]),
    ("body-is-empty", request(""), head(), ["body-empty"]),
    ("body-is-no-xml", "x", head(), ["envelope-not-wellformed"]),
]  # fmt: skip


LABELS = {
    "action-of-another-operation": "Batch.GetBatchTaskInfo",
    "login-at-batch": "SoPrincipal.AuthenticateUsernamePassword",
}


@pytest.mark.parametrize(("name", "text", "http", "found"), DISAGREE, ids=[row[0] for row in DISAGREE])
def test_parts_that_disagree_are_one_violation(name: str, text: str, http: Http, found: list[str]) -> None:
    assert judged(text, http) == (found, LABELS.get(name, "Batch.StopBatchJob"))


def test_the_operation_that_is_named_wins() -> None:
    assert check_request(STOP, operation="Batch.StopBatchJob").kept
    assert check_request(STOP, operation="Services85/Batch.StopBatchJob").kept
    assert rules(check_request(LOGIN, operation="Batch.StopBatchJob")) == ["body-operation"]
    verdict = check_request(STOP, operation="Batch.DeleteBatchTask")
    assert rules(verdict) == ["body-operation"]
    assert verdict.label == "Batch.DeleteBatchTask"


@pytest.mark.parametrize(
    "name", ["Batch.StopBatchJobs", "StopBatchJob", "", "x", "Services86/Batch.StopBatchJob", "Batch."]
)
def test_an_operation_that_is_not_there(name: str) -> None:
    if not name:
        assert CONTRACT.check_request(STOP, operation=name).kept  # none was named
        return
    with pytest.raises(contracts.ContractsError) as caught:
        CONTRACT.check_request(STOP, operation=name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_what_is_near_is_proposed() -> None:
    with pytest.raises(contracts.ContractsError, match=r"did you mean Batch\.StopBatchJob"):
        CONTRACT.check_request(STOP, operation="Batch.StopBatchJobs")


def test_an_action_of_ws_addressing() -> None:
    action = '<w:Action xmlns:w="http://www.w3.org/2005/08/addressing">{}</w:Action>'
    text = STOP.replace("</s:Header>", action.format(f"{NS}/Batch/StopBatchJob") + "</s:Header>")
    verdict = check_request(text)
    assert verdict.kept
    assert [f.rule for f in verdict.notes] == ["header-foreign"]


def test_a_page_is_judged_by_its_title(tmp_path: Path) -> None:
    page = "---\ntitle: Services85.{}Agent.{} SOAP\n---\n\n```xml\n{}\n```\n\n```xml\n{}\n```\n"
    request_xml = (DATA / "Batch" / "StopBatchJob" / "request.xml").read_text(encoding="utf-8").strip()
    response_xml = (DATA / "Batch" / "StopBatchJob" / "response.xml").read_text(encoding="utf-8").strip()
    for title, outcomes in (
        (("Batch", "StopBatchJob"), ["kept", "kept"]),
        (("Batch", "StartBatchJob"), ["broken", "broken"]),
    ):
        (tmp_path / "page.md").write_text(page.format(*title, request_xml, response_xml), encoding="utf-8")
        verdicts = [CONTRACT.judge(m) for m in read(str(tmp_path / "page.md")) if isinstance(m, Message)]
        assert [v.outcome for v in verdicts] == outcomes
        assert [v.operation for v in verdicts] == [title[1]] * 2
    for title in (("Batch", "Unheard"), ("Contact", "GetContact")):
        (tmp_path / "page.md").write_text(page.format(*title, request_xml, response_xml), encoding="utf-8")
        verdicts = [CONTRACT.judge(m) for m in read(str(tmp_path / "page.md")) if isinstance(m, Message)]
        assert [v.outcome for v in verdicts] == ["unjudged"] * 2
        assert all(title[0] in (v.reason or "") for v in verdicts)


# --- several versions, several agents ---------------------------------------------------------------------------------


@cache
def two_versions() -> Contract:
    """The shipped Batch, and the same as Services86."""
    text = (DATA / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    services = [*CONTRACT.services]
    services += wsdl.parse_wsdl(text.replace("Services85", "Services86").encode(), "Services86/Batch.wsdl")
    return Contract(services)


@cache
def in_place() -> Contract:
    """Batch twice under one name and namespace, as it was at two times; no request tells them apart."""
    text = (DATA / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    then = text.replace(
        '<xs:element name="Id" type="xs:int" minOccurs="0"/>', '<xs:element name="Id" type="xs:short" minOccurs="0"/>'
    )
    assert then != text
    parsed = [
        service
        for name, data in (("2023", then), ("2026", text))
        for service in wsdl.parse_wsdl(data.encode(), f"{name}/Batch.wsdl")
    ]
    return Contract(parsed)


@pytest.mark.parametrize("space", [f"{N86}/", N86.replace("NetServer", "netserver"), N86.replace("http:", "https:")])
def test_a_misspelled_namespace_tells_versions_apart(space: str) -> None:
    verdict = two_versions().check_request(STOP.replace(NS, space))
    assert (verdict.outcome, verdict.version) == ("broken", "Services86")
    for other in ("urn:other", NS.replace("85", "")):
        assert two_versions().check_request(STOP.replace(NS, other)).outcome == "unjudged"


def test_the_namespace_tells_versions_apart() -> None:
    for space, version in ((NS, "Services85"), (N86, "Services86")):
        verdict = two_versions().check_request(STOP.replace(NS, space))
        assert verdict.kept
        assert (verdict.version, verdict.label) == (version, "Batch.StopBatchJob")
    verdict = two_versions().check_request(STOP.replace(NS, N84))
    assert verdict.outcome != "kept"


def test_a_name_of_two_versions_is_settled_by_the_message() -> None:
    for space, version in ((NS, "Services85"), (N86, "Services86")):
        for old, new, found in (
            ("", "", []),
            (">42<", ">x<", ["value-lexical"]),
            ("StopBatchJob", "StopBatch", ["body-operation"]),
        ):
            text = STOP.replace(old, new).replace(NS, space)
            verdict = two_versions().check_request(text, operation="Batch.StopBatchJob")
            assert (verdict.version, rules(verdict)) == (version, found)
    empty = {"headers": dict(head(space=N86).headers.fields), "operation": "Batch.StopBatchJob"}
    assert two_versions().check_request(request("").replace(NS, N86), **empty).version == "Services86"
    verdict = two_versions().check_request(request(""), operation="Batch.StopBatchJob")
    assert (verdict.outcome, len(verdict.candidates)) == ("unjudged", 2)


def test_mixed_versions_are_violations_not_riddles() -> None:
    both = head(space=N86, path="/Services86/Batch.svc")  # path and SOAPAction agree
    assert judged(STOP, both, two_versions()) == (["body-operation"], "Batch.StopBatchJob")
    assert judged(STOP, head(path="/Services86/Batch.svc"), two_versions())[0] == ["http-path"]
    assert judged(STOP, head(space=N86), two_versions())[0] == ["http-action"]


def test_two_that_nothing_tells_apart_leave_it_open() -> None:
    for verdict in (
        in_place().check_request(STOP),
        in_place().check_request(STOP, headers=heads("Batch/StopBatchJob")),
        in_place().check_response(STOPPED),
    ):
        assert verdict.outcome == "unjudged"
        assert len(verdict.candidates) == 2
        assert all("StopBatchJob" in candidate for candidate in verdict.candidates)
        assert len(set(verdict.candidates)) == 2, "what is to be chosen from has to differ"
        assert "--contract" in (verdict.reason or "")
        with pytest.raises(contracts.NotJudged):
            verdict.raise_if_broken()


def test_operations_that_share_a_message_are_judged() -> None:
    verdict = CONTRACT.check_response(ADMITTED)
    assert (verdict.outcome, verdict.agent, verdict.operation) == ("kept", "SoPrincipal", None)
    broken = CONTRACT.check_response(ADMITTED.replace(">true</b:AuthenticationS", ">yes</b:AuthenticationS"))
    assert rules(broken) == ["value-lexical"]


def test_what_belongs_to_nobody() -> None:
    foreign = request("<c:GetContact xmlns:c='urn:c'/>")
    for verdict in (
        CONTRACT.check_request(foreign),
        CONTRACT.check_request(foreign, headers={"Content-Type": "text/xml"}),
    ):
        assert verdict.outcome in ("broken", "unjudged")
        assert verdict.operation is None
    assert rules(CONTRACT.check_request(request(""))) == ["body-empty"]


def test_a_fault_is_judged_whoever_sent_it() -> None:
    for contract in (CONTRACT, two_versions(), in_place()):
        verdict = contract.check_response(FAULT, status=500, headers={"Content-Type": "text/xml; charset=utf-8"})
        assert (verdict.outcome, verdict.operation) == ("kept", None)


def test_the_direction_is_seen() -> None:
    assert CONTRACT.judge(Message(STOP.encode())).message == "request"
    assert CONTRACT.judge(Message(STOPPED.encode())).message == "response"
    assert CONTRACT.judge(Message(FAULT.encode())).message == "response"
    assert CONTRACT.judge(Message(INFO.encode())).label == "SoPrincipal.GetSystemInfo"


# --- the vendor's --------------------------------------------------------------------------------------------------


@cache
def vendor(*folders: str) -> Contract:
    assert SHARED is not None
    services = [s for f in folders for s in contracts.load(str(SHARED / "vendor" / f)).services]
    return Contract(services)


@needs_shared
def test_three_versions_of_the_vendor() -> None:
    whole = vendor("Services84", "Services85", "Services86")
    assert whole.name == "Services84, Services85, Services86"
    for version in ("84", "85", "86"):
        for text in (STOP, FIND, LOGIN):
            verdict = whole.check_request(text.replace("Services85", f"Services{version}"))
            assert (verdict.outcome, verdict.version) == ("kept", f"Services{version}")
        verdict = whole.check_response(ADMITTED.replace("Services85", f"Services{version}"))
        assert (verdict.outcome, verdict.version, verdict.operation) == ("kept", f"Services{version}", None)


@needs_shared
def test_one_service_at_two_times() -> None:
    whole = vendor("in-place/2023", "in-place/2026")
    verdict = whole.check_request(STOP)
    assert verdict.outcome in ("unjudged", "kept")
    if verdict.outcome == "unjudged":
        assert len(verdict.candidates) >= 2


@needs_shared
def test_every_page_of_the_vendor_ends_in_a_verdict() -> None:
    pages = sorted((shared() / "vendor").glob("Services8*/*/*.md"))
    assert len(pages) > 100
    by_version = {v: vendor(v) for v in ("Services84", "Services85", "Services86")}
    for path in pages:
        contract = by_version[path.parts[-3]]
        for message in read(str(path)):
            assert isinstance(message, Message)
            verdict = contract.judge(message)
            assert verdict.outcome in ("kept", "broken"), (path, verdict.reason)
            for found in verdict.violations:
                assert found.authority != "xsd" or found.path.startswith("/Envelope/Body/"), (path, found)


def test_an_operation_whose_message_has_no_part() -> None:
    """Its Body is empty, and nothing else is right in it."""
    part = b'<wsdl:part name="parameters" element="tns:StopBatchJob"/>'
    (service,) = wsdl.parse_wsdl((DATA / "Batch" / "service.wsdl").read_bytes().replace(part, b""), "a.wsdl")
    contract = Contract((service,))
    body = STOP[STOP.index("<b:StopBatchJob>") : STOP.index("</s:Body>")]
    assert judged(STOP.replace(body, ""), head(), contract)[0] == []
    assert judged(STOP, head(), contract)[0] == ["body-operation"]


def test_an_envelope_in_answer_to_an_operation_without_an_output() -> None:
    """WS-I R2714: there is none, whatever it holds; with nothing in it the hint is no operation's element."""
    text = (DATA / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    before, name, after = text.partition('<wsdl:output name="StopBatchJobResponse" message=')
    (service,) = wsdl.parse_wsdl(f"{before}{after.partition('/>')[2] if name else ''}".encode(), "a.wsdl")
    contract = Contract((service,))
    empty = STOPPED.replace(ANSWER, "")
    for data, found in (("", []), (empty, ["body-empty"])):
        verdict = contract.check_response(data, status=200, operation="Batch.StopBatchJob", headers=XML)
        assert rules(verdict) == found
    (finding,) = verdict.violations
    assert "no output" in finding.expected and "no envelope" in finding.hint

"""Two agents of one version declare an element of one name: the content says whose a message is."""

from __future__ import annotations

from pathlib import Path

import pytest

import contracts
from contracts.contract import Contract
from contracts.generate.sample import make_sample
from contracts.model import Headers, Http, Message

DATA = Path(contracts.__file__).parent / "Services85"


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """SoPrincipal, whose AuthenticateResponse three operations share, and EMail, whose Authenticate has another."""
    folder = tmp_path_factory.mktemp("agents")
    batch = (DATA / "Batch" / "service.wsdl").read_text(encoding="utf-8")
    email = batch.replace("StopBatchJob", "Authenticate").replace("BasicHttpBinding_Batch", "BasicHttpBinding_EMail")
    email = email.replace('name="Batch"', 'name="EMail"').replace(':Batch"', ':EMail"').replace("/Batch/", "/EMail/")
    (folder / "email.wsdl").write_text(email, encoding="utf-8")
    (folder / "principal.wsdl").write_bytes((DATA / "SoPrincipal" / "service.wsdl").read_bytes())
    found = contracts.load(folder)
    assert not found.problems and {s.agent for s in found.services} == {"EMail", "SoPrincipal"}
    return found


def answer(contract: Contract, label: str) -> bytes:
    return make_sample(*contract.operation(label), "response", form="full")


@pytest.mark.parametrize(
    ("label", "agent", "operation"),
    [
        ("SoPrincipal.AuthenticateImplicit", "SoPrincipal", None),  # three operations answer so
        ("EMail.Authenticate", "EMail", "Authenticate"),
    ],
)
def test_the_owner_whose_content_fits(contract: Contract, label: str, agent: str, operation: str | None) -> None:
    verdict = contract.check_response(answer(contract, label))
    assert (verdict.outcome, verdict.agent, verdict.operation) == ("kept", agent, operation)


def test_what_fits_none_of_them_is_broken(contract: Contract) -> None:
    verdict = contract.check_response(answer(contract, "EMail.Authenticate").replace(b"true</", b"yes</"))
    assert (verdict.outcome, verdict.label) == ("broken", "EMail.Authenticate")
    assert [f.rule for f in verdict.violations] == ["answer-succeeded-value"]


def test_the_request_says_whose_it_is(contract: Contract) -> None:
    """Then another agent's answer is broken, however well it fits its own."""
    action = contract.operation("EMail.Authenticate")[1].action
    head = Http(Headers((("SOAPAction", f'"{action}"'),)), method="POST")
    asked = Message(b"", direction="request", http=head)
    message = Message(answer(contract, "SoPrincipal.AuthenticateImplicit"), direction="response", answers=asked)
    verdict = contract.judge(message)
    assert (verdict.outcome, verdict.label) == ("broken", "EMail.Authenticate")

"""Mutants and the score: the shipped agents are held at 100 %, and a worse judge scores worse."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import contracts
from contracts.generate.forms import INVALID_FORMS, ValueSpace, invalid_forms, value_space
from contracts.generate.rendering import write_http
from contracts.generate.sample import make_sample
from contracts.messages.formats.raw_http import parse_http
from contracts.model.names import SERIALIZATION, XSD
from contracts.mutate import value_operators
from contracts.mutate.mutants import OPERATORS, WSDL_OPERATORS, make_mutants, make_wsdl_mutants
from contracts.mutate.originals import Original, make_original
from contracts.mutate.scoring import make_originals, score
from contracts.mutate.wsdl_editor import WsdlDocument, wsdl_bytes
from contracts.rules import judge as judging
from contracts.rules.place import Unplaced, place_case
from contracts.wsdl.document import parse_wsdl
from contracts.xsd.probe import accepts_text

CONTRACT = contracts.load()
STOP = CONTRACT.operation("Batch.StopBatchJob")


def first(label: str = "Batch.StopBatchJob", side: contracts.model.Direction = "request") -> Original:
    found = make_original(*CONTRACT.operation(label), side)
    assert found is not None
    return found


def test_operators_are_named_once_and_say_where_they_come_from() -> None:
    ids = [o.id for o in OPERATORS] + [o.id for o in WSDL_OPERATORS]
    assert len(ids) == len(set(ids))
    assert all(o.description and o.source and o.targets for o in (*OPERATORS, *WSDL_OPERATORS))


def test_every_bad_form_has_an_operator() -> None:
    names = ("Alpha", "Beta")
    computed = [ValueSpace("integer", 0, 9), ValueSpace("enum", values=names), ValueSpace("list", values=names)]
    forms = [operator for space in computed for operator, _ in invalid_forms(space)]
    forms += [operator for table in INVALID_FORMS.values() for operator in table]
    assert set(forms) == {o.id for o in value_operators.OPERATORS}


def test_a_mutant_is_read_back_as_it_was_made() -> None:
    for mutant in make_mutants(first()):
        message = parse_http(mutant.bytes)
        assert message.problem is None, (mutant.operator.id, message.problem)
        assert message.data == mutant.data or not mutant.data.strip()


def test_originals_are_kept() -> None:
    for found in make_originals(CONTRACT.targets()):
        message = parse_http(write_http(found.http, found.data))
        assert CONTRACT.judge(message, operation=found.operation.label).kept, found.label


# libxml2 takes these forms, which XML Schema 1.0 or .NET do not: the judge looks a second time.
_LENIENT = {
    "double": {"value-exponent-bare", "value-net-over"},
    "base64": {"value-base64-alphabet", "value-base64-url", "value-nbsp"},
    "dateTime": {"value-net-over", "value-net-under", "value-net-midnight", "value-date-year-0"},
    "decimal": {"value-net-over", "value-net-under"},
    "duration": {"value-duration-point"},
    "guid": {"value-arabic-digits"},
}


@pytest.mark.parametrize(
    "name", ["int", "short", "boolean", "dateTime", "double", "decimal", "base64Binary", "hexBinary"]
)
def test_bad_values_are_none_for_libxml2(name: str) -> None:
    full, schema = f"{{{XSD}}}{name}", STOP[0].schema
    what = value_space(schema, full)
    taken = {operator for operator, text in invalid_forms(what) if accepts_text(schema, full, text)}
    assert taken <= _LENIENT.get(what.family, set())


@pytest.mark.parametrize("name", ["guid", "duration"])
def test_bad_values_of_microsofts_types(name: str) -> None:
    full, schema = f"{{{SERIALIZATION}}}{name}", STOP[0].schema
    taken = {
        operator for operator, text in invalid_forms(value_space(schema, full)) if accepts_text(schema, full, text)
    }
    assert taken <= _LENIENT.get(name, set())
    assert INVALID_FORMS[name]


@pytest.mark.parametrize("label", [o.label for _, o in CONTRACT.targets()])
def test_each_mutant_is_caught_once_and_where_a_room_is_silent_it_has_no_finding(
    label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over every mutant and every legal variant of the messages of an operation; of silence without their heads too."""
    find_speaking, seen, silent = judging.find_speaking, set[bytes](), list[bytes]()

    def hold(case: judging.Case) -> list[Any]:
        speaking = find_speaking(case)
        if not speaking:
            silent.append(case.message.data)
        for room in judging.ROOMS:
            if room not in speaking:
                room.check(case)
                assert not case.findings, (room, case.message)
        return speaking

    def hold_without_head_too(case: judging.Case) -> list[Any]:
        if case.message.data not in seen:
            seen.add(case.message.data)
            bare = judging.open_case(CONTRACT.services, replace(case.message, http=None))
            with suppress(Unplaced):
                place_case(bare)
                hold(bare)
        return hold(case)

    monkeypatch.setattr(judging, "find_speaking", hold_without_head_too)
    result = score(CONTRACT, [label], wsdl_operators=())
    assert not result.survivors, result.survivors[:5]
    assert not result.false_alarms, result.false_alarms[:5]
    assert not result.cascades, result.cascades[:5]
    assert result.percent == 100.0
    assert result.total("caught") > 300
    assert result.total("equivalent") > 50
    assert len(silent) > 4


def test_the_wsdl_mutants_of_one_agent_are_caught() -> None:
    result = score(CONTRACT, ["SoPrincipal.AuthenticateImplicit"], operators=())
    assert result.passed, (result.survivors[:5], result.false_alarms[:5])
    assert all(row.mutants for row in result.rows.values())


def test_a_judge_that_overlooks_something_has_survivors(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(message: contracts.Message, **named: object) -> contracts.Verdict:
        return contracts.Verdict("kept", message.direction)

    contract = contracts.load()
    monkeypatch.setattr(contract, "judge", blind)
    result = score(contract, ["Batch.StopBatchJob"], wsdl_operators=())
    assert result.total("caught") == 0
    assert result.survivors
    assert not result.passed
    assert result.percent == 0.0


def test_a_judge_that_sees_ghosts_has_false_alarms(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = contracts.load()
    kept = contract.judge

    def nervous(message: contracts.Message, *, operation: str | None = None) -> contracts.Verdict:
        found = kept(message, operation=operation)
        return replace(found, outcome="broken") if b"<!--" in message.data else found

    monkeypatch.setattr(contract, "judge", nervous)
    result = score(contract, ["Batch.StopBatchJob"], wsdl_operators=())
    assert {c.operator for c in result.false_alarms} == {"legal-comments", "legal-tail", "legal-value-comment"}
    assert not result.passed


def test_moving_declarations_keeps_their_prefixes() -> None:
    service = STOP[0]
    data = wsdl_bytes(service)
    assert data is not None
    operator = next(o for o in WSDL_OPERATORS if o.id == "wsdl-same-order")
    (change,) = make_wsdl_mutants(WsdlDocument(service, data), [operator])
    names = [n.get("name") for n in etree.fromstring(data).iter("{*}complexType")]
    moved = [n.get("name") for n in etree.fromstring(change.data).iter("{*}complexType")]
    assert names != moved
    assert sorted(map(str, names)) == sorted(map(str, moved))


def test_other_contracts_are_read_from_a_zip(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    data = wsdl_bytes(STOP[0])
    assert data is not None
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("WSDL\\Batch.xml", data)
    assert wsdl_bytes(contracts.load(file).services[0]) == data


def test_a_fixed_value_is_sent_and_has_no_other_form() -> None:
    """As a version that each request has to name: ``<xs:element name="Major" type="xs:int" fixed="16"/>``."""
    data = Path(contracts.__file__).parent / "diff/examples/default-changed/old.wsdl"
    (service,) = parse_wsdl(data.read_bytes().replace(b'default="1"', b'fixed="16"'), "notes.wsdl")
    found = make_original(service, service.operations["SaveNote"], "request")
    assert found is not None
    paths = {node.path for node in found.values}
    assert "/Envelope/Body/SaveNote/Note/State" in paths
    assert "/Envelope/Body/SaveNote/Note/Id" not in paths
    assert b">16</" in found.data
    assert contracts.Contract([service], "notes.wsdl").check_request(found.data, operation="Notes.SaveNote").kept


def test_a_fixed_value_that_is_empty_is_sent_as_it_is() -> None:
    data = (Path(contracts.__file__).parent / "diff/examples/default-changed/old.wsdl").read_text(encoding="utf-8")
    text = '<xs:element name="Text" type="xs:string" minOccurs="0" nillable="true"'
    assert text in data
    (service,) = parse_wsdl(data.replace(text, f'{text} fixed=""').encode(), "notes.wsdl")
    found = make_sample(service, service.operations["SaveNote"], "request", form="full")
    assert contracts.Contract([service], "notes.wsdl").check_request(found, operation="Notes.SaveNote").kept

"""Every simple parameter and member of every operation: the verdict on any text in its place, by two oracles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Contract, Operation, Service
from contracts.model import local

from .judging import RULES, judge_text, oracle, verdict_on
from .oracles import oracle_of, plain_markup
from .printing import expect_broken, expect_kept
from .spots import XSI, Spot, spots_of
from .texts import dressed, table, texts

_SER = "{http://schemas.microsoft.com/2003/10/Serialization/}"
_XS = "{http://www.w3.org/2001/XMLSchema}"
NIL = f' xmlns:xsi="{XSI}" xsi:nil="true"'


MANY = 40
"""With more operations than that, each is tried less."""


def _spots(service: Service, operation: Operation) -> list[Spot]:
    found = [spot for spot in spots_of(service)[operation.name] if oracle(spot) is not None]
    if not found:
        pytest.skip("nothing to try: it has no values, or only in types that are tried with another operation")
    return found


def test_boundary_values(services85_contract: Contract, services85_operation: tuple[Service, Operation]) -> None:
    """Good and bad forms of its type, in every place that has one; with many operations all in one place of a type."""
    many = sum(1 for _ in services85_contract.targets()) > MANY
    for spot in _spots(*services85_operation):
        judge = oracle(spot)
        assert judge is not None
        for text in table(judge, short=many and not spot.first):
            judge_text(services85_contract, spot, text, plain_markup(text))


def test_any_text(services85_contract: Contract, services85_operation: tuple[Service, Operation]) -> None:
    """Whatever Hypothesis writes there, however it is marked up."""
    spots = {spot.path: spot for spot in _spots(*services85_operation)}
    for spot in spots.values():
        spot.message("")  # where none can be made, that is found out once: Hypothesis would look for a smaller example
    share = max(3, settings().max_examples * 12 // sum(1 for _ in services85_contract.targets()))

    @settings(max_examples=min(share, settings().max_examples))
    @given(st.data())
    def property_of_values(data: st.DataObject) -> None:
        spot = spots[data.draw(st.sampled_from(list(spots)))]
        judge = oracle(spot)
        assert judge is not None
        text = data.draw(texts(judge))
        judge_text(services85_contract, spot, text, data.draw(dressed(text)))

    property_of_values()


def test_nil_and_nested(services85_contract: Contract, services85_operation: tuple[Service, Operation]) -> None:
    """nil is kept where it is allowed, and a value never holds an element."""
    for spot in _spots(*services85_operation):
        message = spot.message("", NIL)
        verdict = verdict_on(services85_contract, spot, message)
        if spot.element.nillable and spot.is_key:
            expect_broken(verdict, message, spot.path, {"body-key-nil"}, "no dictionary of .NET takes nil: broken")
        elif spot.element.nillable:
            expect_kept(verdict, message, "nil is allowed here, and has to be kept")
        else:
            expect_broken(verdict, message, spot.path, {"value-nil"}, "nil is not allowed here: broken")
        message = spot.message("<v>1</v>")
        verdict = verdict_on(services85_contract, spot, message)
        expect_broken(verdict, message, spot.path, {"value-nested", "body-unknown"}, "an element in a value: broken")


FACTS = {
    # type: (text, XML Schema 1.0, libxml2, .NET)
    f"{_XS}double": (("1e", False, True, False), ("1e+", False, True, False), (".5", True, True, True),
        ("1e309", True, True, False)),
    f"{_SER}guid": (("\u0661" * 8 + "-0000-0000-0000-000000000000", False, True, False),),
    f"{_XS}dateTime": (("10000-01-01T00:00:00", True, True, False), ("-0001-01-01T00:00:00", True, True, False),
        ("2026-06-30T24:00:00", True, True, False), (" 2026-06-30T12:00:00 ", True, False, True),
        (" 2026-06-30T12:00:00Z", True, False, True), ("2026-06-30T12:00:00Z ", True, True, True)),
    f"{_XS}base64Binary": (("!!!!", False, True, False), ("YWJj-_", False, True, False), ("Y W J j", True, True, True)),
    f"{_XS}decimal": (("79228162514264337593543950336", True, True, False), ("1E3", False, False, False)),
    f"{_SER}duration": (("P1M", False, False, False), ("P10675200D", False, False, False),
        ("PT1.S", False, True, False), ("PT1.0S", True, True, True)),
}  # fmt: skip
"""Where XML Schema 1.0, libxml2 and .NET part (measured with libxml2 2.14; .NET by its documented ranges)."""


@pytest.mark.parametrize(
    ("kind", "text", "schema", "libxml2", "net"),
    [(kind, *row) for kind, rows in FACTS.items() for row in rows],
    ids=lambda value: ascii(value).rpartition("}")[2].strip("'")[:24] if isinstance(value, str) else "",
)
def test_what_differs(
    services85_contract: Contract, kind: str, text: str, schema: bool, libxml2: bool, net: bool
) -> None:
    """Each difference between the sources is a fact; the verdict takes the side of who takes least."""
    service = services85_contract.services[0]
    judge = oracle_of(service.schema, kind)
    if judge is None:
        pytest.skip(f"the type {local(kind)} is not in this contract")
    assert judge.accepts(text) is schema
    assert judge.libxml2(plain_markup(text)) is libxml2
    assert (schema and judge.fits(text)) is net
    spots = [s for one in services85_contract.services for found in spots_of(one).values() for s in found]
    spot = next((s for s in spots if s.element.type == kind), None)
    if spot is None:
        pytest.skip("nothing to try: no operation of this contract has a value of their type")
    message = spot.message(plain_markup(text))
    verdict = verdict_on(services85_contract, spot, message)
    if net:
        expect_kept(verdict, message)
    else:
        expect_broken(verdict, message, spot.path, RULES)

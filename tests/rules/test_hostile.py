"""Messages meant to do harm, or far too large: each ends in a verdict, soon, and reaches nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from contracts.files.limits import use_limits
from tests.helpers.cost import within
from tests.helpers.messages import (
    CONTRACT,
    DELETE,
    FIND,
    NS,
    START,
    STOP,
    STOPPED,
    check_request,
    check_response,
    rules,
)

ENTITIES = "<!DOCTYPE x [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.fixture(autouse=True)
def _soon() -> object:
    with within(10):
        yield


DTDS = {
    "billion-laughs": ENTITIES + "]>" + FIND.replace("nightly", "&i;"),
    "external-entity": "<!DOCTYPE x [<!ENTITY a SYSTEM '{place}'>]>" + FIND.replace("nightly", "&a;"),
    "external-parameter-entity": "<!DOCTYPE x [<!ENTITY % a SYSTEM '{place}'> %a;]>" + FIND,
    "external-dtd": "<!DOCTYPE x SYSTEM '{place}'>" + FIND,
    "after-a-comment": "<!-- c --><!DOCTYPE x SYSTEM '{place}'>" + FIND,
    "after-an-instruction": "<?x?>\n<!DOCTYPE x>" + FIND,
    "attribute-default": "<!DOCTYPE x [<!ATTLIST y z CDATA 'w'>]>" + FIND,
}


@pytest.mark.parametrize("name", DTDS)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_dtd(name: str, charset: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET", encoding="utf-8")
    data = DTDS[name].replace("{place}", secret.as_uri()).encode(charset)
    verdict = check_request(data)
    assert rules(verdict) == ["envelope-dtd"]
    assert "SECRET" not in str(verdict.as_dict())
    assert (
        check_response(data, status=200, headers={"Content-Type": f"text/xml; charset={charset}"}).outcome == "broken"
    )


def test_dtd_behind_a_long_prolog() -> None:
    for filler in ("<!--" + "x" * 3_000_000 + "-->", "<!-- x -->" * 100_000, "\n" * 2_000_000):
        verdict = check_request(filler + DTDS["billion-laughs"])
        assert verdict.outcome == "broken"
        assert "lol" not in str(verdict.as_dict())


def test_entities_without_a_dtd() -> None:
    for entity in ("&a;", "&nbsp;", "&#x110000;", "&#xFFFE;"):
        assert rules(check_request(FIND.replace("nightly", entity))) == ["envelope-not-wellformed"]
    assert check_request(FIND.replace("nightly", "&lt;&gt;&amp;&quot;&apos;")).kept


def test_deep_nesting() -> None:
    for depth in (300, 100_000):
        for old, new in (
            ("<b:Id>42</b:Id>", "<b:Id>" * depth + "</b:Id>" * depth),
            (STOP, "<a>" * depth + "</a>" * depth),
        ):
            verdict = check_request(STOP.replace(old, new))
            assert verdict.outcome in ("unjudged", "broken")
            assert verdict.reason or verdict.violations
            if verdict.outcome == "unjudged":
                assert "nested deeper" in (verdict.reason or "")
    assert check_request("<a>" * 100_000).outcome in ("unjudged", "broken")


def test_nesting_that_the_contract_allows() -> None:
    depth = 200
    inner = "<b:InnerException>" * depth + "</b:InnerException>" * depth
    info = f"<b:ExceptionInfo>{inner}</b:ExceptionInfo><b:Succeeded>false</b:Succeeded>"
    text = STOPPED.replace('<b:ExceptionInfo i:nil="true"/><b:Succeeded>true</b:Succeeded>', info)
    assert check_response(text).kept


def test_a_large_text_is_legal() -> None:
    data = FIND.replace("nightly", "x" * 30_000_000)
    assert CONTRACT.check_request(data).kept
    assert rules(CONTRACT.check_request(STOP.replace(">42<", f">{'x' * 12_000_000}<"))) == ["value-lexical"]


def test_a_body_past_the_limit_of_sizes_is_unjudged_before_it_is_parsed() -> None:
    """A client of a test that is judged unpacks what it likes."""
    with use_limits({"size": 1}):
        assert CONTRACT.check_request(FIND.replace("nightly", "x" * 900_000)).kept
        for data in (FIND.replace("nightly", "x" * 1_100_000), "<a>" + " " * 1_100_000):
            verdict = CONTRACT.check_request(data)
            assert (verdict.outcome, verdict.reason) == (
                "unjudged",
                "larger than the limit of 1 MB (--limit size=N raises it)",
            )


def test_many_attributes() -> None:
    attributes = " ".join(f'a{i}="1"' for i in range(100_000))
    verdict = CONTRACT.check_request(STOP.replace("<b:StopBatchJob>", f"<b:StopBatchJob {attributes}>"))
    assert verdict.outcome == "broken"
    assert {f.rule for f in verdict.violations} == {"body-attribute"}
    assert len(verdict.violations) <= 100


@pytest.mark.parametrize("given", ["a{}='1'", "a{}= '1'", 'xmlns:a{}="urn:{}"'])
def test_very_many_attributes(given: str) -> None:
    attributes = " ".join(given.format(i, i) for i in range(1_000_000))
    with within(3):  # to complain of each took libxml2 seven seconds, and 1.4 GB
        verdict = CONTRACT.check_request(STOP.replace("<b:Id>", f"<b:Id {attributes}>"))
    assert verdict.outcome == "unjudged"
    assert "an element of more than 125000 attributes (--limit elements=N raises it)" in str(verdict.reason)


def test_a_long_text_full_of_equals_signs_is_no_tag() -> None:
    body = f"<!--{'a= ' * 400_000}--><b:Id><![CDATA[42]]></b:Id><!--{'=' * 600_000}-->"
    assert CONTRACT.check_request(STOP.replace("<b:Id>42</b:Id>", body)).kept


def test_many_elements() -> None:
    many = "<b:x/>" * 8_000
    verdict = CONTRACT.check_request(STOP.replace("<b:Id>42</b:Id>", f"<b:Id>42</b:Id>{many}"))
    assert {f.rule for f in verdict.violations} == {"body-unknown"}
    verdict = CONTRACT.check_request(STOP.replace("<b:Id>42</b:Id>", "<b:Id>42</b:Id>" * 8_000))
    assert rules(verdict) == ["body-twice"]
    verdict = CONTRACT.check_request(STOP.replace("</s:Header>", f"{many}</s:Header>"))
    assert {f.rule for f in verdict.violations} == {"header-undeclared"}
    verdict = CONTRACT.check_request(STOP.replace("</s:Body>", f"{many}</s:Body>"))
    assert verdict.outcome == "broken"


def test_many_namespaces_and_long_names() -> None:
    spaces = " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(20_000))
    assert CONTRACT.check_request(STOP.replace("<b:Id>", f"<b:Id {spaces}>")).kept
    name = "b:" + "x" * 40_000
    verdict = CONTRACT.check_request(STOP.replace("<b:Id>42</b:Id>", f"<b:Id>42</b:Id><{name}/>"))
    assert rules(verdict) in (["body-unknown"], ["envelope-not-wellformed"])


NOTHING = [
    "", " ", "\n", "\ufeff", "x", "<", "<>", "&", "{}", "<a", "<a/>", "<?xml?>", "<?xml version='1.0'?>", "<!-- -->",
    "]]>",
]  # fmt: skip


@pytest.mark.parametrize("data", NOTHING, ids=ascii)
def test_next_to_nothing(data: str) -> None:
    for given in (data, data.encode(), data.encode("utf-16")):
        assert rules(check_request(given)) in (["envelope-not-wellformed"], ["envelope-root"])
        assert rules(check_response(given)) in (["envelope-not-wellformed"], ["envelope-root"])


def test_no_bytes_at_all() -> None:
    assert rules(check_request(b"")) == ["envelope-not-wellformed"]
    head = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NS}/Batch/StopBatchJob"'}
    assert rules(check_request(b"", headers=head)) == ["envelope-not-wellformed"]
    assert rules(check_response(b"", status=200)) == ["http-empty"]


def test_any_change_of_bytes_ends_in_a_verdict() -> None:
    chance = random.Random(85)
    pieces = [*rb"""< > & " </ <!-- ]]> <? : xmlns <!DOCTYPE""".split(), b"\x00", b"\xff", b" i:nil='true'"]
    for number in range(2_000):
        data = bytearray(
            chance.choice((STOP, START, FIND, STOPPED)).encode(chance.choice(("utf-8", "utf-8", "utf-16")))
        )
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                del data[at : at + chance.randint(1, 30)]
            else:
                data[at:at] = chance.choice(pieces)
        check = CONTRACT.check_response if number % 4 == 3 else CONTRACT.check_request
        verdict = check(bytes(data))
        assert verdict.outcome in ("kept", "broken", "unjudged")
        assert verdict.outcome != "broken" or verdict.violations
        assert all(note.as_dict() for note in verdict.notes)


# --- what many faults cost: it grows with their number, not with its square ------------------------------------------

MANY = 4_000
ITEM = "<a:int>42</a:int>"
MESSAGES = {  # # is a number, so that each name is another one
    "unknown-items": (DELETE, ITEM, "<a:int>1</a:int><a:x#/>", MANY),
    "unknown-items-of-one-name": (DELETE, ITEM, "<a:int>1</a:int><a:x/>", 1),
    "items-in-another-case": (DELETE, ITEM, "<a:int>1</a:int><a:Int>1</a:Int>", 1),
    "bad-items": (DELETE, ITEM, "<a:int>x</a:int>", MANY),
    "unknown-members": (START, "<b:Context/>", "<b:Context#/>", MANY),
    "unknown-parameters": (STOP, "<b:Id>42</b:Id>", "<b:x#/><b:Id>42</b:Id>", MANY + 1),
    "a-parameter-many-times": (STOP, "<b:Id>42</b:Id>", "<b:Id>x</b:Id>", 2),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_of_many_faults(name: str) -> None:
    base, old, new, faults = MESSAGES[name]
    text = base.replace(old, "".join(new.replace("#", str(i)) for i in range(MANY)))
    with within(3):  # by the square it would be a minute
        verdict = CONTRACT.check_request(text)
    assert len(verdict.violations) == faults


@pytest.mark.parametrize("item", ["<a:int>x</a:int>", "<a:x#/>", "<a:int id='#'/>", "<a:int x='1'>4</a:int>"])
def test_past_the_limit_of_findings_it_ends_soon(item: str) -> None:
    """libxml2 is asked for the first error alone: each of the others costs a walk over all siblings."""
    text = DELETE.replace(ITEM, "".join(item.replace("#", str(i)) for i in range(5 * MANY)))
    with within(3), use_limits({"findings": 100}):  # 25 s before
        assert "limit of 100 findings" in str(CONTRACT.check_request(text).reason)


def test_a_large_message_is_kept_as_a_small_one_is() -> None:
    verdict = CONTRACT.check_request(DELETE.replace(ITEM, ITEM * 5 * MANY))
    assert verdict.kept and not verdict.notes
    assert rules(CONTRACT.check_request(DELETE.replace(ITEM, ITEM * 5 * MANY + "<a:int>4.5</a:int>"))) == [
        "value-lexical"
    ]


def test_a_second_header_of_thousands_of_blocks() -> None:
    blocks = "".join(f"<b:x{i}/>" for i in range(2 * MANY))
    with within(4):  # of 50,000 it was 11 s
        verdict = CONTRACT.check_request(STOP.replace("<s:Body>", f"<s:Header>{blocks}</s:Header><s:Body>"))
    assert verdict.outcome == "broken"


def test_notes_end_where_they_are_too_many() -> None:
    foreign = '<x xmlns="urn:x"/>'
    with use_limits({"findings": 10}):
        verdict = CONTRACT.check_request(STOP.replace("</s:Header>", foreign * 100 + "</s:Header>"))
        assert verdict.kept and 10 <= len(verdict.notes) <= 11

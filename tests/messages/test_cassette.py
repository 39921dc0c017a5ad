"""Cassettes as vcrpy writes them, and as they should never be."""

from __future__ import annotations

import base64
import gzip
import json
import tracemalloc
from typing import Any

import pytest
import yaml

import contracts
from contracts.files.limits import Unreadable
from contracts.messages import Skipped
from contracts.messages.formats import cassette
from contracts.messages.reader import NoMessage, Source
from contracts.model import Message
from tests.helpers.cost import within

ASKED = "<s:Envelope>ask</s:Envelope>"
ANSWERED = "<s:Envelope>\n  answer é\n</s:Envelope>"
URL = "https://tenant.example/Cust00000/Remote/Services85/Batch.svc"


def interaction(**changes: Any) -> dict[str, Any]:
    return {
        "request": {"body": ASKED, "headers": {"SOAPAction": ['"a/b"']}, "method": "POST", "uri": URL},
        "response": {
            "body": {"string": ANSWERED},
            "headers": {"Content-Type": ["text/xml; charset=utf-8"], "Set-Cookie": ["a=1", "b=2"]},
            "status": {"code": 200, "message": "OK"},
        },
        **changes,
    }


def written(*interactions: Any, **top: Any) -> bytes:
    text: str = yaml.safe_dump({"interactions": list(interactions), "version": 1, **top}, allow_unicode=True)
    return text.encode()


def read(data: bytes, **options: Any) -> list[Message]:
    found = list(cassette.parse(data, Source("c.yaml", **options)))
    assert all(isinstance(one, Message) for one in found)
    return [one for one in found if isinstance(one, Message)]


@pytest.mark.parametrize("url", ["http://a]b/Services85/Batch.svc", "http://[::1/x", "http://\u2100/x", "//[", ""])
def test_an_address_that_is_none(url: str) -> None:
    asked, _ = read(written(interaction(request=interaction()["request"] | {"uri": url})))
    assert contracts.load().judge(asked).outcome == "broken"  # not well-formed, and no more


def test_interaction() -> None:
    asked, answered = read(written(interaction()))
    assert (asked.part, asked.direction, asked.data) == ("interaction 1 request", "request", ASKED.encode())
    assert asked.http and (asked.http.method, asked.http.target) == ("POST", URL)
    assert asked.http.headers.get("SOAPAction") == '"a/b"'
    assert (answered.part, answered.direction) == ("interaction 1 response", "response")
    assert answered.data == ANSWERED.encode()
    assert answered.http and (answered.http.status, answered.http.reason) == (200, "OK")
    assert answered.http.headers.get_all("set-cookie") == ("a=1", "b=2")
    assert answered.answers == asked


@pytest.mark.parametrize("content", [ANSWERED, ANSWERED.encode()])
def test_an_answer_as_vcrpy_4_and_5_wrote_it_for_httpx(content: str | bytes) -> None:
    headers = {"content-type": ["text/xml; charset=utf-8"]}
    answer = {"content": content, "http_version": "HTTP/1.1", "headers": headers, "status_code": 500}
    _, answered = read(written(interaction(response=answer)))
    assert answered.data == ANSWERED.encode()
    assert answered.http and answered.http.status == 500


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (ASKED, ASKED),
        (ASKED.encode(), ASKED),
        ({"string": ASKED}, ASKED),
        ({"encoding": "utf-8", "string": ASKED.encode()}, ASKED),
        ({"base64_string": base64.b64encode(ASKED.encode()).decode()}, ASKED),
        (None, ""),
        ("", ""),
        ({"string": None}, ""),
    ],
)
def test_bodies(body: Any, data: str) -> None:
    one = interaction()
    one["request"]["body"] = body
    one["response"]["body"] = body
    assert [found.data for found in read(written(one))] == [data.encode()] * 2


PACKED = [f"!!binary {base64.b64encode(part.encode()).decode()}" for part in (ASKED, ASKED[:9], ASKED[9:])]
TAGGED = [
    f"!!python/object/apply:builtins.iter {{args: [[{PACKED[1]}, {PACKED[2]}]], state: 0}}",
    f"!!python/object/new:_io.BytesIO {{state: !!python/tuple [{PACKED[0]}, 0, null]}}",
    f"!!python/unicode '{ASKED}'",
    f"!!python/str '{ASKED}'",
]


@pytest.mark.parametrize("body", TAGGED)
def test_bodies_as_vcrpy_writes_objects(body: str) -> None:
    text = (
        f"interactions:\n- request: {{method: POST, uri: x.svc, body: {body}}}\n  response: {{status: {{code: 200}}}}\n"
    )
    assert read(text.encode())[0].data == ASKED.encode()


@pytest.mark.parametrize(
    "body",
    [
        "!!python/object/apply:os.system [true]",
        "!!python/object/apply:builtins.iter {args: [99999999999999], state: 0}",
        "!!python/object/apply:builtins.iter {args: [[a], b], ? [c] : 0}",
        "!!python/object/new:_io.BytesIO {state: {a: b}}",
        "!!python/name:os.system",
    ],
)
def test_no_constructor_of_a_cassettes_choosing_is_called(body: str) -> None:
    with pytest.raises(Unreadable, match="YAML"):
        read(f"interactions:\n- request: {{method: POST, uri: x.svc, body: {body}}}\n".encode())


def test_gzip() -> None:
    one = interaction()
    one["response"]["body"]["string"] = gzip.compress(ANSWERED.encode())
    one["response"]["headers"]["content-encoding"] = ["gzip"]
    answered = read(written(one))[1]
    assert (answered.data, answered.line, answered.problem) == (ANSWERED.encode(), None, None)
    one["response"]["body"]["string"] = gzip.compress(b" " * 20_000_000)
    problem = read(written(one), max_size=1_000_000)[1].problem
    assert problem and "than the limit" in problem


def test_vcrpy_keeps_the_header_of_what_it_has_unpacked() -> None:
    one = interaction()
    one["response"]["headers"]["Content-Encoding"] = ["gzip"]
    assert read(written(one))[1].data == ANSWERED.encode()
    one["response"]["body"]["string"] = gzip.compress(ANSWERED.encode())[:-9]
    problem = read(written(one))[1].problem
    assert problem and "truncated" in problem


def test_lines_of_a_block_are_lines_of_the_file() -> None:
    data = b"""interactions:
- request:
    body: |-
      <s:Envelope>
        ask
      </s:Envelope>
    headers: {}
    method: POST
    uri: https://tenant.example/x.svc
  response:
    body:
      string: '<s:Envelope>answer</s:Envelope>'
    status: {code: 200, message: OK}
"""
    asked, answered = read(data)
    assert (asked.line, answered.line) == (4, 12)
    assert asked.data.splitlines()[0] == b"<s:Envelope>"
    assert data.splitlines()[asked.line - 1].strip() == b"<s:Envelope>"


def test_lines_that_mean_nothing() -> None:
    escaped = b'interactions:\n- request: {body: "<a>\\n</a>", method: POST, uri: x}\n'
    assert read(escaped)[0].line is None
    packed = written(interaction(request={"body": ASKED.encode(), "method": "POST", "uri": URL}))
    assert read(packed)[0].line is None


def test_what_is_no_soap_is_skipped() -> None:
    wsdl = interaction(request={"body": None, "headers": {}, "method": "GET", "uri": URL + "?wsdl"})
    login = interaction(request={"body": "a=1", "headers": {}, "method": "POST", "uri": "https://x.example/token"})
    found = list(cassette.parse(written(wsdl, interaction(), login), Source("c.yaml")))
    parts = ["interaction 1", "interaction 2 request", "interaction 2 response", "interaction 3"]
    assert [one.part for one in found] == parts
    assert [isinstance(one, Skipped) for one in found] == [True, False, False, True]


@pytest.mark.parametrize(
    "request_", [{"body": ASKED, "method": "GET", "uri": URL}, {"body": "{}", "method": "POST", "uri": URL}]
)
def test_what_is_meant_as_soap_is_not(request_: dict[str, Any]) -> None:
    assert len(read(written(interaction(request=request_)))) == 2


def test_json() -> None:
    found = read(json.dumps({"version": 1, "interactions": [interaction()]}).encode())
    assert [one.data for one in found] == [ASKED.encode(), ANSWERED.encode()]
    assert [one.line for one in found] == [None, None]


def test_expects() -> None:
    asked, answered = read(written(interaction(), recorded={"expects": ["body-order"]}))
    assert (asked.expects, answered.expects) == (("body-order",), ())
    several = {"interaction 2 request": ["a-b", "c-d"], "interaction 1 response": ["e-f"]}
    found = read(written(interaction(), interaction(), recorded={"from": "stand-in", "expects": several}))
    assert [one.expects for one in found] == [(), ("e-f",), ("a-b", "c-d"), ()]


@pytest.mark.parametrize(
    "expects", ["body-order", 3, [1], {"interaction 2 request": []}, {"interaction 1 request": "a"}]
)
def test_expects_that_say_nothing(expects: Any) -> None:
    with pytest.raises(Unreadable, match="expects"):
        read(written(interaction(), recorded={"expects": expects}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"response": None}, "no response"),
        ({"response": {"body": {"string": "x"}}}, "no status code"),
        ({"response": {"status": {"code": "200"}}}, "no status code"),
        ({"response": {"status": {"code": 200}, "body": 42}}, "body is a int"),
        ({"response": {"status": {"code": 200}, "headers": [1]}}, "no mapping"),
        ({"response": {"status": {"code": 200}, "headers": {"a": {}}}}, "a dict where"),
        ({"response": {"status": {"code": 200}, "body": {"base64_string": "a"}}}, "base64, and is not"),
        ({"request": []}, "no request"),
        ({"request": {"body": ASKED}}, "no method"),
        ({"request": {"body": ASKED, "method": "POST", "uri": 1}}, "no method or no uri"),
    ],
)
def test_broken_interactions(changes: dict[str, Any], words: str) -> None:
    found = read(written(interaction(**changes), interaction()))
    assert len(found) == 4
    [problem] = [one.problem for one in found if one.problem]
    assert words in problem


def test_not_even_an_interaction() -> None:
    [found] = read(written("x"))
    assert found.problem == "the interaction is no mapping"


@pytest.mark.parametrize(
    "data", [b"services: {}", b"# no interactions here", b"interactions: 3", b"- interactions", b"interactions", b""]
)
def test_not_a_cassette(data: bytes) -> None:
    with pytest.raises(NoMessage):
        read(data)


ALIASES = b"interactions:\n- &a {request: {}}\n" + b"- *a\n" * 1000
LAUGHS = b"interactions:\na0: &a0 {x: 1}\n" + b"".join(
    b"a%d: &a%d {<<: [%s]}\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"interactions: [", "not well-formed YAML"),
        (b"interactions:\n- {a: \xff}", "not well-formed YAML"),
        (b"interactions:\n---\nb: 1", "not well-formed YAML"),
        (b"interactions: !!python/object/apply:os.system ['true']", "not well-formed YAML"),
        (b"interactions: !!binary a", "not well-formed YAML"),
        (b"interactions: 2001-99-99", "YAML"),
        (b"interactions: " + b"9" * 10_000, "YAML"),
        (b"interactions: 0x" + b"f" * 10_000, "thousands of digits"),
        (b"interactions: 1" + b":59" * 10_000, "thousands of digits"),
        (b"interactions: " + b"[" * 50_000, "nest"),
        (b"interactions: " + b"[" * 100 + b"]" * 100, "nested deeper"),
        (b"interactions: [" + b"[]," * 201_000 + b"]", "nodes"),
        (ALIASES, "aliases"),
        (LAUGHS, "merge key"),
    ],
)
def test_hostile_yaml(data: bytes, words: str) -> None:
    tracemalloc.start()
    with within(20), pytest.raises(Unreadable, match=words) as caught:
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert peak < 50_000_000


@pytest.mark.parametrize(
    "data",
    [b'{"interactions": [', b'{"interactions": ' + b"[" * 200_000, b'{"interactions": [' + b"[]," * 201_000],
)
def test_hostile_json(data: bytes) -> None:
    with pytest.raises(Unreadable, match="JSON"):
        read(data)


def test_half_a_character() -> None:
    one = interaction()
    one["request"]["body"] = "\ud800"
    found = read(json.dumps({"interactions": [one]}).encode())
    assert found[0].problem and "surrogate" in found[0].problem

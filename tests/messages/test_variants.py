"""The forms in which other tools, versions and people write the same containers: the one wrong request is found."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.messages import read
from contracts.model import Message
from tests.cli.running import run
from tests.helpers.containers import ACTION, ANSWER, FIELDS, TEXT, URL, har_entry, head, http_file, named, saz, soapui
from tests.helpers.loopback import running
from tests.helpers.messages import STOP
from tests.messages.test_containers import verdicts

BODY = "body.txt"
"""The request lies beside the file, in a file of this name."""
GOOD = STOP.replace("<s:Header>", "\n <s:Header>").replace("<s:Body>", "\n <s:Body>\n")
HEAD = "".join(f"{name}: {value}\n" for name, value in FIELDS.items())
OPTIONS = " ".join(f"-H '{name}: {value}'" for name, value in FIELDS.items())


def packed(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def har(text: str, before: dict[str, Any] | None = None, **content: Any) -> bytes:
    entry = har_entry(URL, text, {"text": ANSWER, "size": 9} | content)
    return json.dumps((before or {}) | {"log": {"pages": [{}], "entries": [entry]}}).encode()


def edited(change: Callable[[dict[str, Any]], Any]) -> Callable[[str], bytes]:
    """A HAR whose one entry is changed."""

    def build(text: str) -> bytes:
        document = json.loads(har(text))
        change(document["log"]["entries"][0])
        return json.dumps(document).encode()

    return build


def charles(entry: dict[str, Any]) -> None:
    entry["request"]["postData"] |= {"text": packed(entry["request"]["postData"]["text"]), "encoding": "base64"}


def http2(entry: dict[str, Any]) -> None:
    fields = [{"name": f["name"].lower(), "value": f["value"]} for f in entry["request"]["headers"]]
    entry["request"]["headers"] = [{"name": ":method", "value": "POST"}, *fields]


def fiddler(entry: dict[str, Any]) -> None:
    entry["response"]["headers"].append({"name": "Content-Encoding", "value": "gzip"})
    entry["response"]["content"] = {"text": packed(gzip.compress(ANSWER.encode())), "encoding": "base64", "size": 9}


def form(entry: dict[str, Any]) -> None:
    posted = {"params": [{"name": "xml", "value": entry["request"]["postData"]["text"]}]}
    entry["request"] |= {"url": "https://h/x", "headers": [], "postData": posted}


def postman(text: str, *, version: str = "v2.1.0", late: bool = False, **changes: Any) -> bytes:
    asked = {"method": "POST", "header": named(FIELDS, "key"), "url": URL, "body": {"mode": "raw", "raw": text}}
    kinds = ("graphql", "formdata", "urlencoded", "file")
    others = [{"name": k, "request": {"method": "POST", "url": "https://h", "body": {"mode": k, k: []}}} for k in kinds]
    folder = {"name": "A", "item": [{"name": "B", "item": [{"name": "Stop", "request": asked | changes}]}, *others]}
    info = {"schema": f"https://schema.getpostman.com/json/collection/{version}/collection.json"}
    first = {"name": "doc", "description": "x" * 9000, "request": "https://h"}
    return json.dumps({"item": [first, folder], "info": info} if late else {"info": info, "item": [folder]}).encode()


def insomnia5(text: str) -> dict[str, Any]:
    asked = {"name": "Stop", "url": "{{ _.base }}/Batch.svc", "method": "POST", "headers": named(FIELDS)}
    asked["body"] = {"mimeType": "text/xml", "text": text.replace("63", "{{ _.zone }}")}
    environments = {
        "data": {"base": "https://h/Remote/Services85"},
        "subEnvironments": [{"data": {"zone": 63}}],
    }
    collection = [{"name": "Jobs", "children": [asked]}]
    return {"type": "collection.insomnia.rest/5.0", "collection": collection, "environments": environments}


def wiremock(text: str) -> dict[str, Any]:
    wanted = {"method": "POST", "headers": {"SOAPAction": {"equalTo": ACTION}}, "bodyPatterns": [{"equalToXml": text}]}
    return {"request": wanted | {"urlPath": "/x"}, "response": {"status": 200, "body": ANSWER, "headers": TEXT}}


def journal(text: str) -> bytes:
    logged = {"absoluteUrl": URL, "method": "POST", "headers": FIELDS, "bodyAsBase64": packed(text)}
    answered = {"status": 200, "headers": TEXT, "body": ANSWER}
    return json.dumps({"requests": [{"request": logged, "response": answered, "responseDefinition": {}}]}).encode()


def double_quoted(text: str) -> str:
    return text.replace('"', '\\"')


def powershell(text: str) -> bytes:
    def quoted(word: str) -> str:
        return '"' + word.replace('"', '`"').replace("\n", "`n") + '"'

    fields = "".join(f"{quoted(name)}={quoted(value)}\n" for name, value in FIELDS.items())
    start = f'Invoke-WebRequest -UseBasicParsing -Uri "{URL}" `\n-Method "POST" `\n'
    return f"{start}-Headers @{{\n{fields}}} `\n-Body {quoted(text)}".encode()


def powershell_postman(text: str) -> bytes:
    fields = "".join(f'$headers.Add("{n}", "{v.replace(chr(34), "`" + chr(34))}")\n' for n, v in FIELDS.items())
    made = '$headers = New-Object "System.Collections.Generic.Dictionary[[String],[String]]"\n'
    call = f"$response = Invoke-RestMethod '{URL}' -Method 'POST' -Headers $headers -Body $body"
    return f'{made}{fields}\n$body = @"\n{text}\n"@\n\n{call}\n$response | ConvertTo-Json\n'.encode()


def zipped(text: str) -> bytes:
    """Fiddler's, whose list of types comes first and is large."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saz(text))) as held, zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>" * 3000)
        for name in held.namelist():
            archive.writestr(name, held.read(name))
    return out.getvalue()


def soapui_packed(text: str) -> bytes:
    plain = soapui(text).decode()
    start = plain.index("<con:request>") + 13
    end = plain.index("</con:request>")
    held = packed(gzip.compress(plain[start + 9 : end - 3].encode()))
    return (plain[: start - 1] + ' compression="gzip">' + held + plain[end:]).encode()


def cassette(text: str) -> dict[str, Any]:
    """Ruby's VCR and Betamax."""
    asked = {"method": "post", "uri": URL, "body": {"encoding": "UTF-8", "string": text}, "headers": FIELDS}
    answered = {"status": {"code": 200, "message": "OK"}, "headers": TEXT, "body": {"string": ANSWER}}
    return {"http_interactions": [{"request": asked, "response": answered}], "recorded_with": "VCR 6"}


def go_cassette(text: str) -> bytes:
    asked = {"body": text, "form": {}, "headers": FIELDS, "url": URL, "method": "POST"}
    answered = {"body": ANSWER, "headers": TEXT, "status": "200 OK", "code": 200}
    return yaml.safe_dump({"version": 2, "interactions": [{"id": 0, "request": asked, "response": answered}]}).encode()


def cmd(text: str) -> bytes:
    """The body is in a file."""
    fields = " ".join(f'-H "{name}: {double_quoted(value)}"' for name, value in FIELDS.items())
    return f'@echo off\r\nset URL={URL}\r\ncurl.exe "%URL%" ^\r\n {fields} ^\r\n -d @{BODY}\r\n'.encode()


def chromium_cmd(text: str) -> bytes:
    """As devtools escape for cmd: every character that may mean something gets a caret, a line break two lines."""

    def quoted(word: str) -> str:
        word = word.replace("\\", "\\\\").replace('"', '\\"')
        word = re.sub(r"[^a-zA-Z0-9\s_\-:=+~'/.,?;()*`]", lambda found: f"^{found[0]}", word)
        return '^"' + word.replace("\n", "^\n\n") + '^"'

    fields = "".join(f"  -H {quoted(f'{name}: {value}')} ^\r\n" for name, value in FIELDS.items())
    return f"curl {quoted(URL)} ^\r\n{fields}  --data-raw {quoted(text)}".encode()


def malformed(text: str) -> bytes:
    """What WCF could not read is in its log as text."""
    record = f'<MessageLogTraceRecord Source="Malformed">{html.escape(text)}</MessageLogTraceRecord>'
    return f'<E2ETraceEvent xmlns="urn:x">{record}</E2ETraceEvent>'.encode()


def unprefixed(text: str) -> str:
    return re.sub(r"\bs:(?=\w)", "", text).replace("xmlns:s", "xmlns")


Build = Callable[[str], bytes]
VARIANTS: dict[str, Build] = {
    "charles.har": edited(charles),
    "http2.har": edited(http2),
    "fiddler.har": edited(fiddler),
    "aborted.har": edited(lambda entry: entry["response"].update(status=0, content={})),
    "no-response.har": edited(lambda entry: entry.update(response=None)),
    "decoded.har": edited(lambda entry: entry["response"]["headers"].extend(named({"content-encoding": "br"}))),
    "comment.har": lambda text: har(text, {"comment": 'the "log"'}),
    "utf-16.json": lambda text: har(text).decode().encode("utf-16"),
    "no-suffix": har,
    "postman-2.0.json": lambda text: postman(text, version="v2.0.0", header=HEAD, url={"raw": URL}),
    "postman-2.1.json": postman,
    "postman-parts.json": lambda text: postman(text, url={"protocol": "https", "host": ["h"], "path": ["Batch.svc"]}),
    "playwright.har": lambda text: har(text).replace(json.dumps(text).encode(), b'null, "_file": "body.txt"', 1),
    "postman-late.json": lambda text: postman(text, late=True),
    "insomnia5.yaml": lambda text: yaml.safe_dump(insomnia5(text), sort_keys=False).encode(),
    "insomnia5.json": lambda text: json.dumps(insomnia5(text)).encode(),
    "stub.json": lambda text: json.dumps(wiremock(text)).encode(),
    "stubs.json": lambda text: json.dumps({"mappings": [wiremock(text), wiremock(STOP)], "meta": {}}).encode(),
    "journal.json": journal,
    "crlf.http": lambda text: http_file(text).replace(b"\n", b"\r\n"),
    "default-namespace.http": lambda text: f"###\n{head()}{unprefixed(text)}".encode(),
    "one.http": lambda text: f"# a comment\nPOST {URL} HTTP/1.1\n{HEAD}\n<@ ./{BODY}\n".encode(),
    "scripts.http": lambda text: (
        f"< {{%\n  request.variables.set('a', '<s:Envelope>')\n%}}\nPOST {URL}\n{HEAD}\n{text}\n\n"
        "> ./handler.js\n>> out.json\n<> 2026-01-01T000000.200.xml\n"
    ).encode(),
    "ruby.yml": lambda text: b"---\n" + yaml.safe_dump(cassette(text)).encode(),
    "betamax.json": lambda text: json.dumps(cassette(text)).encode(),
    "go.yaml": go_cassette,
    "curl.http": lambda text: f"### one\nGET https://h/x\n\n### two\ncurl {URL} {OPTIONS} -d '{text}'\n".encode(),
    "curl.md": lambda text: (
        f"# Stop\n\n```bash\ncurl {URL} {OPTIONS} -d '{text}'\n```\n\n```python\na = '<s:Envelope>'\n```\n".encode()
    ),
    "file.sh": lambda text: f"curl {URL} {OPTIONS} --data @{BODY}".encode(),
    "joined.sh": lambda text: f"curl -sXPOST -so out.xml {URL} {OPTIONS} -H 'Accept:' -d@{BODY}".encode(),
    "substituted.sh": lambda text: f'curl {URL} {OPTIONS} -d "$(cat {BODY})"'.encode(),
    "escaped.sh": lambda text: f'curl "{URL}" {OPTIONS} -d "{double_quoted(text)}"'.encode(),
    "variable.sh": lambda text: f"BODY='{text}'\nfor i in 1; do curl {URL} {OPTIONS} -d \"$BODY\"; done".encode(),
    "variables.sh": lambda text: (
        f'ID=42\nX=$(curl {URL} {OPTIONS} -d "{double_quoted(text).replace("42", "${ID}")}")'.encode()
    ),
    "here.sh": lambda text: f"curl {URL} {OPTIONS} -d @- <<'EOF'\n{text}\nEOF\n".encode(),
    "piped.txt": lambda text: f"cat <<EOF | curl -s {URL} {OPTIONS} --data-binary @-\n{text}\nEOF\n".encode(),
    "written.sh": lambda text: f"cat > b.xml <<EOF\n{text}\nEOF\n/usr/bin/curl {URL} {OPTIONS} -d @b.xml".encode(),
    "set.cmd": cmd,
    "chromium.bat": chromium_cmd,
    "curl.ps1": lambda text: f"curl.exe -X POST {URL} `\r\n  {OPTIONS} `\r\n  -d '@{BODY}'\r\n".encode(),
    "browser.ps1": powershell,
    "postman.ps1": powershell_postman,
    "file.ps1": lambda text: (
        f"$h = @{{\n  SOAPAction = '{ACTION}'\n}}\n$r = (Invoke-WebRequest '{URL}' -Method Post -ContentType 'text/xml'"
        f" -Headers $h -Body (Get-Content {BODY} -Raw)).Content\n"
    ).encode(),
    "sum.ps1": lambda text: (
        "$body = '" + text.replace("'", "''").replace("Ticket>7T:", "Ticket>7T:' + (Need 'T' 1) + '") + "'\n"
        f"Invoke-WebRequest -Method Post -Uri ($base + '/Batch.svc') -ContentType 'text/xml' `\n"
        f" -Headers @{{ SOAPAction = '{ACTION}' }} `\n -Body ([Text.Encoding]::UTF8.GetBytes($body))\n"
    ).encode(),
    "malformed.svclog": malformed,
    "project-packed.xml": soapui_packed,
    "fiddler.zip": zipped,
}  # fmt: skip


@pytest.mark.parametrize("name", VARIANTS)
def test_each_form_is_read(name: str, tmp_path: Path) -> None:
    for text, status, rules in ((GOOD, 0, []), (GOOD.replace("b:Id>", "b:id>"), 1, ["body-case"])):
        (tmp_path / BODY).write_text(text)
        (tmp_path / name).write_bytes(VARIANTS[name](text))
        came, found = verdicts(tmp_path / name)
        assert [f["rule"] for v in found["verdicts"] for f in v["violations"]] == rules, found
        assert came == status, found


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="no bash, or no curl, to ask")
def test_what_is_read_of_a_command_is_what_curl_sends(tmp_path: Path) -> None:
    """Each form for a POSIX shell is run, and its request caught."""
    (tmp_path / BODY).write_text(GOOD)
    with running() as site:
        site.add("*", "")
        for name in [name for name in VARIANTS if name.endswith((".sh", ".txt"))]:
            script = VARIANTS[name](GOOD).replace(URL.encode(), f"{site.url}/x".encode())
            (tmp_path / name).write_bytes(script)
            subprocess.run(["bash", name], cwd=tmp_path, check=True, capture_output=True, timeout=20)
            [message] = read(str(tmp_path / name))
            assert isinstance(message, Message) and site.asked.pop().body.strip() == message.data.strip(), name


def test_an_environment_beside_the_requests_fills_their_placeholders(tmp_path: Path) -> None:
    asked = STOP.replace("63", "{{zone}}")
    (tmp_path / "a.http").write_text(f"###\n{head()}{asked}\n")
    (tmp_path / "a.json").write_bytes(postman(asked))
    assert verdicts(tmp_path)[1]["summary"]["broken"] == 2
    (tmp_path / "http-client.env.json").write_text('{"dev": {"zone": "63"}}')
    scope = {"values": [{"key": "zone", "value": "63"}], "_postman_variable_scope": "environment"}
    (tmp_path / "dev.postman_environment.json").write_text(json.dumps(scope))
    assert verdicts(tmp_path)[0] == 0
    (tmp_path / "http-client.private.env.json").write_text('{"other": {"zone": "x"}}')
    assert verdicts(tmp_path)[1]["summary"]["broken"] == 1, "which environment is meant nobody says"


@pytest.mark.parametrize("rest", ["", "\n>> answer.xml\n", "\n>>! answer.xml\n", "\n<> 2026-11-23.200.xml\n"])
def test_a_request_alone_in_an_editor_s_file(rest: str, tmp_path: Path) -> None:
    """Without separators or variables, but with a placeholder, or with what becomes of its answer."""
    (tmp_path / "http-client.env.json").write_text('{"dev": {"zone": "63"}}')
    for number, zone in enumerate(("{{zone}}", "63") if rest else ("{{zone}}",)):
        (tmp_path / f"{number}.http").write_text(f"{head()}{STOP.replace('63', zone)}\n{rest}")
    assert verdicts(tmp_path)[0] == 0


def test_a_placeholder_that_was_sent_is_not_filled(tmp_path: Path) -> None:
    body = STOP.replace("63", "{{zone}}")
    (tmp_path / "http-client.env.json").write_text('{"dev": {"zone": "63"}}')
    (tmp_path / "a.http").write_text(f"{head().rstrip()}\nContent-Length: {len(body)}\n\n{body}")
    assert verdicts(tmp_path)[1]["summary"]["broken"] == 1


def test_a_file_that_curl_uploads_is_put(tmp_path: Path) -> None:
    for name, words in (("put.sh", ""), ("post.sh", "-X POST ")):
        options = " ".join(f"-H '{line}'" for line in head().splitlines()[1:] if line)
        (tmp_path / name).write_text(f"curl {words}{options} -T - {URL} <<'END'\n{STOP}\nEND\n")
    found = {v["file"].rpartition("/")[2]: v for v in verdicts(tmp_path)[1]["verdicts"]}
    assert [f["rule"] for f in found["put.sh"]["violations"]] == ["http-method"]
    assert found["post.sh"]["verdict"] == "kept"


@pytest.mark.parametrize(("url", "unjudged"), [(URL, 2), ("https://other.example/x", 0)])
def test_a_body_that_cannot_be_read_matters_where_its_request_goes_to_the_contract(
    url: str, unjudged: int, tmp_path: Path
) -> None:
    entry = har_entry(url, "!!!", {"text": "!!!", "encoding": "base64", "size": 9})
    entry["request"]["postData"]["encoding"] = "base64"
    entry["request"]["headers"] = named(FIELDS if url == URL else {**TEXT, "SOAPAction": "urn:other"})
    (tmp_path / "a.har").write_text(json.dumps({"log": {"entries": [entry]}}))
    assert verdicts(tmp_path / "a.har")[1]["summary"]["unjudged"] == unjudged


def nested(text: str) -> bytes:
    """A zip in a zip."""
    held = b""
    for name in ("a.xml", "inner.zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, held or text)
        held = out.getvalue()
    return held


UNREAD = {
    "encrypted-project.xml": b'<con:soapui-project xmlns:con="http://eviware.com/soapui/config">'
    b"<con:encryptedContent>AAAA</con:encryptedContent></con:soapui-project>",
    "packed-project.xml": soapui_packed(STOP).replace(b"H4sI", b"!!!!"),
    "unknown.sh": f'curl {URL} {OPTIONS} -d "$BODY"'.encode(),
    "unknown.ps1": f"Invoke-WebRequest '{URL}' -Method Post -Body $body".encode(),
    "gone.http": f"###\nPOST {URL}\n\n< gone.xml\n\n###\nPOST https://other.example/x\n\n< gone.json\n".encode(),
    "gone.sh": f"curl {URL} {OPTIONS} -d @gone.xml\ncurl https://other.example/x -d @gone.json".encode(),
    "away.ps1": f"Invoke-WebRequest '{URL}' -Method Post -InFile ../../x.xml".encode(),
    "stub.json": json.dumps(wiremock("") | {"response": {"bodyFileName": "../../x"}}).encode(),
    "wget.md": b"# Stop\n\n```bash\nwget --post-data '<s:Envelope/>' http://h\n```\n",
    "outer.zip": nested(STOP),
    "wrapped.json": json.dumps({"request": STOP}).encode(),
    "base64.json": json.dumps({"request": packed(STOP)}).encode(),
    "form.har": edited(form)(STOP),
    "form.json": postman(
        "", header=[], url="https://h", body={"mode": "formdata", "formdata": [{"key": "a", "value": STOP}]}
    ),
    "no-answer.har": edited(lambda entry: entry["response"].update(content={"size": 900}))(STOP),
    "no-size.har": edited(lambda entry: entry["response"].update(content={"size": -1}))(STOP),
    "no-body.har": edited(lambda entry: entry["request"].update(bodySize=9, postData={"text": ""}))(STOP),
    "attached.har": har(f"--b\r\nContent-Type: application/xop+xml\r\n\r\n{STOP}\r\n--b--")
    .replace(b"SOAPAction", b"X-A")
    .replace(b".svc", b""),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_there_to_be_read_is_unjudged(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(UNREAD[name])
    status, found = verdicts(tmp_path)
    assert status == 2 and found["summary"]["unjudged"] == 1, found


ODD = "x\n::error::y\x1b[31m\x00"
NAMED: dict[str, bytes] = {
    "postman.json": postman(STOP).replace(b'"name": "A"', json.dumps({"name": ODD})[1:-1].encode()),
    "insomnia.json": json.dumps(insomnia5(STOP)).replace('"Jobs"', json.dumps(ODD)).encode(),
    "stub.json": json.dumps(wiremock(STOP) | {"name": ODD}).encode(),
    "project.xml": soapui(STOP).replace(b"Request 1", b"x&#10;::error::y"),
}


@pytest.mark.parametrize("name", NAMED)
def test_names_of_others_making_end_no_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(NAMED[name])
    lines = run("check", "--all", "-v", str(tmp_path)).stdout.splitlines()
    assert all(line.isprintable() and not line.startswith("::") for line in lines)


def test_an_answer_saved_without_its_request_answers_the_item(tmp_path: Path) -> None:
    document = json.loads(postman(STOP))
    document["item"][0]["item"][0]["item"][0]["response"] = [
        {"name": "ok", "code": 200, "header": None, "body": ANSWER}
    ]
    (tmp_path / "a.json").write_text(json.dumps(document))
    status, found = verdicts(tmp_path)
    assert (status, found["summary"]["kept"]) == (0, 3)


def test_an_answer_that_a_stub_has_in_a_file(tmp_path: Path) -> None:
    for folder in ("mappings", "__files"):
        (tmp_path / folder).mkdir()
    stub = wiremock("") | {"response": {"bodyFileName": "a.txt", "headers": TEXT}}
    (tmp_path / "mappings" / "stop.json").write_text(json.dumps(stub))
    (tmp_path / "__files" / "a.txt").write_text(ANSWER)
    status, found = verdicts(tmp_path / "mappings")
    assert (status, [(v["part"], v["operation"]) for v in found["verdicts"]]) == (
        0,
        [("mapping response", "StopBatchJob")],
    )


def test_a_zip_in_a_zip_that_holds_no_message_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(nested("notes"))
    assert verdicts(tmp_path)[1]["summary"] == {"kept": 0, "broken": 0, "unjudged": 0, "skipped": 1}


ELSEWHERE = {
    "variable.sh": b'curl -X POST https://hooks.example/x -d "$PAYLOAD"\ncurl https://hooks.example/x -d @/tmp/x.json',
    "variable.ps1": b"Invoke-RestMethod https://hooks.example/x -Method Post -Body $payload",
    "file.ps1": b"Invoke-RestMethod https://hooks.example/x -Method Post -InFile ../x.json",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_goes_elsewhere_need_not_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(ELSEWHERE[name])
    (tmp_path / "stop.xml").write_text(STOP)
    status, found = verdicts(tmp_path)
    assert (status, found["summary"]["unjudged"]) == (0, 0), found


def test_a_template_is_no_answer(tmp_path: Path) -> None:
    stub = wiremock(STOP) | {"response": {"body": ANSWER.replace("true", "{{request.path}}"), "headers": TEXT}}
    (tmp_path / "stop.json").write_text(json.dumps(stub))
    status, found = verdicts(tmp_path)
    assert (status, found["summary"]["kept"], found["summary"]["skipped"]) == (0, 1, 1)

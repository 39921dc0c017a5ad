"""--used-by: a change touches a team where its recorded messages hold what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.diff.change_rules import example_pair
from contracts.diff.compare import compare
from contracts.diff.comparison import Naming, Usage
from contracts.diff.source_names import find_in_source, is_source
from contracts.diff.usage import find_usage
from contracts.model import Message
from tests.cli.running import expect
from tests.helpers.messages import NS

from .comparing import BATCH, pair, services


def _envelope(body: str, headers: str = "") -> bytes:
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        f' xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns="{NS}">'
        f"<s:Header>{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _sent(note: str, headers: str = "") -> Message:
    return Message(
        _envelope(f"<SaveNote><Id>1</Id><Note>{note}</Note></SaveNote>", headers), "sent.http", direction="request"
    )


def _read(note: str) -> Message:
    body = f"<SaveNoteResponse><Response>{note}</Response></SaveNoteResponse>"
    return Message(_envelope(body), "cassette.yaml", "interaction 1 response", direction="response")


def _used(rule: str, *messages: Message) -> Usage:
    old, new = map(services, pair(rule))
    return find_usage(messages, compare(old, new), old)


ANSWER = Message(_envelope("<SaveNoteResponse/>"), "answer.xml", direction="response")
"""One that holds nothing: the request was answered, and what changed was not in it."""
NOTE = "<Id>1</Id><State>Sent</State><Text>words</Text>"


@pytest.mark.parametrize(
    ("rule", "message", "severity"),
    [
        ("member-removed", _sent(NOTE), "breaking"),
        ("member-removed", _sent("<Id>1</Id>"), None),
        ("member-removed", _read(NOTE), "breaking"),
        ("member-added", _read(NOTE), "risky"),
        ("member-added", _sent(NOTE), None),
        ("required-member-added", _sent(NOTE), "breaking"),
        ("enum-value-removed", _sent(NOTE), "breaking"),
        ("enum-value-removed", _sent("<State>Draft</State>"), None),
        ("enum-value-removed", _read(NOTE), None),
        ("enum-value-added", _read(NOTE), "risky"),
        ("enum-value-added", _read("<Id>1</Id>"), None),
        ("element-required", _sent("<Text>words</Text>"), "breaking"),
        ("element-required", _sent(NOTE), None),
        ("element-not-nillable", _sent('<Text i:nil="true"/>'), "breaking"),
        ("element-not-nillable", _sent(NOTE), None),
        ("type-widened", _sent(NOTE), None),
        ("type-widened", _read(NOTE), "breaking"),
        ("parameter-removed", _sent(NOTE), "breaking"),
        ("parameter-added", _sent(NOTE), "risky"),
        ("parameter-added", _read(NOTE), None),
        ("header-removed", _sent(NOTE, "<Trace>on</Trace>"), "breaking"),
        ("header-removed", _sent(NOTE), None),
        ("header-moved", _sent(NOTE, "<Token>t</Token>"), "breaking"),
        ("header-moved", _sent(NOTE), None),
        ("type-moved", _sent(NOTE), "breaking"),
        ("type-name-moved", _sent(NOTE), None),
        ("type-name-moved", _sent(f'<State xmlns:t="{NS}" i:type="t:NoteState">Sent</State>'), "risky"),
        ("policy-added", _sent(NOTE), "breaking"),
        ("action-changed", _sent(NOTE), "breaking"),
        ("member-order-changed", _sent(NOTE), "breaking"),
        ("base-changed", _sent(NOTE), "breaking"),
        ("operation-added", _sent(NOTE), None),
        ("operation-removed", _sent(NOTE), None),
        ("agent-removed", _sent(NOTE), "breaking"),
    ],
)
def test_a_change_meets_a_message(rule: str, message: Message, severity: str | None) -> None:
    found = _used(rule, message, *([ANSWER] if message.direction == "request" and severity is None else []))
    assert [use.severity for use in found.uses.values()] == ([severity] if severity else [])
    for use in found.uses.values():
        assert use.messages == ((message.file, message.part),)


def test_a_message_of_another_service_is_named() -> None:
    found = _used("member-removed", Message(_envelope("<Other/>"), "other.xml"), Message(b"<", "broken.xml"))
    assert found.unplaced == (("other.xml", ""), ("broken.xml", ""))
    assert not found.uses
    assert not found.operations


def test_a_refusal_without_an_envelope_belongs_to_its_request() -> None:
    refused = replace(_read(NOTE), data=b"", answers=_sent(NOTE))
    found = _used("member-removed", refused)
    assert (found.unplaced, found.operations, found.uses) == ((), ("Notes.SaveNote",), {})
    alone = replace(refused, answers=None)
    assert _used("member-removed", alone).unplaced == ((alone.file, alone.part),)


def test_recordings_of_another_version_count() -> None:
    note = _sent(NOTE)
    later = Message(note.data.replace(b"Services85", b"Services84"), note.file, direction="request")
    assert len(_used("member-removed", later).uses) == 1


@pytest.mark.parametrize(
    ("rule", "severity", "unseen"),
    [
        ("member-removed", "breaking", ("Notes.SaveNote",)),
        ("type-widened", "breaking", ("Notes.SaveNote",)),
        ("member-added", "risky", ("Notes.SaveNote",)),
        ("action-changed", "breaking", ()),
        ("enum-value-removed", None, ()),
        ("header-removed", None, ()),
    ],
)
def test_an_answer_that_nobody_recorded_may_hold_what_changed(
    rule: str, severity: str | None, unseen: tuple[str, ...]
) -> None:
    found = _used(rule, _sent("<Id>1</Id>"))
    assert [(use.severity, use.unseen) for use in found.uses.values()] == ([(severity, unseen)] if severity else [])


def test_an_answer_that_cannot_hold_what_changed_need_not_be_seen() -> None:
    """The type is sent by one operation, and comes back from another."""
    old, new = pair("member-removed")
    other = b'name="Response" type="t:Note"'
    before, after = (services(data.replace(other, b'name="Response" type="xs:int"')) for data in (old, new))
    changes = compare(before, after)
    both = replace(changes[0], direction="both")
    assert not find_usage([_sent("<Id>1</Id>")], [both], before).uses


def test_a_request_and_its_answer_in_two_files(tmp_path: Path) -> None:
    head = "POST /Remote/Services85/Notes.svc HTTP/1.1\r\nContent-Type: text/xml\r\n\r\n"
    (tmp_path / "save.request.http").write_bytes(head.encode() + _sent(NOTE).data)
    fault = b"HTTP/1.1 500 No\r\n\r\n" + _envelope("<s:Fault><faultcode>s:Server</faultcode></s:Fault>")
    (tmp_path / "save.response.http").write_bytes(fault)
    command = ["diff", *map(str, example_pair("member-removed")), "--used-by", str(tmp_path)]
    out = expect(1, *command).stdout
    assert "1 touches what you use (2 recorded messages, 1 operation)" in " ".join(out.split())
    assert "no answer" not in out
    (tmp_path / "save.response.http").unlink()
    (tmp_path / "save.request.http").write_bytes(head.encode() + _sent("<Id>1</Id>").data)
    assert "no answer of Notes.SaveNote was seen" in " ".join(expect(1, *command).stdout.split())


def test_a_derived_type_is_walked_by_its_name() -> None:
    data = pair("abstract-added")[0]
    old = services(data)
    new = data.replace(b'name="Subject"', b'name="Topic"')
    found = compare(old, services(new))
    sent = Message(
        _envelope(f'<SaveNote xmlns:t="{NS}"><Note i:type="t:Memo"><Subject>x</Subject></Note></SaveNote>'), "m.xml"
    )
    assert [found[i].path for i in find_usage([sent, ANSWER], found, old).uses] == ["Memo.Subject"]


def test_folders_of_recordings(tmp_path: Path) -> None:
    (tmp_path / "sent.xml").write_bytes(_sent("<Id>1</Id>").data)
    (tmp_path / "answer.xml").write_bytes(ANSWER.data)
    command = ["diff", *map(str, example_pair("member-removed")), "--used-by", str(tmp_path)]
    assert "of 1 change, 0 touch what you use" in expect(0, *command).stdout
    (tmp_path / "more.xml").write_bytes(_sent(NOTE).data)
    out = expect(1, *command).stdout
    assert "of 1 change, 1 touches what you use" in out
    assert "more.xml" in out
    assert "sent.xml" not in out


# --- --uses: a list of operations -----------------------------------------------------------------------------------


def _listed(tmp_path: Path, rule: str, text: str, *arguments: str) -> list[str]:
    file = tmp_path / "operations.txt"
    file.write_text(text, encoding="utf-8")
    return ["diff", *map(str, example_pair(rule)), "--uses", str(file), *arguments]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("member-removed", "breaking"),
        ("enum-value-removed", "breaking"),
        ("member-added", "risky"),
        ("action-changed", "breaking"),
        ("agent-removed", None),
        ("operation-added", None),
        ("operation-removed", None),
    ],
)
def test_a_change_meets_an_operation_of_a_list(rule: str, severity: str | None) -> None:
    old, new = map(services, pair(rule))
    named = [Naming("Notes.SaveNote", "operations.txt", 1, "list")]
    found = find_usage([], compare(old, new), old, named)
    assert [use.severity for use in found.uses.values()] == ([severity] if severity else [])
    assert all(use.named == tuple(named) and not use.messages for use in found.uses.values())


def test_a_list_says_what_it_is_and_does_not_cover(tmp_path: Path) -> None:
    command = _listed(tmp_path, "member-removed", "# what we call\n\nNotes.SaveNote  # from the client\n")
    out = " ".join(expect(1, *command).stdout.split())
    assert "of 1 change, 1 touches what you use (a list of 1 operation)" in out
    assert "all members of their types count as used" in out
    assert "operations.txt (line 3), named in a list" in out
    shape = json.loads(expect(1, *command, "--format", "json").stdout)
    assert [(one["kind"], one["text"]) for one in shape["evidence"]] == [("list", "a list of 1 operation")]
    (use,) = [change["used"] for change in shape["changes"]]
    assert [(one["label"], one["line"], one["where"]) for one in use["named"]] == [("Notes.SaveNote", 3, "list")]
    assert "named in a list" in expect(1, *command, "--format", "html").stdout


def test_a_list_that_nothing_touches_is_status_0(tmp_path: Path) -> None:
    old = example_pair("operation-removed")
    gone = [o.label for s in services(Path(old[0]).read_bytes()) for o in s.operations.values()]
    expect(0, *_listed(tmp_path, "operation-removed", "Notes.SaveNote"))
    expect(1, *_listed(tmp_path, "operation-removed", "\n".join(gone)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Notes.SaveNote\nNotes.SaveNot\n",
            "operations.txt:2: Notes.SaveNot: no operation of the old side; did you",
        ),
        ("# nothing\n", "no operation in it"),
        ("", "no operation in it"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    result = expect(2, *_listed(tmp_path, "member-removed", text))
    assert result.stdout == ""
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


# --- --used-by on source code ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "labels"),
    [
        ("a.cs", "await drafts.SaveNoteAsync(1, note);", ["Drafts.SaveNote"]),
        ("a.cs", "var notes = new NotesClient();\nnotes.SaveNote(1);", ["Notes.SaveNote"]),
        ("a.cs", "client.SaveNote(1);", ["Drafts.SaveNote", "Notes.SaveNote"]),
        ("a.cs", "notes.SaveNotes(1); notes.PreSaveNote(); notes.savenote();", []),
        ("a.vb", "notes.savenote(1)", ["Notes.SaveNote"]),
        ("a.php", "$notes->__soapCall('SaveNote', []);", ["Notes.SaveNote"]),
        ("a.java", "notes.saveNote(1);", ["Notes.SaveNote"]),
        ("a.rb", "notes.call(:save_note)", ["Notes.SaveNote"]),
        ("a.ts", "notes.SaveNote(1)", ["Notes.SaveNote"]),
        ("Reference.cs", "notes.SaveNote(1);", []),
        ("a.Designer.cs", "notes.SaveNote(1);", []),
        ("a.cs", "// <auto-generated>\nnotes.SaveNote(1);", []),
        ("a.cs", '// notes.SaveNote(1)\n/* SaveNote */ /// <see cref="SaveNote"/>', []),
        ("a.cs", 'var url = "http://x"; notes.SaveNote(1); // later', ["Notes.SaveNote"]),
        ("a.vb", "' notes.SaveNote(1)\nREM SaveNote", []),
        ("a.java", "/** {@link Notes#saveNote} */ class A {}", []),
        ("a.php", "# notes SaveNote\n// SaveNote\n/* SaveNote */ $x = 1;", []),
        ("a.php", '<?php\n// SaveNote\n$notes->__soapCall("SaveNote", $a);', ["Notes.SaveNote"]),
        ("a.py", '"""notes.SaveNote"""\nx = 1  # SaveNote', []),
        ("a.py", "notes.service.SaveNote(1)  # 'later'", ["Notes.SaveNote"]),
        ("a.py", "getattr(notes.service, 'SaveNote')(1)", ["Notes.SaveNote"]),
        ("a.js", "// notes SaveNote\nconst u = `http://x`;", []),
        ("a.js", "notes['SaveNote'](a, cb)", ["Notes.SaveNote"]),
        ("a.tsx", "/* notes SaveNote */ await notes.SaveNoteAsync(1)", ["Notes.SaveNote"]),
        ("a.rb", "# notes save_note\n=begin\nSaveNote\n=end\n", []),
        ("a.pl", "# SaveNote\n=pod\n\nSaveNote\n\n=cut\n$notes->SaveNote(1);", ["Notes.SaveNote"]),
        ("a.pas", "{ Notes.SaveNote } (* SaveNote *) // SaveNote", []),
        ("a.pas", "Notes.savenote(1, Note); { later }", ["Notes.SaveNote"]),
        ("a.php", "<?php class Notes extends \\SoapClient { private static $classmap = ['SaveNote' => 'x']; }", []),
        ("a.cs", "[GeneratedCode]\nclass A { void SaveNote() {} }", []),
        ("a.java", "@Generated\nclass A { void saveNote() {} }", []),
        ("a.ts", "/** @generated */\nexport function SaveNote() {}", []),
        ("a.pas", "// Generated by the WSDL importer\nprocedure SaveNote(Notes: Integer);", []),
        ("a.kt", "notes.saveNote(1) // x", ["Notes.SaveNote"]),
        ("a.ps1", "# SaveNote\n$notes.savenote(1)", ["Notes.SaveNote"]),
        ("a.cs", "// This report is generated by the nightly job.\nnotes.SaveNote(1);", ["Notes.SaveNote"]),
        ("a.cs", '[System.CodeDom.Compiler.GeneratedCodeAttribute("x", "1")]\nnotes.SaveNote(1);', []),
    ],
)
def test_source_code_names_an_operation(name: str, text: str, labels: list[str], tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert is_source(str(file))
    found = find_in_source([str(file)], services(pair("agent-removed")[0])).operations
    assert [one.label for one in found] == labels


def test_source_code_is_weaker_evidence_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "client.cs").write_text("class A {\n  void B() { notes.SaveNote(1); }\n}\n", encoding="utf-8")
    (tmp_path / "Notes.wsdl").write_bytes(pair("member-removed")[0])
    command = ["diff", *map(str, example_pair("member-removed")), "--used-by", str(tmp_path)]
    out = " ".join(expect(1, *command).stdout.split())
    assert "1 touches what you use (named in source code, 1 file, 1 operation)" in out
    assert "a name may be that of something else" in out
    assert "client.cs (line 2), named in source code" in out
    assert "recorded message" not in out
    (tmp_path / "client.cs").write_text("class A {}", encoding="utf-8")
    assert "no operation of the old side is named in its source code" in " ".join(expect(2, *command).stderr.split())


def test_where_comments_count_too_the_report_says_so(tmp_path: Path) -> None:
    command = ["diff", *map(str, example_pair("member-removed")), "--used-by", str(tmp_path)]
    file = tmp_path / "large.cs"
    for filler, status in ((1, 2), (60_000, 1)):
        file.write_text("// notes.SaveNote(1)\n" + "int large = 1 + 1;\n" * filler, encoding="utf-8")
        result = expect(status, *command)
        said = f"1 file of more than 1 MB, in which what comments name counts too: {file}"
        assert (said in " ".join(result.stdout.split())) is (status == 1)


def test_of_what_goes_code_counts_that_names_it_or_nothing_beside_it(tmp_path: Path) -> None:
    old, new = map(services, pair("member-removed"))
    changes = compare(old, new)
    file = tmp_path / "a.cs"
    member = changes[0].path.rpartition(".")[2]
    other = next(m for m in ("Id", "State", "Text") if m != member)
    for text, severities in (
        ("", ["breaking"]),
        (f"note.{other} = x;", []),
        (f"note.{other} = x; // {member}", []),
        (f"note.{other} = x; y = note.{member};", ["breaking"]),
    ):
        file.write_text(f"notes.SaveNote(1, note);\n{text}", encoding="utf-8")
        names = find_in_source([str(file)], old)
        found = find_usage([], changes, old, names.operations, names.members)
        assert [use.severity for use in found.uses.values()] == severities, text


def test_settings_beside_source_code_are_no_messages(tmp_path: Path) -> None:
    (tmp_path / "client.cs").write_text("notes.SaveNote(1);", encoding="utf-8")
    for name in ("app.config", "Web.config", "Notes.xsd", "Reference.svcmap"):
        (tmp_path / name).write_text(f"<configuration><!-- {NS} Envelope --></configuration>", encoding="utf-8")
    (tmp_path / "Reference.cs").write_text("void SaveNote() {}", encoding="utf-8")
    (tmp_path / "soap.properties").write_text(f"namespace = {NS}", encoding="utf-8")
    out = " ".join(
        expect(1, "diff", *map(str, example_pair("member-removed")), "--used-by", str(tmp_path)).stdout.split()
    )
    assert "recorded messages of" not in out and "config" not in out
    assert f"left out as generated, 1 file: {tmp_path / 'Reference.cs'}" in out
    assert f"1 file speaking of the contract, but no recorded message: {tmp_path / 'soap.properties'}" in out


def test_twenty_lines_that_call_three_operations(tmp_path: Path) -> None:
    """What the shipped contract's next version changes, as far as C# and PHP say that it is used."""
    (tmp_path / "Jobs.cs").write_text(CODE_CS, encoding="utf-8")
    (tmp_path / "stop.php").write_text(CODE_PHP, encoding="utf-8")
    new = tmp_path / "new.wsdl"
    data = BATCH.read_bytes()
    for edit in (
        (b'"DeleteBatchTask"', b'"RemoveBatchTask"'),
        (b'name="Context"', b'name="Where"'),
        (b'name="Description"', b'name="Words"'),
    ):
        assert edit[0] in data
        data = data.replace(*edit)
    new.write_bytes(data)
    found = json.loads(expect(1, "diff", str(BATCH), str(new), "--used-by", str(tmp_path), "--format", "json").stdout)
    used = {c["path"]: [one["line"] for one in c["used"]["named"]] for c in found["changes"] if c["used"]}
    assert found["evidence"][0]["text"] == "named in source code, 2 files"
    breaking = [c["path"] for c in found["changes"] if c["used"] and c["used"]["severity"] == "breaking"]
    assert breaking == ["BatchTaskInfo.Description"], "Context and DeleteBatchTask are named in comments"
    assert used["BatchTaskInfo.Description"][-1] == 12


CODE_CS = """\
using System;

// DeleteBatchTask and Context are not used here.
class Jobs
{
    void Run(BatchClient batch)
    {
        var info = batch.GetBatchTaskInfo(credentials, 1);
        var job = batch.StartBatchJob(credentials, new BatchTaskInfo { Id = 2 });
        /* job.Context */
        Console.WriteLine("{0}", job.State);
        Console.WriteLine(info.Description);
    }
}
"""
CODE_PHP = """\
<?php
# the last of three
$batch = new SoapClient('Batch.wsdl');
$batch->__soapCall('StopBatchJob', [['Id' => 3]]);
"""

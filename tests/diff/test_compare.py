"""Which versions and agents are compared, what a change reaches, and what is one change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.diff.compare import compare, pair_versions
from contracts.model import Change, ContractsError
from contracts.wsdl.service import Service
from tests.helpers.shared import needs_shared, shared
from tests.helpers.wsdls import edit_wsdl

from .comparing import BATCH, changes, pair, services, told

DATA = BATCH.read_bytes()
PAIR = pair("agent-removed")


def _version(data: bytes, number: int) -> list[Service]:
    return services(data.replace(b"Services85", f"Services{number}".encode()))


def test_one_version_a_side_are_compared() -> None:
    assert pair_versions(_version(DATA, 85), _version(DATA, 88)) == [("Services85", "Services88")]


def test_several_versions_each_with_itself() -> None:
    old = [*_version(DATA, 85), *_version(DATA, 86)]
    new = [*_version(DATA, 86), *_version(DATA, 87)]
    assert pair_versions(old, new) == [("Services85", "Services85"), ("Services86", "Services86")]
    assert told(compare(old, new)) == [("agent-removed", "Batch")]


def test_a_lone_version_with_itself_among_several() -> None:
    old = [*_version(DATA, 85), *_version(DATA, 86)]
    assert compare(old, _version(DATA, 86)) == ()
    assert compare(_version(DATA, 86), old) == ()


def test_versions_that_are_chosen() -> None:
    both = [*_version(DATA, 85), *_version(DATA, 88)]
    assert compare(both, both, from_version="Services85", to_version="Services88") == ()
    assert pair_versions(both, both, "Services85") == [("Services85", "Services85")]
    assert pair_versions(both, _version(DATA, 88), "Services85") == [("Services85", "Services88")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"from_version": "Services84"}, "no version Services84"),
        ({"to_version": "Services84"}, "no version Services84"),
        ({"agents": ["Nobody"]}, "no agent Nobody"),
    ],
)
def test_what_is_not_there_is_an_error(options: dict[str, str], words: str) -> None:
    with pytest.raises(ContractsError, match=words):
        compare(services(DATA), services(DATA), **options)  # type: ignore[arg-type]


def test_versions_that_have_nothing_in_common_are_an_error() -> None:
    old, new = [*_version(DATA, 84), *_version(DATA, 85)], [*_version(DATA, 87), *_version(DATA, 88)]
    with pytest.raises(ContractsError, match="--from and --to"):
        compare(old, new)
    with pytest.raises(ContractsError, match="choose one with --to"):
        compare(old, new, from_version="Services85")


def test_an_agent_twice_is_an_error() -> None:
    with pytest.raises(ContractsError, match="both describe Batch"):
        compare([*services(DATA), *services(DATA, "other.wsdl")], services(DATA))


def test_an_agent_that_is_chosen() -> None:
    old, new = services(PAIR[0]), services(PAIR[1])
    assert compare(old, new, agents=["Notes"]) == ()
    assert told(compare(old, new, agents=["Drafts"])) == [("agent-removed", "Drafts")]


def test_services_with_a_version_each_are_paired_by_name() -> None:
    """As other vendors number theirs: ``…/rate/v16`` beside ``…/ship/v15``."""

    def numbered(*versions: bytes) -> list[Service]:
        spaces = (data.replace(b"NetServer/Services85", b"rate/v" + v) for data, v in zip(PAIR, versions, strict=True))
        return [s for data, name in zip(spaces, ("a", "b"), strict=True) for s in services(data, name)[:1]]

    old, new = numbered(b"1", b"2"), numbered(b"3", b"4")
    old, new = ([replace(side[0], agent="Rate"), replace(side[1], agent="Ship")] for side in (old, new))
    assert {s.version for s in (*old, *new)} == {"v1", "v2", "v3", "v4"}
    assert told(compare(old, new)) == [("namespace-changed", "Rate/namespace"), ("namespace-changed", "Ship/namespace")]
    with pytest.raises(ContractsError, match="--from and --to"):  # twice the same: which one is meant?
        compare([*old, replace(old[0], version="v9")], new)


def _other(data: bytes = PAIR[0]) -> list[Service]:
    """A service that is none of SuperOffice's, and has no number."""
    return services(data.replace(b"http://www.superoffice.net/ws/crm/NetServer/Services85", b"urn:others"), "other")[:1]


def test_services_of_another_kind_lie_beside_a_version() -> None:
    old, new = [*_version(DATA, 85), *_other()], [*_version(DATA, 86), *_other()]
    assert compare(old, new) == ()
    assert compare(old, _version(DATA, 86)) == compare(_version(DATA, 85), new) == ()
    changed = [*_version(DATA, 86), *_other(PAIR[0].replace(b'name="Text"', b'name="Words"'))]
    assert told(compare(old, changed)) == [("member-added", "Note.Words"), ("member-removed", "Note.Text")]


@pytest.mark.parametrize(
    ("served", "number", "expected"),
    [
        ("https://host/Cust1/Remote/Services85/Batch.svc?singleWsdl", 86, [("namespace-changed", "Batch/namespace")]),
        ("https://host/Cust1/Remote/Services86/Batch.svc?singleWsdl", 86, []),
        ("https://host/Cust1/Remote/Services85/Batch.svc?singleWsdl", 85, []),
        ("https://host/wsdls/Batch.wsdl", 86, []),
        ("Services85/Batch.wsdl", 86, []),
    ],
)
def test_another_version_under_the_url_of_the_old_one(
    served: str, number: int, expected: list[tuple[str, str]]
) -> None:
    theirs = [replace(s, source=served) for s in _version(DATA, number)]
    found = compare(_version(DATA, 85), theirs)
    assert told(found) == expected
    for change in found:
        assert [str(side)[-10:] for side in (change.old, change.new)] == ["Services85", "Services86"]


def test_the_only_agent_under_another_name_is_the_same_one() -> None:
    other = DATA.replace(b'portType name="Batch">', b'portType name="Jobs">').replace(b'tns:Batch"', b'tns:Jobs"')
    other = other.replace(b'name="Description"', b'name="Words"')
    found = told(changes(DATA, other))
    assert ("agent-renamed", "Batch") in found
    assert ("member-removed", "BatchTaskInfo.Description") in found
    assert len(found) == 3
    assert told(changes(DATA, PAIR[0])) == [
        ("agent-added", "Drafts"),
        ("agent-added", "Notes"),
        ("agent-removed", "Batch"),
    ]


def test_a_change_of_a_shared_type_is_one_of_all_its_agents() -> None:
    found = changes(PAIR[0], PAIR[0].replace(b'name="Text"', b'name="Words"'))
    assert told(found) == [("member-added", "Note.Words"), ("member-removed", "Note.Text")]
    assert {c.agents for c in found} == {("Drafts", "Notes")}
    assert {c.operations for c in found} == {("Drafts.SaveNote", "Notes.SaveNote")}


def test_the_same_change_in_several_versions_is_one() -> None:
    edit = DATA.replace(b'name="Description"', b'name="Words"')
    old = [*_version(DATA, 85), *_version(DATA, 86)]
    new = [*_version(edit, 85), *_version(edit, 86)]
    found = compare(old, new)
    assert told(found) == [("member-added", "BatchTaskInfo.Words"), ("member-removed", "BatchTaskInfo.Description")]
    assert {c.versions for c in found} == {("Services85", "Services86")}
    assert found[0].as_dict()["versions"] == ["Services85", "Services86"]


def _one(rule: str, before: bytes, after: bytes, data: bytes = DATA) -> Change:
    assert before in data
    found = changes(data, data.replace(before, after))
    assert [c.rule for c in found] == [rule]
    return found[0]


def test_reach_through_bases_lists_and_headers() -> None:
    mask = _one("enum-value-removed", b'<xs:enumeration value="RestrictedUpdate"', b'<xs:enumeration value="Update"')
    assert mask.path == "ETableRight.RestrictedUpdate"
    assert "Batch.StartBatchJob" in mask.operations
    assert "Batch.StopBatchJob" not in mask.operations
    everywhere = changes(DATA, DATA.replace(b'name="SoTimeZoneId"', b'name="ZoneId"'))
    assert {(c.path, len(c.operations), c.direction) for c in everywhere} == {
        ("SoTimeZone.SoTimeZoneId", 11, "both"),
        ("SoTimeZone.ZoneId", 11, "both"),
    }
    inherited = changes(DATA, DATA.replace(b'name="TableRight" type', b'name="Right" type'))
    assert {(c.path, c.operations) for c in inherited} == {
        ("Carrier.TableRight", mask.operations),
        ("Carrier.Right", mask.operations),
    }


def test_what_no_operation_reaches_is_safe_and_says_so() -> None:
    data = pair("type-added")[1]
    change = _one("member-removed", b'<xs:element name="Key" type="xs:string" minOccurs="0"/>', b"", data)
    assert (change.severity, change.operations) == ("safe", ())
    assert change.why.startswith("no operation reaches it")


def _in_task(data: bytes, old: bytes, new: bytes) -> bytes:
    """One edit in the type BatchTaskInfo."""
    head, found, tail = data.partition(b'<xs:complexType name="BatchTaskInfo">')
    assert old in tail
    return head + found + tail.replace(old, new, 1)


def test_members_that_an_insertion_pushes_back_have_not_moved() -> None:
    new = DATA
    for name in (b"Id", b"DetailsTable", b"Context"):
        after = b'<xs:element name="%s" ' % name
        new = _in_task(new, after, after.replace(name, b"New" + name) + b'type="xs:int" minOccurs="0"/>' + after)
    added = [("member-added", f"BatchTaskInfo.New{name}") for name in ("Context", "DetailsTable", "Id")]
    assert told(changes(DATA, new)) == added


def test_a_move_is_one_change_with_both_orders() -> None:
    table = b'<xs:element name="DetailsTable" type="xs:short" minOccurs="0"/>'
    id_ = b'<xs:element name="Id" type="xs:int" minOccurs="0"/>'
    (found,) = changes(DATA, _in_task(_in_task(DATA, table, b""), id_, table + id_))
    assert (found.rule, found.path, found.severity) == ("member-order-changed", "BatchTaskInfo", "breaking")
    assert (found.old, found.new) == ("Id, Name, AssociateId, DetailsTable", "DetailsTable, Id, Name, AssociateId")


def _lifted(member: bytes, data: bytes = DATA) -> bytes:
    """A member of BatchTaskInfo becomes one of its base's, the last."""
    head, found, tail = _in_task(data, member, b"").partition(b'<xs:complexType name="Carrier">')
    return head + found + tail.replace(b"</xs:sequence>", member + b"</xs:sequence>", 1)


@pytest.mark.parametrize(("name", "rule"), [("Id", "base-rearranged"), ("AssociateId", "member-order-changed")])
def test_a_member_that_goes_up_into_the_base_or_down_from_it_is_none_that_goes_or_comes(name: str, rule: str) -> None:
    """A message has it still: the same one where it was the first of the type's own, else in another order."""
    lifted = _lifted(b'<xs:element name="%s" type="xs:int" minOccurs="0"/>' % name.encode())
    assert told(changes(DATA, lifted)) == [(rule, "BatchTaskInfo")]
    assert told(changes(lifted, DATA)) == [(rule, "BatchTaskInfo")]


def test_a_member_that_goes_up_comes_into_the_other_heirs() -> None:
    other = b'<xs:complexType name="Other"><xs:complexContent><xs:extension base="tns:Carrier"/></xs:complexContent>'
    data = DATA.replace(b'<xs:complexType name="Carrier">', other + b'</xs:complexType><xs:complexType name="Carrier">')
    answer = b'<xs:element name="Response" type="tns:BatchTaskInfo"'
    assert answer in data
    data = data.replace(answer, answer.replace(b"BatchTaskInfo", b"Other"), 1)
    lifted = _lifted(b'<xs:element name="Id" type="xs:int" minOccurs="0"/>', data)
    for before, after, rule in ((data, lifted, "member-added"), (lifted, data, "member-removed")):
        found = {c.rule: c for c in changes(before, after)}
        assert set(found) == {rule, "base-rearranged"}
        assert (found[rule].path, found[rule].operations) == ("Carrier.Id", ("Batch.GetBatchTaskInfo",))


def test_a_header_of_every_operation_is_one_change() -> None:
    operations = services(DATA)[0].operations
    found = changes(DATA, edit_wsdl(DATA, *[("wsdl-header-removed", f"{o}Request.TimeZone") for o in operations]))
    assert [(c.rule, c.path, c.direction, len(c.operations)) for c in found] == [
        ("header-removed", "Batch/request/header/TimeZone", "request", 11)
    ]


def test_a_digest_that_is_the_same_needs_no_look() -> None:
    service = services(DATA)[0]
    broken = replace(service, schema=None, operations={})  # type: ignore[arg-type]
    assert compare([service], [broken]) == ()


def test_a_base_that_is_renamed_is_told_once() -> None:
    (found,) = changes(DATA, DATA.replace(b'"Carrier"', b'"Bearer"').replace(b':Carrier"', b':Bearer"'))
    assert (found.rule, found.path, found.new, found.severity) == ("type-renamed", "Carrier", "Bearer", "safe")


def test_a_type_that_took_anothers_place_is_compared_with_it() -> None:
    data = pair("type-renamed")[0]
    new = data.replace(b'"Note">\n', b'"Memo">\n').replace(b't:Note"', b't:Memo"').replace(b'"Text"', b'"Words"')
    assert told(changes(data, new)) == [
        ("member-added", "Note.Words"),
        ("member-removed", "Note.Text"),
        ("type-renamed", "Note"),
    ]


# --- the vendor's own ---------------------------------------------------------------------------------------------


def _vendor(old: str, new: str, *agents: str) -> list[tuple[str, str, str]]:
    from contracts.wsdl.load import load_services

    before, after = (load_services(str(shared() / "vendor" / side))[0] for side in (old, new))
    return [(c.severity, c.rule, c.path) for c in compare(before, after, agents=agents)]


@needs_shared
def test_services85_in_place() -> None:
    assert _vendor("in-place/2023", "in-place/2026") == [
        ("breaking", "operation-removed", "BLOB.GetAppData"),
        ("breaking", "operation-removed", "BLOB.SetAppData"),
    ]


@needs_shared
def test_84_to_85() -> None:
    assert _vendor("Services84", "Services85", "Batch", "SoPrincipal") == []
    found = _vendor("Services84", "Services85")
    assert [f for f in found if f[0] != "safe"] == [
        ("risky", "member-added", "Person.SupportAssociateId"),
        ("risky", "enum-value-added", "Navigation.PersonArchive"),
        ("risky", "enum-value-added", "Navigation.PersonMinicard"),
    ]
    assert {f[1] for f in found if f[0] == "safe"} == {"operation-added", "agent-added"}
    assert len(found) == 15


@needs_shared
def test_85_to_86() -> None:
    assert _vendor("Services85", "Services86", "SoPrincipal") == [
        ("safe", "operation-added", "SoPrincipal.AuthenticateWithAccessToken")
    ]
    found = _vendor("Services85", "Services86")
    assert [f[2] for f in found if f[0] != "safe"] == ["Associate.UserName", "Address.Postal", "Address.Street"]
    assert {f[1] for f in found if f[0] == "safe"} == {"operation-added"}
    assert len(found) == 26

"""Folders of WSDLs that import each other: their types are compared once, and told of whom they reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from contracts.diff.compare import compare
from contracts.model import Change
from contracts.wsdl.load import load_services
from tests.helpers.cost import within

from .comparing import EXAMPLES

NOTES = (EXAMPLES / "old.wsdl").read_text(encoding="utf-8")
SPACE = "http://www.superoffice.net/ws/crm/NetServer/Services85"
Links = Callable[[int], Iterable[int]]


def space(number: int) -> str:
    return SPACE.replace("NetServer", f"Part{number}")


def write_notes(folder: Path, count: int, links: Links, edit: Callable[[str], str] = str) -> Path:
    """So many of the plain service, each with a namespace, an agent and a type of its own, and what it imports."""
    folder.mkdir()
    for i in range(count):
        text = NOTES.replace(SPACE, space(i)).replace('"Notes"', f'"Notes{i}"').replace(":Notes", f":Notes{i}")
        for name in ('complexType name="Note"', 't:Note"'):
            text = text.replace(name, name.replace("Note", f"Note{i}"))
        imports = (f'<wsdl:import namespace="{space(j)}" location="{j}.wsdl"/>' for j in links(i))
        text = text.replace("  <wsdl:types>", "".join(imports) + "<wsdl:types>", 1)
        (folder / f"{i}.wsdl").write_text(edit(text), encoding="utf-8")
    return folder


def compare_folders(old: Path, new: Path) -> tuple[Change, ...]:
    return compare(*(load_services(str(side), any_binding=True)[0] for side in (old, new)))


def change_text(text: str) -> str:
    return text.replace('name="Text" type="xs:string"', 'name="Text" type="xs:int"')


@pytest.mark.parametrize(
    ("count", "links"),
    [(150, lambda i: (j for j in range(150) if j != i)), (300, lambda i: range(i + 1, min(i + 2, 300)))],
    ids=["each imports all others", "each imports the next"],
)
def test_each_type_of_many_linked_wsdls_is_compared_once(count: int, links: Links, tmp_path: Path) -> None:
    old, new = (write_notes(tmp_path / side, count, links, edit) for side, edit in (("a", str), ("b", change_text)))
    with within(seconds=3):
        found = compare_folders(old, new)
    assert {change.path: change.agents for change in found} == {f"Note{i}.Text": (f"Notes{i}",) for i in range(count)}


def test_a_type_is_told_of_all_agents_that_reach_it(tmp_path: Path) -> None:
    def hold_next(text: str) -> str:
        """Each type has a member of the next one."""
        for i in range(2):
            member = f'<xs:element name="Next" xmlns:n="{space(i + 1)}" type="n:Note{i + 1}" minOccurs="0"/>'
            own = f'<xs:complexType name="Note{i}">\n        <xs:sequence>'
            text = text.replace(own, own + member)
        return text

    old = write_notes(tmp_path / "a", 3, lambda i: range(i + 1, 3), hold_next)
    new = write_notes(tmp_path / "b", 3, lambda i: range(i + 1, 3), lambda text: change_text(hold_next(text)))
    found = {change.path: change.operations for change in compare_folders(old, new)}
    assert found == {f"Note{i}.Text": tuple(f"Notes{j}.SaveNote" for j in range(i + 1)) for i in range(3)}


def test_a_type_that_nobody_holds_is_told_of_all(tmp_path: Path) -> None:
    def add_type(text: str) -> str:
        return text.replace("</xs:schema>", '<xs:complexType name="Lonely"/></xs:schema>') if "Notes1" in text else text

    sides = (write_notes(tmp_path / side, 3, lambda i: range(i + 1, 3), e) for side, e in (("a", str), ("b", add_type)))
    found = compare_folders(*sides)
    assert [(c.rule, c.path, c.agents) for c in found] == [("type-added", "Lonely", ("Notes0", "Notes1", "Notes2"))]


def test_a_type_that_one_agent_has_renamed_is_not_gone_for_the_others(tmp_path: Path) -> None:
    def rename(text: str) -> str:
        return text.replace('complexType name="Note2"', 'complexType name="Memo2"').replace('t:Note2"', 't:Memo2"')

    sides = (write_notes(tmp_path / side, 3, lambda i: range(i + 1, 3), e) for side, e in (("a", str), ("b", rename)))
    found = compare_folders(*sides)
    assert [(c.rule, c.path, c.agents) for c in found] == [("type-renamed", "Note2", ("Notes2",))]


def test_a_type_in_messages_of_one_agent_is_not_called_unused_for_the_others(tmp_path: Path) -> None:
    def inline(text: str) -> str:
        return text.replace('type="t:Note2"', 'type="xs:string"')

    def remove(text: str) -> str:
        start, end = text.find('<xs:complexType name="Note2">'), text.find("</xs:complexType>\n      <xs:simpleType")
        return inline(text[:start] + text[end + len("</xs:complexType>") :] if start >= 0 else text)

    sides = (write_notes(tmp_path / side, 3, lambda i: range(i + 1, 3), e) for side, e in (("a", str), ("b", remove)))
    found = compare_folders(*sides)
    assert {change.rule for change in found} == {"type-changed"}
    assert {agent for change in found for agent in change.agents} == {"Notes2"}

"""Pairs of WSDLs that say the same in other words: nothing is reported."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from contracts.diff.compare import compare
from contracts.mutate.wsdl_editor import WSDL, XS
from contracts.wsdl.load import load_services
from tests.helpers.shared import needs_shared, shared

from .comparing import BATCH, EXAMPLES, changes, told

NOTES = EXAMPLES / "old.wsdl"


def _of_the_tree(change: Callable[[etree._Element], None]) -> Callable[[bytes], bytes]:
    """A change of a WSDL's tree as one of its bytes."""

    def edited(data: bytes) -> bytes:
        root = etree.fromstring(data)
        change(root)
        return etree.tostring(root)

    return edited


def _prefixes(data: bytes) -> bytes:
    """Other prefixes, declared where they are used."""
    text = data.decode()
    for node_type in sorted(set(re.findall(r'(?:type|base|element|itemType|message)="(\w+):', text))):
        text = text.replace(f"xmlns:{node_type}=", f"xmlns:q9{node_type}=")
        text = re.sub(rf'((?:type|base|element|itemType|message)="){node_type}:', rf"\1q9{node_type}:", text)
        text = re.sub(rf"(</?){node_type}:", rf"\1q9{node_type}:", text)
    return text.encode()


@_of_the_tree
def _shuffled(root: etree._Element) -> None:
    """Declarations in another order: types, elements, messages, operations, headers."""
    tags = (f"{XS}schema", f"{WSDL}portType", f"{WSDL}binding", f"{WSDL}input", f"{WSDL}output")
    for parent in [root, *root.iter(*tags)]:
        children = [c for c in parent if isinstance(c.tag, str) and c.tag != f"{XS}import"]
        random.Random(7).shuffle(children)
        parent.extend(children)


@_of_the_tree
def _documented(root: etree._Element) -> None:
    for node in list(root.iter(f"{WSDL}operation", f"{WSDL}message")):
        etree.SubElement(node, f"{WSDL}documentation").text = "Words."
        node.insert(0, node[-1])
    for node in list(root.iter(f"{XS}element", f"{XS}complexType")):
        note = etree.Element(f"{XS}annotation")
        etree.SubElement(note, f"{XS}documentation").text = "Words."
        if node.find(f"{XS}annotation") is None:
            node.insert(0, note)
    root.insert(0, etree.Comment("words"))


def _spaced(data: bytes) -> bytes:
    return re.sub(rb">\s*<", b">\r\n\t  <", data)


def _moved(data: bytes) -> bytes:
    return re.sub(rb'location="[^"]*"', b'location="https://elsewhere.example/Batch.svc"', data)


def _next_version(data: bytes) -> bytes:
    return data.replace(b"Services85", b"Services86")


@_of_the_tree
def _enum_order(root: etree._Element) -> None:
    for restriction in root.iter(f"{XS}restriction"):
        for value in restriction.findall(f"{XS}enumeration"):
            if value.find(f"{XS}annotation") is None:
                restriction.insert(0, value)


@_of_the_tree
def _named_wrappers(root: etree._Element) -> None:
    """The anonymous types of messages as types with a name."""
    for schema in root.iter(f"{XS}schema"):
        for element in schema.findall(f"{XS}element"):
            kind = element.find(f"{XS}complexType")
            if kind is not None:
                kind.set("name", f"{element.get('name')}Type")
                prefix = next(p for p, uri in element.nsmap.items() if uri == schema.get("targetNamespace"))
                element.set("type", f"{prefix}:{element.get('name')}Type")
                schema.append(kind)


SAME: list[Callable[[bytes], bytes]] = [
    lambda data: data, _prefixes, _shuffled, _documented, _spaced, _moved, _next_version, _named_wrappers,
]  # fmt: skip


@pytest.mark.parametrize("same", SAME)
@pytest.mark.parametrize("wsdl", [NOTES, BATCH], ids=["Notes", "Batch"])
def test_the_same_in_other_words(wsdl: Path, same: Callable[[bytes], bytes]) -> None:
    data = wsdl.read_bytes()
    assert told(changes(data, same(data))) == []
    assert told(changes(same(data), data)) == []


def test_the_order_of_an_enumeration() -> None:
    data = NOTES.read_bytes()
    assert told(changes(data, _enum_order(data))) == []


def test_schemas_in_files_of_their_own(tmp_path: Path) -> None:
    root = etree.fromstring(BATCH.read_bytes())
    types = root.find(f"{WSDL}types")
    assert types is not None
    for i, schema in enumerate(types.findall(f"{XS}schema")):
        (tmp_path / f"{i}.xsd").write_bytes(etree.tostring(schema))
        types.remove(schema)
        holder = etree.SubElement(types, f"{XS}schema")
        include = etree.SubElement(holder, f"{XS}import", schemaLocation=f"{i}.xsd")
        include.set("namespace", schema.get("targetNamespace", ""))
    split = tmp_path / "service.wsdl"
    split.write_bytes(etree.tostring(root))
    assert told(compare(load_services(str(BATCH))[0], load_services(str(split))[0])) == []


@needs_shared
def test_nothing_changes_between_a_file_and_itself() -> None:
    paths = sorted(str(p) for suffix in ("*.wsdl", "*Services*.xml") for p in (shared() / "vendor").rglob(suffix))
    assert len(paths) > 15
    for path in paths:
        # Read twice and told apart, so that nothing is taken for granted.
        old, new = load_services(path)[0], load_services(path)[0]
        for service in new:
            object.__setattr__(service, "digest", "another")
        assert told(compare(old, new)) == [], path

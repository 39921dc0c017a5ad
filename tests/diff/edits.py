"""A WSDL, edited: what a test changes in one, and what of it has to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from lxml import etree

from contracts.diff.change_rules import example_pair
from contracts.diff.compare import compare
from contracts.model import Change
from contracts.wsdl.document import parse_wsdl
from contracts.wsdl.service import Service

XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
PACKAGE = Path(__file__).parents[2] / "contracts"
BATCH = PACKAGE / "Services85" / "Batch" / "service.wsdl"
EXAMPLES = PACKAGE / "diff" / "examples"
CALM = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
"""For Hypothesis: the same examples on each run, and nothing that measures the machine."""


def services(data: bytes, name: str = "service.wsdl") -> list[Service]:
    return parse_wsdl(data, name, any_binding=True)


def pair(rule: str) -> tuple[bytes, bytes]:
    """The old and the new WSDL of the change's example."""
    old, new = example_pair(rule)
    return old.read_bytes(), new.read_bytes()


def changes(old: bytes, new: bytes) -> tuple[Change, ...]:
    return compare(services(old), services(new))


def edited(data: bytes, edit: Callable[[etree._Element], None]) -> bytes:
    root = etree.fromstring(data)
    edit(root)
    return etree.tostring(root)


def told(found: tuple[Change, ...]) -> list[tuple[str, str]]:
    """(rule, path), sorted."""
    return sorted((change.rule, change.path) for change in found)


@dataclass(frozen=True)
class Edit:
    """``apply`` changes a tree; ``rule`` and ``path`` are the one change it is. Edits of one ``target`` exclude
    each other."""

    rule: str
    path: str
    target: str
    apply: Callable[[etree._Element], None]

    def __repr__(self) -> str:
        return f"{self.rule} at {self.path}"


def every_edit(data: bytes) -> list[Edit]:
    """Each edit of the kinds below that the WSDL has a place for."""
    root = etree.fromstring(data)
    found: list[Edit] = []
    for maker in (_members, _enum_values, _operations):
        found += maker(root)
    return found


def _at(root: etree._Element, node: etree._Element) -> Callable[[etree._Element], etree._Element]:
    place = root.getroottree().getelementpath(node)
    return lambda other: _found(other, place)


def _found(root: etree._Element, place: str) -> etree._Element:
    node = root.find(place)
    assert node is not None
    return node


def _members(root: etree._Element) -> Iterator[Edit]:
    for sequence in root.iter(f"{XS}sequence"):
        members = [m for m in sequence if m.tag == f"{XS}element"]
        owner = next(a for a in sequence.iterancestors() if a.get("name"))
        kind, prefix = "member", f"{owner.get('name')}."
        holder = next((a for a in owner.iterancestors(f"{XS}complexType") if a.get("name")), None)
        if holder is not None:  # the pairs of a dictionary have a type without a name
            prefix = f"{holder.get('name')}.{prefix}"
        elif owner.tag == f"{XS}element":
            operation, direction = _message(str(owner.get("name")))
            kind, prefix = "parameter", f"Batch.{operation}/{direction}/"
        group = _at(root, sequence)
        target = f"Batch.{operation}" if kind == "parameter" else prefix.partition(".")[0]
        for i, member in enumerate(members):
            path = prefix + str(member.get("name"))
            yield Edit(f"{kind}-removed", path, target, lambda r, g=group, i=i: g(r).remove(g(r)[i]))
            yield from _retyped(member, group, i, path, target)
        for i in range(len(members) + 1):
            yield Edit(f"{kind}-added", f"{prefix}Fresh", target, lambda r, g=group, i=i: g(r).insert(i, _fresh()))
        for i in range(len(members) - 1):
            yield Edit(
                f"{kind}-order-changed", prefix[:-1], target, lambda r, g=group, i=i: g(r).insert(i, g(r)[i + 1])
            )


def _fresh() -> etree._Element:
    return etree.Element(f"{XS}element", name="Fresh", type="xs:int", minOccurs="0", nsmap={"xs": XS[1:-1]})


def _retyped(
    member: etree._Element, group: Callable[[etree._Element], etree._Element], i: int, path: str, target: str
) -> Iterator[Edit]:
    def setting(**values: str) -> Callable[[etree._Element], None]:
        return lambda r: [group(r)[i].set(k, v) for k, v in values.items()] and None  # type: ignore[func-returns-value]

    kind = str(member.get("type", "")).rpartition(":")[2]
    prefix = next(p for p, uri in member.nsmap.items() if uri == XS[1:-1])
    for old, new, rule in (
        ("int", "long", "type-widened"),
        ("int", "short", "type-narrowed"),
        ("int", "string", "type-changed"),
        ("boolean", "int", "type-changed"),
        ("short", "unsignedShort", "type-changed"),
        ("string", "int", "type-changed"),
    ):
        if kind == old:
            yield Edit(rule, path, target, setting(type=f"{prefix}:{new}"))
    if member.get("minOccurs") == "0":
        yield Edit("element-required", path, target, setting(minOccurs="1"))
    nillable = member.get("nillable") == "true"
    rule = "element-not-nillable" if nillable else "element-nillable"
    yield Edit(rule, path, target, setting(nillable="false" if nillable else "true"))


def _enum_values(root: etree._Element) -> Iterator[Edit]:
    for restriction in root.iter(f"{XS}restriction"):
        owner = next(a for a in restriction.iterancestors() if a.get("name"))
        values = [v for v in restriction if v.tag == f"{XS}enumeration"]
        name, group = str(owner.get("name")), _at(root, restriction)
        for i, value in enumerate(values):
            path = f"{name}.{value.get('value')}"
            yield Edit("enum-value-removed", path, name, lambda r, g=group, i=i: g(r).remove(g(r)[i]))
            fresh = lambda: etree.Element(f"{XS}enumeration", value="Fresh")  # noqa: E731 - made anew for each tree
            yield Edit("enum-value-added", f"{name}.Fresh", name, lambda r, g=group, i=i, f=fresh: g(r).insert(i, f()))


def _operations(root: etree._Element) -> Iterator[Edit]:
    binding = root.find(f"{WSDL}binding")
    assert binding is not None
    for bound in binding.iterchildren(f"{WSDL}operation"):
        name, group = str(bound.get("name")), _at(root, bound)
        label = f"Batch.{name}"
        yield Edit("operation-removed", label, label, lambda r, g=group: g(r).getparent().remove(g(r)))
        yield Edit(
            "action-changed",
            f"{label}/SOAPAction",
            label,
            lambda r, g=group: g(r).find(f"{SOAP}operation").set("soapAction", "urn:other"),
        )
        for side, direction in (("input", "request"), ("output", "response")):
            for i, header in enumerate(bound.findall(f"{WSDL}{side}/{SOAP}header")):
                yield Edit(
                    "header-removed",
                    f"{label}/{direction}/header/{header.get('part')}",
                    label,
                    lambda r, g=group, s=side, i=i: (
                        g(r).find(f"{WSDL}{s}").remove(g(r).findall(f"{WSDL}{s}/{SOAP}header")[i])
                    ),
                )


def _message(element: str) -> tuple[str, str]:
    plain = element.removesuffix("Response")
    return plain, "request" if plain == element else "response"

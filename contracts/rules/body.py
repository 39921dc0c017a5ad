"""Elements against the schema: what libxml2 calls invalid is explained here, one finding for one fault.

libxml2 decides; the walk says what is wrong in words a person understands, and sees what an order error hides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from lxml import etree

from ..model import Element, Finding, Type, local, namespace
from ..wsdl.service import Service
from ..xsd.schema import ANY, Schema
from .case import NIL, XML_SPACE, XSI, XSI_TYPE, Judging, is_nil, shown, tag, text_of
from .values import fault_of
from .watching import Watch, suspicious

SOAP_ATTRIBUTES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
_FREE = {NIL, XSI_TYPE, f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"}
_MOST = 20
"""Undeclared attributes of one element that are named one by one."""

_Judged = tuple[int, etree._Element, list[Finding]]
"""A child, how many stand before it, and what is wrong inside it."""


def judge_element(
    judging: Judging, service: Service, node: etree._Element, declared: Element, watched: Watch
) -> set[str] | None:
    """Judges a global element (the operation's, or a header block) and all that it holds.

    Returns the names of its members that are there or were meant to be there; None where nothing is wrong.
    """
    schema = service.schema
    subject = node
    if node.attrib and any(namespace(str(a)) in SOAP_ATTRIBUTES for a in node.attrib) and watched.header:
        subject = _without_soap_attributes(node)  # they are SOAP's, not the schema's
    valid = (watched.header or not judging.invalid) and schema.validator.validate(subject)
    if valid and not suspicious(node, watched):
        return None
    walk = _Walk(judging, schema, header=watched.header)
    before = len(judging.findings)
    present = walk.element(node, declared)
    if not valid and len(judging.findings) == before and not schema.validator.validate(_collapsed(subject)):
        judging.add("body-schema", node, "valid by the schema", _said(schema, subject))
    return present


def _said(schema: Schema, node: etree._Element) -> str:
    """What libxml2 says is wrong, in its words."""
    try:
        schema.validator.assertValid(node)
    except etree.DocumentInvalid as error:
        return " ".join(str(error).split())[:200]
    return "not valid"


def _without_soap_attributes(node: etree._Element) -> etree._Element:
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for name in list(copy.attrib):
        if namespace(str(name)) in SOAP_ATTRIBUTES:
            del copy.attrib[name]
    return copy


def _collapsed(node: etree._Element) -> etree._Element:
    """A copy without the space around values and xsi:type, which libxml2 does not always drop as it should."""
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for at in copy.iter(etree.Element):
        if not len(at) and at.text:
            at.text = at.text.strip(XML_SPACE)
        if given := at.get(XSI_TYPE):
            at.set(XSI_TYPE, given.strip(XML_SPACE))
    return copy


def _children(node: etree._Element) -> Iterable[etree._Element]:
    return node.iterchildren(tag=etree.Element)


@dataclass(slots=True)
class _Walk:
    judging: Judging
    schema: Schema
    header: bool
    astray: set[etree._Element] = field(default_factory=set)
    """Elements in a namespace that is not theirs: what stands in the same inside them is so by the same fault."""

    def element(self, node: etree._Element, declared: Element) -> set[str]:
        """Judges one element against its declaration; returns the members it has."""
        kind = self._kind(node, declared)
        if kind is not None and kind.name == ANY:
            if NIL in node.attrib:
                self._nil(node, declared)
            return set()  # it holds whatever it likes
        as_attributes = self._attributes(node, kind)
        if NIL in node.attrib and self._nil(node, declared):
            return {m.name for m in self.schema.members(kind.name)} if kind else set()
        if kind is None:
            return set()
        if kind.kind != "complex":
            self._simple(node, kind)
            return set()
        if any(t.content != "sequence" for t in self.schema.lineage(kind.name)):
            return {c.tag for c in _children(node)}
        present = self._members(node, kind, as_attributes)
        if kind.dictionary:
            self._keys(node)
        return present

    def _kind(self, node: etree._Element, declared: Element) -> Type | None:
        kind = self.schema.type(declared.type)
        given = node.get(XSI_TYPE)
        if given is None:
            if kind is not None and kind.abstract:
                self.judging.add(
                    "value-xsi-type", node, f"xsi:type with a type derived from {local(kind.name)}", "none"
                )
            return kind
        prefix, colon, name = given.strip(XML_SPACE).rpartition(":")
        space = node.nsmap.get(prefix if colon else None)
        wanted = f"{local(declared.type)}, or a type derived from it"
        if colon and space is None:
            hint = "declare the prefix with xmlns, or leave xsi:type out"
            self.judging.add("value-xsi-type", node, wanted, f"{shown(given)}: its prefix is not declared", hint)
            return kind
        actual = f"{{{space}}}{name}" if space else name
        known = self.schema.type(actual)
        if known is None or not self.schema.derives(actual, declared.type):
            self.judging.add("value-xsi-type", node, wanted, shown(given))
            return None if len(node) and kind and kind.kind != "complex" else kind  # by what it says, more may be right
        return known

    def _attributes(self, node: etree._Element, kind: Type | None) -> set[str]:
        """Reports undeclared attributes. Returns their names, in lower case: they may have been meant as members."""
        if not node.attrib:
            return set()
        parent = node.getparent()
        free = set(_FREE)
        free.update(a.name for t in (self.schema.lineage(kind.name) if kind else ()) for a in t.attributes)
        block = self.header and parent is not None and local(str(parent.tag)) == "Header"
        names = map(str, node.attrib)
        found = [n for n in names if n not in free and not (block and namespace(n) in SOAP_ATTRIBUTES)]
        for name in found[:_MOST]:  # lxml looks each value up from the first attribute on
            self.judging.add(
                "body-attribute", node, "no attribute", f"{local(name)}={shown(node.get(name, ''), node, name)}"
            )
        return {local(name).lower() for name in found}

    def _nil(self, node: etree._Element, declared: Element) -> bool:
        if node.get(NIL, "").strip(XML_SPACE) not in ("true", "1", "false", "0"):
            self.judging.add("value-lexical", node, "xsi:nil: true, false, 1 or 0", shown(node.get(NIL, "")))
            return False
        if not declared.nillable:
            # libxml2 takes even xsi:nil="false" for an error where the declaration is not nillable.
            self.judging.add(
                "value-nil",
                node,
                f"{tag(declared.name)} with a value: it is not nillable",
                f"xsi:nil={shown(node.get(NIL, ''))}",
            )
            return is_nil(node)
        if not is_nil(node):
            return False
        if len(node) or (node.text or ""):
            self.judging.add("value-nil-content", node, "no content beside xsi:nil", "content")
        return True

    def _simple(self, node: etree._Element, kind: Type) -> None:
        child = next(iter(_children(node)), None)
        if child is not None:
            self.judging.add("value-nested", node, "a value", tag(str(child.tag)))
            return
        text = text_of(node)
        if fault := fault_of(self.schema, kind, text, node.nsmap):
            rule, expected = fault
            found = shown(text, node) if text else "nothing"
            self.judging.add(rule, node, expected, found)

    def _members(self, node: etree._Element, kind: Type, as_attributes: set[str]) -> set[str]:
        members = self.schema.members(kind.name)
        by_name = {m.name: i for i, m in enumerate(members)}
        children = list(_children(node))
        exact = {c.tag for c in children if c.tag in by_name}
        crowd = Counter(c.tag for c in children)
        counts: Counter[int] = Counter()
        order: list[tuple[int, etree._Element]] = []
        unknown: list[tuple[int, etree._Element]] = []
        crowded: dict[int, list[_Judged]] = {}
        findings = self.judging.findings
        told: set[str] = set()
        for child in children:
            index = by_name.get(child.tag)
            if index is None:
                index = self._meant(child, members, exact, told)
                if index is None and child.tag not in told:
                    unknown.append((len(order), child))
                told.add(child.tag)
                if index is None:
                    continue
            counts[index] += 1
            limit = members[index].max_occurs
            start = len(findings)
            self.element(child, members[index])
            if limit is None or crowd[child.tag] <= limit:
                order.append((index, child))
            else:
                crowded.setdefault(index, []).append((len(order), child, findings[start:]))
                del findings[start:]
        self._order(order, members)
        meant = {i for i, m in enumerate(members) if m.local.lower() in as_attributes} - set(counts)
        before = [-1, *accumulate((i for i, _ in order), max)]
        after = [*accumulate((i for i, _ in reversed(order)), min, initial=len(members))][::-1]
        gaps = [range(low + 1, high) for low, high in zip(before, after, strict=True)]
        for index, group in crowded.items():
            meant |= self._twice(group, members, index, [gaps[p] for p, _, _ in group], set(counts) | meant)
        unknown, held = self._unwrapped(unknown, members, set(counts) | meant)
        meant |= held
        for position, child in unknown:
            absent = [i for i in range(len(members)) if i not in counts and i not in meant]
            meant |= self._unknown(child, members, absent, gaps[position])
        stray = "".join(t for t in (node.text, *(c.tail for c in node)) if t and t.strip(XML_SPACE)).strip(XML_SPACE)
        if stray and not children:
            meant = set(range(len(members)))  # their values, or their markup as text, stand in it
        for index, member in enumerate(members):
            if counts.get(index, 0) < member.min_occurs and index not in meant:
                hint = f'add it; without a value: {tag(member.name)[:-1]} xsi:nil="true"/>' if member.nillable else ""
                self.judging.add("body-member-missing", node, tag(member.name), "it is missing", hint)
        if not stray and not members and not children and node.text:
            self.judging.add("body-text", node, "no content, not even white space", "white space")
        if stray:
            hint = f"put each value into {tag(members[0].name)}" if members and members[0].max_occurs != 1 else ""
            self.judging.add("body-text", node, "elements only", shown(stray, node), hint)
        return {members[i].name for i in (*counts, *meant)}

    def _twice(
        self, group: list[_Judged], members: tuple[Element, ...], index: int, gaps: list[range], there: set[int]
    ) -> set[int]:
        """Reports a member that is there too often. Returns the members that the ones too many were meant to be.

        Rather those are too many whose content does not fit: what is wrong with it is then no fault of its own.
        """
        name, limit = tag(members[index].name), members[index].max_occurs or 0
        ranked = sorted(group, key=lambda row: bool(row[2]))
        hint, inner = self._many(members[index]), [found for row in ranked[:limit] for found in row[2]]
        if not hint or any(found.rule != "body-text" for found in inner):  # else all are values that want one array
            self.judging.findings += inner
        once = "once" if limit == 1 else f"{limit} times"
        self.judging.add("body-twice", ranked[limit][1], f"{name} {once}", "once more", hint)
        absent = {i for gap in gaps for i in gap if i not in there and _wanted(members[i])}
        return set(sorted(absent)[: len(group) - limit])

    def _many(self, member: Element) -> str:
        """How several values of a member are sent, where it can hold them: a hint."""
        kind, inside = self.schema.type(member.type), self.schema.members(member.type)
        if kind is not None and kind.kind == "list":
            return f"send one {tag(member.name)}, its values with a space between them"
        if len(inside) == 1 and inside[0].max_occurs != 1:
            return f"send one {tag(member.name)}, with {tag(inside[0].name)} for each"
        return ""

    def _meant(
        self, child: etree._Element, members: tuple[Element, ...], exact: set[str], told: set[str]
    ) -> int | None:
        """The member that a misspelled child was meant to be; says what is wrong with it, unless that is ``told``."""
        name, space = local(str(child.tag)), namespace(str(child.tag))
        for index, member in enumerate(members):
            there = member.name in exact and member.max_occurs == 1  # then another one was not meant as it
            if there or member.local.lower() != name.lower():
                continue
            strays = space != namespace(member.name)
            parent = child.getparent()
            along = strays and parent in self.astray and space == namespace(str(parent.tag))  # as all inside it
            if strays:
                self.astray.add(child)
            if child.tag in told or along:
                return index
            if strays:
                found = f"namespace {shown(space)}" if space else "no namespace"
                self.judging.add("body-namespace", child, f"{tag(member.name)} in {namespace(member.name)}", found)
            else:
                self.judging.add("body-case", child, tag(member.name), tag(str(child.tag)))
            return index
        return None

    def _unwrapped(
        self, unknown: list[tuple[int, etree._Element]], members: tuple[Element, ...], there: set[int]
    ) -> tuple[list[tuple[int, etree._Element]], set[int]]:
        """Reports the members of a member that stand in its place, without it, once for all of them.

        Returns the other unknown children, and that member.
        """
        best: set[etree._Element] = set()
        holder = -1
        for index, member in enumerate(members) if unknown else ():
            may = index not in there or member.max_occurs != 1
            inside = {m.local for m in self.schema.members(member.type)} if may else set()
            hits = {child for _, child in unknown if local(str(child.tag)) in inside}
            if len(hits) > len(best):
                best, holder = hits, index
        if not best:
            return unknown, set()
        inner = [child for _, child in unknown if child in best]
        name = tag(members[holder].name)
        found = ", ".join(dict.fromkeys(tag(str(child.tag)) for child in inner[:6])) + (" …" if len(inner) > 6 else "")
        self.judging.add("body-unknown", inner[0], name, f"{found} without it", f"put what it holds into {name}")
        return [row for row in unknown if row[1] not in best], {holder}

    def _unknown(self, child: etree._Element, members: tuple[Element, ...], absent: list[int], gap: range) -> set[int]:
        """Reports an undeclared child. Returns the members that it was meant to be, or holds: they are not missing."""
        names = tuple([m.local for m in members])
        name = local(str(child.tag))
        close = _close(name, names)
        hint = f"did you mean {close[0]}?" if close and close[0] != name else ""
        wanted = f"one of {', '.join(names[:6])}{' …' if len(names) > 6 else ''}" if names else "no element"
        found = tag(name) + (f" of {namespace(str(child.tag)) or 'no namespace'}" if name in names else "")
        self.judging.add("body-unknown", child, wanted, found, hint)
        inside = {local(str(c.tag)) for c in child.iterdescendants(etree.Element)}
        if wrapped := {i for i in absent if names[i] in inside}:
            return wrapped
        likely = [i for i in absent if close and names[i] == close[0]]
        in_place = [i for i in absent if i in gap and _wanted(members[i])]
        return set((likely or in_place)[:1])

    def _order(self, order: list[tuple[int, etree._Element]], members: tuple[Element, ...]) -> None:
        indexes = [i for i, _ in order]
        if indexes == sorted(indexes):
            return
        moved = _out_of_order(indexes)
        first = order[moved[0]]
        after = [members[i].local for i in sorted(set(indexes)) if i > first[0]]
        before = [members[i].local for i in sorted(set(indexes)) if i < first[0]]
        expected = (
            f"{members[first[0]].local} before {after[0]}" if after else f"{members[first[0]].local} after {before[-1]}"
        )
        found = ", ".join(dict.fromkeys(members[i].local for i in indexes))
        self.judging.add("body-order", first[1], expected, found if len(found) <= 100 else found[:97] + "…")

    def _keys(self, node: etree._Element) -> None:
        seen: set[str] = set()
        for pair in _children(node):
            entry = next((c for c in _children(pair) if local(str(c.tag)).lower() == "key"), None)
            if entry is None:
                continue
            key = "\x00nil" if is_nil(entry) else text_of(entry)
            if key in seen:
                value = "that is nil" if is_nil(entry) else shown(key, entry)
                self.judging.add("body-key-twice", pair, "each key once", f"a second {tag(str(entry.tag))} {value}")
            seen.add(key)


def _wanted(member: Element) -> bool:
    """Whether a member is missed where it is not there: by the schema, or as it is read as 0."""
    return member.min_occurs > 0 or not member.nillable


@lru_cache(maxsize=1024)
def _close(name: str, names: tuple[str, ...]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, names, 1)


def _out_of_order(indexes: list[int]) -> list[int]:
    """Positions that are not in a longest non-decreasing subsequence: what was moved."""
    import bisect

    tails: list[int] = []
    tail_at: list[int] = []
    previous: list[int] = []
    for position, value in enumerate(indexes):
        length = bisect.bisect_right(tails, value)
        previous.append(tail_at[length - 1] if length else -1)
        if length == len(tails):
            tails.append(value)
            tail_at.append(position)
        else:
            tails[length], tail_at[length] = value, position
    kept: set[int] = set()
    at = tail_at[-1]
    while at >= 0:
        kept.add(at)
        at = previous[at]
    return [p for p in range(len(indexes)) if p not in kept]

"""An element and all that it holds against the schema: what libxml2 calls invalid is explained, one finding a fault.

libxml2 decides; the walk says what is wrong in words a person understands, and sees what an order error hides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate

from lxml import etree

from ..model import (
    ANY_TYPE,
    ARRAYS,
    ENVELOPE,
    ENVELOPE12,
    NIL,
    XML,
    XML_SPACE,
    XSI,
    XSI_TYPE,
    Element,
    Finding,
    Type,
    local,
    namespace,
    text_of,
)
from ..model.wording import cut_middle
from ..wsdl.service import Service
from ..xsd.schema import Schema
from .case import (
    ODD_SPACE,
    REFUSES,
    SILENT,
    XML_SCHEMA,
    Case,
    Rule,
    children_of,
    is_odd_space,
    shown,
    stray_text,
    tag,
)
from .complaints import find_complained
from .dictionaries import check_keys
from .encoding import ENCODING_STYLE, is_encoded, is_encoding_shown, report_encoded
from .second_look import ID, REF, find_bad_references, find_suspicious, watch_elements
from .values import check_nil, check_type, check_value

_SOAP_NAMESPACES = (ENVELOPE, ENVELOPE12)
_FREE_ATTRIBUTES = {NIL, XSI_TYPE, f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"}
_ATTRIBUTE_HINTS = {
    **dict.fromkeys(("nil", "null", "type"), f"XML Schema's own are xsi:nil and xsi:type, of {XSI}"),
    **dict.fromkeys((ID, REF), "the schema has no references: send the object itself, where it is meant"),
}
_MOST_ATTRIBUTES = 20
"""Undeclared attributes of one element that are named one by one."""
_XML_ATTRIBUTE = f"{{{XML}}}"
_Judged = tuple[int, etree._Element, list[Finding], bool]
"""A child, how many stand before it, what is wrong inside it, and whether anything is: it may be told of another."""


REFERENCE = Rule(
    "body-reference", "xsd", "Microsoft's serialization schema: xs:ID, xs:IDREF",
    "a z:Ref names a z:Id of the message, and each z:Id is there once", "send the object itself, or its z:Id once",
    REFUSES
)  # fmt: skip
_REFERENCES = {ID: "each z:Id once", REF: "the z:Id of an element"}
SCHEMA = Rule(
    "body-schema", "xsd", XML_SCHEMA, "the message is valid by the schema", "compare it with the schema",
    "depends on what is wrong"
)  # fmt: skip


def check_element(
    case: Case, service: Service, node: etree._Element, declared: Element, *, header: bool = False
) -> set[str] | None:
    """Judges a global element (the operation's, or a ``header`` block) and all that it holds.

    Returns the names of its members that are there or were meant to be there; None where nothing is wrong.
    """
    schema = service.schema
    subject = node
    if header and any(namespace(str(name)) in _SOAP_NAMESPACES for name in node.attrib):
        subject = _copy_without_soap(node)  # mustUnderstand and actor are SOAP's, not the schema's
    # That a body is not valid is known where it was asked: libxml2 takes seconds for thousands of errors.
    validity = None if header else case.body_validity
    valid = case.accepts(schema, subject) if validity is None else validity.is_valid
    watch = watch_elements(schema, declared.name)
    suspicious = find_suspicious(node, watch)
    if valid and not suspicious:
        return None
    before = case.told
    complained = [] if valid else validity.complained if validity else None
    doubtful = None if complained is None else _surround_doubtful([*complained, *suspicious])
    present = _ElementWalk(case, schema, header, doubtful).check_node(node, declared)
    if doubtful and case.told == before:  # it is not where libxml2 says
        present = _ElementWalk(case, schema, header).check_node(node, declared)
    for at, name, what in find_bad_references(node) if watch.references else ():
        place = f"{case.place_of(at)}/@{local(name)}"
        found = f"{shown(at.get(name, ''))}, which {what}"
        case.add(REFERENCE, place, expected=_REFERENCES[name], found=found, line=case.line_of(at))
    if not valid and case.told == before and not case.accepts(schema, _copy_collapsed(subject)):
        found = schema.find_error(subject, case.heed_limits) or "not valid"
        places = find_complained(case, schema, node) if subject is node else None
        case.add(SCHEMA, places[0] if places else node, expected="valid by the schema", found=found)
    return present


def _surround_doubtful(doubtful: list[etree._Element]) -> dict[etree._Element, bool]:
    """These, in which anything may be wrong (true), and all around them."""
    surrounded = dict.fromkeys((holder for at in doubtful for holder in at.iterancestors()), False)
    return surrounded | dict.fromkeys(doubtful, True)


def _copy_without_soap(node: etree._Element) -> etree._Element:
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for name in list(copy.attrib):
        if namespace(str(name)) in _SOAP_NAMESPACES:
            del copy.attrib[name]
    return copy


def _copy_collapsed(node: etree._Element) -> etree._Element:
    """A copy without the space around values and xsi:type, which libxml2 does not always drop as it should."""
    copy = etree.fromstring(etree.tostring(node, with_tail=False))
    for at in copy.iter(etree.Element):
        if not len(at) and at.text:
            at.text = at.text.strip(XML_SPACE)
        if given := at.get(XSI_TYPE):
            at.set(XSI_TYPE, given.strip(XML_SPACE))
    return copy


UNKNOWN = Rule(
    "body-unknown", "xsd", XML_SCHEMA, "every element is declared", "leave it out, or look for its right name",
    f"{SILENT}: it skips the element"
)  # fmt: skip
NAMESPACE = Rule(
    "body-namespace", "xsd", XML_SCHEMA, "every element is in the namespace it is declared in",
    "put it into the contract's namespace", f"{SILENT}: it skips the element and uses the default"
)  # fmt: skip
CASE = Rule(
    "body-case", "xsd", XML_SCHEMA, "names are spelled as declared, case included", "mind the case",
    f"{SILENT}: it skips the element and uses the default"
)  # fmt: skip
ORDER = Rule(
    "body-order", "xsd", XML_SCHEMA, "members come in the order in which they are declared",
    "send them in the declared order", f"{SILENT}: it loses the members that come too late"
)  # fmt: skip
TWICE = Rule(
    "body-twice", "xsd", XML_SCHEMA, "a member is there once", "send it once", f"{SILENT}: the last one wins"
)  # fmt: skip
MEMBER_MISSING = Rule(
    "body-member-missing", "xsd", XML_SCHEMA, "a member that the schema requires is there", "add it", REFUSES
)  # fmt: skip
ATTRIBUTE = Rule(
    "body-attribute", "xsd", XML_SCHEMA, "attributes are declared; parameters are elements",
    "send parameters as elements", f"{SILENT}: it ignores the attribute"
)  # fmt: skip
TEXT = Rule(
    "body-text", "xsd", XML_SCHEMA, "no text stands between elements", "leave the text out",
    "ignores it, or answers 500"
)  # fmt: skip
WHITE_SPACE = Rule(
    "body-white-space", "xsd", XML_SCHEMA, "an element without members is empty", "leave the white space out",
    "reads it as empty"
)  # fmt: skip


@dataclass(slots=True)
class _ElementWalk:
    """Down an element that is not valid, or that libxml2 does not look at closely enough."""

    case: Case
    schema: Schema
    header: bool
    doubtful: dict[etree._Element, bool] | None = None
    """As `_surround_doubtful` has them: the others are right."""
    astray: set[etree._Element] = field(default_factory=set)
    """Elements in a namespace that is not theirs: what stands in the same inside them is so by the same fault."""

    def check_node(self, node: etree._Element, declared: Element) -> set[str]:
        """Judges one element against its declaration; returns the members it has."""
        if self.doubtful is not None:
            inside = self.doubtful.get(node)
            if inside is None:
                return set()
            if inside:
                return replace(self, doubtful=None).check_node(node, declared)
        self.case.count_step()
        attributes = node.keys()
        if attributes and is_encoded(self.case, node):
            report_encoded(self.case, node)
            return {m.name for m in self.schema.members(declared.type)}
        kind = check_type(self.case, self.schema, node, declared)
        if kind is not None and kind.name == ANY_TYPE:
            if NIL in attributes:
                check_nil(self.case, node, declared)
            return set()  # it holds whatever it likes
        as_attributes = self.check_attributes(node, kind)
        if NIL in attributes and check_nil(self.case, node, declared):
            return {m.name for m in self.schema.members(kind.name)} if kind else set()
        if kind is None:
            return set()
        if kind.kind != "complex":
            # Empty, it has the value that the schema gives it; or attributes hold that, or say that there is none.
            if len(node) or text_of(node) or not (declared.preset or as_attributes):
                check_value(self.case, self.schema, node, kind)
            return set()
        lineage = self.schema.lineage(kind.name)
        if kind.content == "simple":
            check_value(self.case, self.schema, node, next((t for t in lineage if t.kind != "complex"), kind))
            return set()
        if any(t.content != "sequence" for t in lineage):
            return self.check_known(node, kind)
        present = self.check_members(node, kind, as_attributes)
        if kind.dictionary:
            check_keys(self.case, self.schema, node, kind)
        return present

    def check_known(self, node: etree._Element, kind: Type) -> set[str]:
        """The children of an element that are more than a sequence: what is in each; of the rest libxml2 tells."""
        members: dict[str, list[Element]] = {}
        for member in self.schema.members(kind.name):
            members.setdefault(member.name, []).append(member)
        children = list(children_of(node))
        for child in children:
            if len(meant := members.get(child.tag, [])) == 1:  # in a choice one name may have several types
                self.check_node(child, meant[0])
        return {child.tag for child in children}

    def check_attributes(self, node: etree._Element, kind: Type | None) -> set[str]:
        """Reports undeclared attributes. Returns their names, in lower case: they may have been meant as members."""
        names = [name for name in map(str, node.keys()) if name not in _FREE_ATTRIBUTES]
        if not names:
            return set()
        parent = node.getparent()
        free = {a.name for t in (self.schema.lineage(kind.name) if kind else ()) for a in t.attributes}
        block = self.header and parent is not None and local(str(parent.tag)) == "Header"
        found = [n for n in names if n not in free and not (block and namespace(n) in _SOAP_NAMESPACES)]
        if ENCODING_STYLE in found and is_encoding_shown(self.case, node):
            found.remove(ENCODING_STYLE)  # it says once more what is reported where it shows
        for name in found[:_MOST_ATTRIBUTES]:  # lxml looks each value up from the first attribute on
            value = f"{cut_middle(local(name))}={shown(node.get(name, ''), node, name)}"
            hint = _ATTRIBUTE_HINTS.get(name) or _ATTRIBUTE_HINTS.get(local(name), "")
            if name.startswith(_XML_ATTRIBUTE):
                hint = "XML's own attributes have to be declared too"
            self.case.add(ATTRIBUTE, node, expected="no attribute", found=value, hint=hint)
        return {local(name).lower() for name in found}

    def check_members(self, node: etree._Element, kind: Type, as_attributes: set[str]) -> set[str]:
        """The children of an element against the members of its type; returns those that are there or meant to be."""
        members = self.schema.members(kind.name)
        places = {m.name: i for i, m in enumerate(members)}
        children = list(children_of(node))
        indexes = [places.get(child.tag, -1) for child in children]
        meant = {i for i, m in enumerate(members) if m.local.lower() in as_attributes} if as_attributes else set()
        if _are_in_order(indexes, members):
            for index, child in zip(indexes, children, strict=True):
                self.check_node(child, members[index])
            counts = Counter(indexes)
        else:
            counts, meant = self.untangle(children, indexes, members, meant)
        stray = stray_text(node)
        if stray and not children:
            meant = set(range(len(members)))  # their values, or their markup as text, stand in it
        self.check_required(node, members, counts, meant)
        self.check_text(node, members, children, stray)
        return {members[i].name for i in (*counts, *meant)}

    def untangle(
        self, children: list[etree._Element], places: list[int], members: tuple[Element, ...], meant: set[int]
    ) -> tuple[Counter[int], set[int]]:
        """Children that are not all known, each as often as it may be, in the order of the members.

        ``places``: the member that each is by its name, -1 where it is none. ``meant``: members that are there in
        another form. Returns how often each member is there, and those that others were meant to be.
        """
        exact = {child.tag for place, child in zip(places, children, strict=True) if place >= 0}
        crowd = Counter(child.tag for child in children)
        counts: Counter[int] = Counter()
        order: list[tuple[int, etree._Element]] = []
        unknown: list[tuple[int, etree._Element]] = []
        crowded: dict[int, list[_Judged]] = {}
        findings = self.case.findings
        told: set[str] = set()
        for place, child in zip(places, children, strict=True):
            index = place if place >= 0 else None
            if index is None:
                index = self.find_misspelled(child, members, exact, told)
                if index is None and child.tag not in told:
                    unknown.append((len(order), child))
                told.add(child.tag)
                if index is None:
                    continue
            counts[index] += 1
            limit = members[index].max_occurs
            start, before_told = len(findings), self.case.told
            self.check_node(child, members[index])
            if limit is None or crowd[child.tag] <= limit:
                order.append((index, child))
            else:
                crowded.setdefault(index, []).append(
                    (len(order), child, findings[start:], self.case.told > before_told)
                )
                del findings[start:]
        self.check_order(order, members)
        meant = meant - set(counts)
        before = [-1, *accumulate((i for i, _ in order), max)]
        after = [*accumulate((i for i, _ in reversed(order)), min, initial=len(members))][::-1]
        gaps = [range(low + 1, high) for low, high in zip(before, after, strict=True)]
        for index, group in crowded.items():
            meant |= self.report_twice(group, members, index, [gaps[p] for p, *_ in group], set(counts) | meant)
        unknown, held = self.report_missing_wrapper(unknown, members, set(counts) | meant)
        meant |= held
        for position, child in unknown:
            absent = [i for i in range(len(members)) if i not in counts and i not in meant]
            meant |= self.report_unknown(child, members, absent, gaps[position])
        return counts, meant

    def check_required(
        self, node: etree._Element, members: tuple[Element, ...], counts: Counter[int], meant: set[int]
    ) -> None:
        for index, member in enumerate(members):
            if counts.get(index, 0) < member.min_occurs and index not in meant:
                hint = f'add it; without a value: {tag(member.name)[:-1]} xsi:nil="true"/>' if member.nillable else ""
                self.case.add(MEMBER_MISSING, node, expected=tag(member.name), found="it is missing", hint=hint)

    def check_text(
        self, node: etree._Element, members: tuple[Element, ...], children: list[etree._Element], stray: str
    ) -> None:
        if not stray and not members and not children and node.text:
            self.case.add(WHITE_SPACE, node, expected="no content, not even white space", found="white space")
        if stray:
            hint = ""
            if members and members[0].max_occurs != 1:
                hint = f"put each value into {tag(members[0].name)}"
            elif members and not children:
                hint = (
                    f"send what it holds as elements, such as {tag(members[0].name)}: not as text, escaped or in CDATA"
                )
            fault = ODD_SPACE if is_odd_space(stray) else None
            self.case.add(TEXT, node, expected="elements only", found=shown(stray, node), hint=hint, fault=fault)

    def report_twice(
        self, group: list[_Judged], members: tuple[Element, ...], index: int, gaps: list[range], there: set[int]
    ) -> set[int]:
        """Reports a member that is there too often. Returns the members that the ones too many were meant to be.

        Rather those are too many whose content does not fit: what is wrong with it is then no fault of its own.
        """
        name, limit = tag(members[index].name), members[index].max_occurs or 0
        ranked = sorted(group, key=lambda row: row[3])
        hint, inner = self.hint_at_many(members[index]), [found for row in ranked[:limit] for found in row[2]]
        item = next((tag(m.name) for m in self.schema.members(members[index].type)), "")
        if not hint or any(found.rule != TEXT.id and found.expected != item for found in inner):
            self.case.findings += inner  # else all are values, or structs, that want one array
        once = "once" if limit == 1 else f"{limit} times"
        self.case.add(TWICE, ranked[limit][1], expected=f"{name} {once}", found="once more", hint=hint)
        absent = {i for gap in gaps for i in gap if i not in there and _is_missed(members[i])}
        return set(sorted(absent)[: len(group) - limit])

    def hint_at_many(self, member: Element) -> str:
        """How several values of a member are sent, where it can hold them."""
        kind, inside = self.schema.type(member.type), self.schema.members(member.type)
        if kind is not None and kind.kind == "list":
            return f"send one {tag(member.name)}, its values with a space between them"
        if len(inside) == 1 and inside[0].max_occurs != 1:
            return f"send one {tag(member.name)}, with {tag(inside[0].name)} for each"
        return ""

    def find_misspelled(
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
            holder = _name_around(child)
            along = strays and parent in self.astray and space == namespace(holder)  # as all inside it
            if strays:
                self.astray.add(child)
            if child.tag in told or along:
                return index
            if strays:
                found = f"namespace {shown(space)}" if space else "no namespace"
                expected = f"{tag(member.name)} in {namespace(member.name) or 'no namespace'}"
                hint = f"put it into {namespace(member.name)}" if namespace(member.name) == ARRAYS else ""
                if not namespace(member.name):
                    hint = 'the schema qualifies no members: send it without a prefix, under xmlns=""'
                self.case.add(NAMESPACE, child, expected=expected, found=found, hint=hint, fault=(holder, space))
            else:
                fault = (CASE, holder, child.tag)
                self.case.add(CASE, child, expected=tag(member.name), found=tag(str(child.tag)), fault=fault)
            return index
        return None

    def report_missing_wrapper(
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
        hint = f"put what it holds into {name}"
        fault = (UNKNOWN, _name_around(inner[0]), name)
        self.case.add(UNKNOWN, inner[0], expected=name, found=f"{found} without it", hint=hint, fault=fault)
        return [row for row in unknown if row[1] not in best], {holder}

    def report_unknown(
        self, child: etree._Element, members: tuple[Element, ...], absent: list[int], gap: range
    ) -> set[int]:
        """Reports an undeclared child. Returns the members that it was meant to be, or holds: they are not missing."""
        names = tuple([m.local for m in members])
        name = local(str(child.tag))
        close = _find_close(name, names)
        hint = f"did you mean {close[0]}?" if close and close[0] != name else ""
        wanted = f"one of {', '.join(names[:6])}{' …' if len(names) > 6 else ''}" if names else "no element"
        found = tag(name) + (f" of {namespace(str(child.tag)) or 'no namespace'}" if name in names else "")
        fault = (UNKNOWN, _name_around(child), child.tag)
        self.case.add(UNKNOWN, child, expected=wanted, found=found, hint=hint, fault=fault)
        inside = {local(str(c.tag)) for c in child.iterdescendants(etree.Element)}
        if wrapped := {i for i in absent if names[i] in inside}:
            return wrapped
        likely = [i for i in absent if close and names[i] == close[0]]
        in_place = [i for i in absent if i in gap and _is_missed(members[i])]
        return set((likely or in_place)[:1])

    def check_order(self, order: list[tuple[int, etree._Element]], members: tuple[Element, ...]) -> None:
        indexes = [i for i, _ in order]
        if indexes == sorted(indexes):
            return
        position = _find_moved(indexes)[0]
        first, node = order[position]
        overtaken = [i for i in indexes[:position] if i > first]
        late = [i for i in indexes[position:] if i < first]
        wanted = f"before {members[min(overtaken)].local}" if overtaken else f"after {members[max(late)].local}"
        expected = f"{members[first].local} {wanted}"
        found = ", ".join(dict.fromkeys(members[i].local for i in indexes))
        self.case.add(ORDER, node, expected=expected, found=cut_middle(found))


def _are_in_order(places: list[int], members: tuple[Element, ...]) -> bool:
    """Whether children are all declared, each as often as it may be, in the order of the members."""
    last = -1
    for place in places:
        if place < last or place < 0 or (place == last and members[place].max_occurs is not None):
            return False
        last = place
    return True


def _is_missed(member: Element) -> bool:
    """Whether a member is missed where it is not there: by the schema, or as it is read as 0."""
    return member.min_occurs > 0 or not member.nillable


def _name_around(node: etree._Element) -> str:
    """The name of the element that one is in: structs of one name share what is wrong with a name in them."""
    parent = node.getparent()
    return "" if parent is None else str(parent.tag)


@lru_cache(maxsize=1024)
def _find_close(name: str, names: tuple[str, ...]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, names, 1)


def _find_moved(indexes: list[int]) -> list[int]:
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

"""What changed between one agent of an old version and the same agent of a new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..model import Element, Operation, Part, is_anonymous, local
from ..wsdl.service import Service
from .names import Names
from .reach import DIRECTIONS, Place, Reach
from .texts import Texts
from .types import Emit, Types


@dataclass(frozen=True, slots=True)
class Found:
    """A change as one agent shows it. ``key`` tells what is the same change in another agent: its path, mostly."""

    rule: str
    key: str
    path: str
    old: str | None
    new: str | None
    agent: str
    places: frozenset[Place]


def one_sided(service: Service, rule: str) -> Found:
    """An agent that only one side has."""
    old, new = (service.agent, None) if rule == "agent-removed" else (None, service.agent)
    places: frozenset[Place] = frozenset((name, d) for name in service.operations for d in DIRECTIONS)
    return Found(rule, service.agent, service.agent, old, new, service.agent, places)


def compare_services(old: Service, new: Service) -> list[Found]:
    """Every change between two services of one agent."""
    if old.digest == new.digest:
        return []
    return _Comparison(old, new).all()


class _Comparison:
    def __init__(self, old: Service, new: Service) -> None:
        self.old, self.new, self.agent = old, new, old.agent
        self.names = Names(old, new)
        self.types = Types(old, new, self.names)
        self.texts = Texts(old), Texts(new)
        self.reach = Reach(old, self.texts[0]), Reach(new, self.texts[1])
        self.texts_tell = not self.names.moved and self.texts[0].shared == self.texts[1].shared
        self.pairs = [(old.operations[n], new.operations[n]) for n in old.operations if n in new.operations]
        self.found: list[Found] = []
        self.wrappers: set[str] = set()
        """Named types of the old side that are compared as a message's own."""

    def all(self) -> list[Found]:
        self._binding()
        self._operations()
        bodies: dict[tuple[str, str], list[Place]] = {}
        headers: dict[tuple[str, str], list[Place]] = {}
        faults: dict[tuple[str, str], list[Place]] = {}
        on_each: list[Found] = []
        for old, new in self.pairs:
            on_each += self._operation(old, new)
            on_each += self._faults(old, new, faults)
            for place, first, second in _parts(old, new):
                on_each += self._headers(place, first, second, headers)
                if old.style != new.style:  # another wrapper altogether: what it holds cannot be compared
                    continue
                if first.body and second.body:
                    bodies.setdefault((first.body, second.body), []).append(place)
                elif first.body or second.body:
                    shown = (local(p.body) if p.body else "no element" for p in (first, second))
                    on_each.append(self._at("body-changed", place, "", *shown))
                self.types.parts(
                    self._typed(first, self.old), self._typed(second, self.new), self._path(place), self._emit([place])
                )
        self._bodies(bodies, on_each)
        self.found += self._collapsed(on_each)
        self._beside(headers, "header")
        self._beside(faults, "fault")
        self._all_types()
        return self.found

    # --- binding and operations ---------------------------------------------------------------------------------

    def _binding(self) -> None:
        everywhere = self._emit([(o.name, d) for o, _ in self.pairs for d in DIRECTIONS])
        old, new = self.old.binding, self.new.binding
        same_style = all(o.style == n.style for o, n in self.pairs)
        for rule, first, second in (
            ("soap-version-changed", old.soap, new.soap),
            # An operation's own style counts; the binding's is told where it changes for tools that read no other.
            ("style-changed", *((old.style, new.style) if same_style else ("", ""))),
            ("transport-changed", old.transport, new.transport),
        ):
            if first != second:
                everywhere(rule, f"{self.agent}/binding", first or "none", second or "none")
        for second, first in self.names.moved.items():
            spaces = (space or "no namespace" for space in (first, second))
            everywhere("namespace-changed", f"{self.agent}/namespace", *spaces)

    def _operations(self) -> None:
        before, after = self.old.operations, self.new.operations
        for name in before:
            if name not in after:
                self._emit([(name, d) for d in DIRECTIONS])("operation-removed", f"{self.agent}.{name}", name, None)
        for name in after:
            if name not in before:
                self._emit([(name, d) for d in DIRECTIONS])("operation-added", f"{self.agent}.{name}", None, name)

    def _operation(self, old: Operation, new: Operation) -> Iterator[Found]:
        both = (old.name, "")
        if self.names.action(old.action, 0) != self.names.action(new.action, 1):
            yield self._at("action-changed", both, "/SOAPAction", old.action, new.action)
        if old.style != new.style:
            yield self._at("style-changed", both, "/binding", old.style, new.style)
        if old.response and not new.response:
            yield self._at("response-removed", (old.name, "response"), "", _body(old.response), None)
        if new.response and not old.response:
            yield self._at("response-added", (old.name, "response"), "", None, _body(new.response))
        for place, first, second in _parts(old, new):
            uses = [(first.body_use, second.body_use)]
            if first.headers and second.headers:
                uses.append((first.header_use, second.header_use))
            if changed := next((u for u in uses if u[0] != u[1]), None):
                yield self._at("use-changed", place, "", *changed)
            actions = self.names.action(first.action, 0), self.names.action(second.action, 1)
            if actions[0] != actions[1] and (first.action, second.action) != (old.action, new.action):
                shown = (p.action or None for p in (first, second))
                yield self._at("addressing-action-changed", place, "/Action", *shown)

    def _headers(
        self, place: Place, old: Part, new: Part, shared: dict[tuple[str, str], list[Place]]
    ) -> Iterator[Found]:
        before, after = ({local(h): h for h in p.headers} for p in (old, new))
        for name, header in before.items():
            if name in after:
                shared.setdefault((header, after[name]), []).append(place)
            else:
                yield self._at("header-removed", place, f"/header/{name}", name, None)
        for name in after:
            if name not in before:
                yield self._at("header-added", place, f"/header/{name}", None, name)

    def _faults(self, old: Operation, new: Operation, shared: dict[tuple[str, str], list[Place]]) -> Iterator[Found]:
        before, after = dict(old.faults), dict(new.faults)
        place = (old.name, "response")
        for name, element in before.items():
            if name not in after:
                yield self._at("fault-removed", place, f"/fault/{name}", name, None)
            elif local(element) != local(after[name]):
                yield self._at("body-changed", place, f"/fault/{name}", local(element), local(after[name]))
            else:
                shared.setdefault((element, after[name]), []).append(place)
        for name in after:
            if name not in before:
                yield self._at("fault-added", place, f"/fault/{name}", None, name)

    # --- messages -----------------------------------------------------------------------------------------------

    def _bodies(self, bodies: dict[tuple[str, str], list[Place]], on_each: list[Found]) -> None:
        for (old_name, new_name), places in bodies.items():
            if local(old_name) != local(new_name):
                on_each += [self._at("body-changed", p, "", local(old_name), local(new_name)) for p in places]
                continue
            old, new = self.old.schema.element(old_name), self.new.schema.element(new_name)
            path, emit = self._path(min(places)), self._emit(places)
            if self._same_element(old_name, new_name, old, new):
                continue
            if old is None or new is None:
                if old is not new:
                    emit("body-changed", path, *("declared" if e else "not declared" for e in (old, new)))
            elif self._is_type(old.type, new.type):
                self.types.element(old, new, path, emit)
            else:
                self.wrappers.add(old.type)
                self.types.body(old, new, path, emit)

    def _is_type(self, old: str, new: str) -> bool:
        """Whether a message's element has a type that other things have too: then what changes in it is the type's."""
        same = self.names.old(old) == self.names.new(new)
        if same:
            if is_anonymous(old) and not (self.old.schema.has_references or self.new.schema.has_references):
                return False  # nothing else can have the element's own type
            return self.reach[0].is_inner(old) or self.reach[1].is_inner(new)
        return self.old.schema.type(new) is not None and self.new.schema.type(old) is not None

    def _beside(self, elements: dict[tuple[str, str], list[Place]], kind: str) -> None:
        """The elements of headers and faults, which operations share."""
        for (old_name, new_name), places in elements.items():
            old, new = self.old.schema.element(old_name), self.new.schema.element(new_name)
            if old is not None and new is not None and not self._same_text("element", old_name, new_name):
                place = min(places)
                path = f"{self._path(place)}/{kind}/{old.local}"
                key = f"{kind} {self.names.old(old_name)}"
                self.types.element(old, new, path, self._emit(places, (path, key)))

    def _typed(self, part: Part, service: Service) -> list[Element]:
        return [p if p.type else service.schema.element(p.name) or p for p in part.parts]

    def _same_element(self, old_name: str, new_name: str, old: Element | None, new: Element | None) -> bool:
        """Whether both sides declare the element, and the type that is its alone, in the same words."""
        if old is None or new is None or not self._same_text("element", old_name, new_name):
            return False
        return is_anonymous(old.type) or self._same_text("type", old.type, new.type)

    def _same_text(self, kind: str, old: str, new: str) -> bool:
        if not self.texts_tell:
            return False
        sides = zip(self.texts, (old, new), strict=True)
        first, second = ((text.element if kind == "element" else text.type)(name) for text, name in sides)
        return first is not None and first == second

    # --- types --------------------------------------------------------------------------------------------------

    def _all_types(self) -> None:
        before = {self.names.old(n): n for n in self.old.schema.type_names()}
        after = {self.names.new(n): n for n in self.new.schema.type_names()}
        for name, old in before.items():
            if name in after and old not in self.wrappers and not self._same_text("type", old, after[name]):
                self.types.compare(old, after[name], local(old), self._emit_type(old, after[name]))
        done = set[tuple[str, str]]()
        while pending := [pair for pair in self.types.renamed if pair not in done]:  # each may bring others
            for old, new in pending:
                done.add((old, new))
                if not self.types.alike(old, new):
                    self.types.compare(old, new, local(old), self._emit_type(old, new))
        self._told_of_heirs()
        for old, new in self.types.renamed:
            shown = (local(old), local(new)) if local(old) != local(new) else (old, new)
            self._emit_type(old, new)("type-renamed", local(old), *shown)
        renamed = {name for pair in self.types.renamed for name in pair}
        gone = [n for key, n in before.items() if key not in after and n not in renamed | self.wrappers]
        come = [n for key, n in after.items() if key not in before and n not in renamed]
        self._one_sided(gone, 0, before, after)
        self._one_sided(come, 1, before, after)

    def _told_of_heirs(self) -> None:
        """A member that moved between a base and its heirs: what is told of the base is not true of these."""
        for path, (base, heirs) in self.types.moved.items():
            told = [f for f in self.found if f.path == path and f.rule.endswith(("member-removed", "member-added"))]
            without = (frozenset(pair[side] for pair in heirs) for side in (0, 1))
            places = [r.places(n, w) for r, n, w in zip(self.reach, base, without, strict=True)]
            self.found = [f for f in self.found if f not in told]
            if left := places[0] & places[1]:
                self.found += [replace(f, places=left) for f in told]

    def _one_sided(self, only: list[str], side: int, before: dict[str, str], after: dict[str, str]) -> None:
        """Types of one side: worth a word where no operation has them, or where they can stand for their base."""
        verb = ("removed", "added")[side]
        for name in only:
            shown = (local(name), None) if side == 0 else (None, local(name))
            reach = self.reach[side]
            if not reach.places(name):
                self._emit([])(f"type-{verb}", local(name), *shown)
            elif not reach.is_named(name) and not _is_abstract((self.old, self.new)[side], name):
                base = self._common_base(name, side, before, after)
                places = self.reach[0].declared(base[0]) & self.reach[1].declared(base[1]) if base else frozenset()
                if places:
                    self._emit(places)(f"derived-type-{verb}", local(name), *shown)

    def _common_base(
        self, name: str, side: int, before: dict[str, str], after: dict[str, str]
    ) -> tuple[str, str] | None:
        """The nearest base that both sides have."""
        for base in (self.old, self.new)[side].schema.lineage(name):
            key = (self.names.old, self.names.new)[side](base.name)
            if key in before and key in after:
                return before[key], after[key]
        return None

    # --- changes ------------------------------------------------------------------------------------------------

    def _path(self, place: Place) -> str:
        return f"{self.agent}.{place[0]}/{place[1]}" if place[1] else f"{self.agent}.{place[0]}"

    def _at(self, rule: str, place: Place, tail: str, old: str | None, new: str | None) -> Found:
        places = [place] if place[1] else [(place[0], d) for d in DIRECTIONS]
        path = self._path(place) + tail
        return Found(rule, path, path, old, new, self.agent, frozenset(places))

    def _emit(self, places: Iterable[Place], shared: tuple[str, str] = ("", "")) -> Emit:
        """``shared``: what the paths of this agent begin with, and what stands for it in any other."""
        where = frozenset(places)

        def emit(rule: str, path: str, old: str | None, new: str | None) -> None:
            key = shared[1] + path.removeprefix(shared[0])
            self.found.append(Found(rule, key, path, old, new, self.agent, where))

        return emit

    def _emit_type(self, old_type: str, new_type: str) -> Emit:
        """Works out where the type is only for a change."""

        def emit(rule: str, path: str, old: str | None, new: str | None) -> None:
            places = self.reach[0].places(old_type) & self.reach[1].places(new_type)
            self.found.append(Found(rule, path, path, old, new, self.agent, places))

        return emit

    def _collapsed(self, on_each: list[Found]) -> Iterator[Found]:
        """What was done to every operation alike is one change of the agent: ``Batch/request/header/TimeZone``."""
        alike: dict[tuple[str, str, str, str], list[Found]] = {}
        for found in on_each:
            operation = next(iter(found.places))[0]
            tail = found.path.removeprefix(f"{self.agent}.{operation}")
            old, new = (text.replace(operation, "{operation}") if text else "" for text in (found.old, found.new))
            alike.setdefault((found.rule, tail, old, new), []).append(found)
        for (_, tail, old, new), group in alike.items():
            if len(group) < len(self.pairs) or (len(group) == 1 and tail != "/binding"):
                yield from group
            else:
                path = self.agent + tail
                places = frozenset(place for found in group for place in found.places)
                yield replace(group[0], key=path, path=path, old=old or None, new=new or None, places=places)


def _parts(old: Operation, new: Operation) -> Iterator[tuple[Place, Part, Part]]:
    for direction in DIRECTIONS:
        first, second = old.part(direction), new.part(direction)
        if first is not None and second is not None:
            yield (old.name, direction), first, second


def _is_abstract(service: Service, name: str) -> bool:
    found = service.schema.type(name)
    return found is not None and found.abstract


def _body(part: Part) -> str:
    return local(part.body) if part.body else "a message"

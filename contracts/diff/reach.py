"""Which operations a type is in a message of, through members, arrays, bases, headers and derived types."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import product

from ..model import DIRECTIONS, Direction, Operation, is_anonymous, local
from .folding import NameFolding, ServicePair
from .holdings import Holdings, Place, read_holdings
from .outline import Kind, TextComparison

MessageId = tuple[str, str]
"""(operation, direction)"""
AgentMessages = Mapping[str, frozenset[MessageId]]
"""The messages of each agent that has any."""
_Messages = int
"""Messages, each a bit."""

_KINDS: dict[str, Kind] = {"element": "element", "in": "type"}


class Reach:
    """Answers for the types of an old and a new document (the sides 0 and 1), by the names that they have there.

    Works out all when first asked, and for all agents at once. What both sides say alike is read of the old one.
    """

    def __init__(self, pairs: Sequence[ServicePair], names: NameFolding, text: TextComparison) -> None:
        self._pairs, self._fold, self._text = pairs, (names.old, names.new), text
        self._spreads: dict[tuple[int, frozenset[str]], _Spread] = {}

    def messages_with(
        self, old: str, new: str, without: tuple[frozenset[str], ...] = (frozenset(), frozenset())
    ) -> AgentMessages:
        """The messages in which a value of an old type can be on the old side, and one of a new type on the new side.

        A value of a type that inherits from it is one as well, but for those ``without``: heirs of each side.
        """
        found = (self._spread(side, without[side])[self._place("in", side, (old, new)[side])] for side in (0, 1))
        return self._index.decode(next(found) & next(found))

    def messages_declaring(self, old: str, new: str) -> AgentMessages:
        """The messages in which an element is declared to be of the type: there its derived types can stand too."""
        found = (self._spread(side)[self._place("of", side, (old, new)[side])] for side in (0, 1))
        return self._index.decode(next(found) & next(found))

    def list_reached(self, side: int, name: str) -> Set[str]:
        """The agents of which any message of the side may have a value of the type."""
        return self._index.decode(self._spread(side)[self._place("in", side, name)]).keys()

    def is_named(self, side: int, name: str) -> bool:
        """Whether anything (an element, a member) is declared to be of the type."""
        return bool(self._holders(side, self._place("of", side, name)))

    def is_inner(self, side: int, name: str) -> bool:
        """Whether something in a type is declared to be of the type, itself or by reference to an element."""
        if is_anonymous(name):
            return bool(self._holders(side, self._place("element", side, name.replace("}#", "}", 1))))
        return any(
            holder[0] != "element" or not self._is_typed(side, holder) or self._holders(side, holder)
            for holder in self._holders(side, self._place("of", side, name))
        )

    @cached_property
    def _index(self) -> _MessageIndex:
        return _MessageIndex(self._pairs, self._fold, self._text)

    def _is_typed(self, side: int, element: Place) -> bool:
        return any(element in holdings.typed for holdings in self._holdings[side])

    def _place(self, kind: str, side: int, name: str) -> Place:
        return kind, self._fold[side](name)

    def _holders(self, side: int, place: Place) -> list[Place]:
        return _list_holders(self._holdings[side], place)

    @cached_property
    def _holdings(self) -> tuple[tuple[Holdings, Holdings], tuple[Holdings, Holdings]]:
        """Of each side: what both declare alike, and what it declares beside that."""
        alike, old, new = Holdings(), Holdings(), Holdings()

        def is_alike(place: Place) -> bool:
            return self._text.is_alike(_KINDS.get(place[0], "group"), local(place[1]))

        first, second = (service.schema for service in self._pairs[0])
        read_holdings(first, self._fold[0], lambda place: alike if is_alike(place) else old)
        read_holdings(second, self._fold[1], lambda place: None if is_alike(place) else new)
        return (alike, old), (alike, new)

    def _spread(self, side: int, without: frozenset[str] = frozenset()) -> _Spread:
        """The messages of all that is on a side, but for these heirs."""
        found = self._spreads.get((side, without))
        if found is None:
            excepted = {self._place("in", side, name) for name in without}
            found = self._spreads[side, without] = _Spread(self._holdings[side], excepted, self._index, side)
        return found


def _list_holders(holdings: tuple[Holdings, Holdings], place: Place) -> list[Place]:
    return [holder for one in holdings for holder in one.holders.get(place, ())]


class _Spread:
    """The messages of each place: its own, and those of all above it. Each place is visited once, however many ask."""

    def __init__(
        self, holdings: tuple[Holdings, Holdings], excepted: set[Place], index: _MessageIndex, side: int
    ) -> None:
        self._holdings, self._excepted, self._index, self._side = holdings, excepted, index, side
        self._known: dict[Place, _Messages] = {}

    def __getitem__(self, place: Place) -> _Messages:
        if place not in self._known:
            self._visit(place)
        return self._known[place]

    def _list_above(self, place: Place) -> list[Place]:
        """Whoever holds it, inherits it, or may have it in the place of its base."""
        above = _list_holders(self._holdings, place)
        if place[0] == "in":
            return [("of", place[1]), *(holder for holder in above if holder not in self._excepted)]
        return above + [one.bases[place] for one in self._holdings if place in one.bases]

    def _visit(self, start: Place) -> None:
        """Gabow's search for components: places that hold each other have the same messages."""
        open_places, numbers, starts = [start], {start: 0}, [0]
        above = {start: self._list_above(start)}
        todo = [(start, iter(above[start]))]
        while todo:
            place, rest = todo[-1]
            for one in rest:
                if one in self._known:
                    continue
                if one not in numbers:
                    numbers[one] = len(open_places)
                    starts.append(len(open_places))
                    open_places.append(one)
                    above[one] = self._list_above(one)
                    todo.append((one, iter(above[one])))
                    break
                while starts[-1] > numbers[one]:  # a circle: all of it is one component
                    starts.pop()
            else:
                todo.pop()
                if starts[-1] == numbers[place]:
                    component = open_places[starts.pop() :]
                    del open_places[numbers[place] :]
                    found = 0
                    for member in component:
                        found |= self._index.find_messages(self._side, member)
                        for one in above[member]:
                            found |= self._known.get(one, 0)
                    self._known.update(dict.fromkeys(component, found))


class _MessageIndex:
    """Which messages hold an element, or a part of a type. Of the operations that both sides say alike few are read."""

    def __init__(
        self, pairs: Sequence[ServicePair], fold: tuple[Callable[[str], str], ...], text: TextComparison
    ) -> None:
        self._fold, self._text = fold, text
        self._having = defaultdict[str, list[ServicePair]](list)
        """The services with an operation of that name."""
        for old, new in pairs:
            for name in {*old.operations, *new.operations}:
                self._having[name].append((old, new))
        self._ids: list[tuple[str, MessageId]] = []
        self._found: tuple[dict[Place, _Messages], dict[Place, _Messages]] = {}, {}
        self._read: set[str] = set()
        self._asked: set[str] = set()
        self._decoded: dict[_Messages, AgentMessages] = {}
        for name in text.differing_operations:
            self._read_operation(name)

    def find_messages(self, side: int, place: Place) -> _Messages:
        kind, name = place
        if kind not in ("element", "of"):
            return 0
        if local(name) not in self._asked:
            self._asked.add(local(name))
            for operation in self._text.users(local(name)) - self._read:
                self._read_operation(operation)
        return self._found[side].get(place, 0)

    def decode(self, messages: _Messages) -> AgentMessages:
        found = self._decoded.get(messages)
        if found is None:
            listed = defaultdict[str, list[MessageId]](list)
            for digit in re.finditer("1", f"{messages:b}"[::-1]):
                agent, message = self._ids[digit.start()]
                listed[agent].append(message)
            found = self._decoded[messages] = {agent: frozenset(each) for agent, each in listed.items()}
        return found

    def _read_operation(self, name: str) -> None:
        """Notes what its messages hold; of one that both sides say alike, as the old side says it."""
        self._read.add(name)
        is_alike = name not in self._text.differing_operations
        for pair, direction in product(self._having[name], DIRECTIONS):
            bit = 1 << len(self._ids)
            self._ids.append((pair[0].agent, (name, direction)))
            for side, service in enumerate(pair[:1] if is_alike else pair):
                places = _list_held(service.operations[name], direction) if name in service.operations else ()
                for kind, held in places:
                    place = kind, self._fold[side](held)
                    for found in self._found if is_alike else (self._found[side],):
                        found[place] = found.get(place, 0) | bit


def _list_held(operation: Operation, direction: Direction) -> Iterator[Place]:
    """What a message holds: elements of body, headers and faults, and parts of a type."""
    if direction == "response":
        yield from (("element", element) for _, element in operation.faults)
    if (message := operation.message(direction)) is not None:
        yield from (("element", element) for element in (*message.headers, message.body) if element)
        yield from (("of", part.type) if part.type else ("element", part.name) for part in message.parts)

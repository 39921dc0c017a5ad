"""Changes as one agent shows them: where they are, and which of them are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..model import DIRECTIONS, Operation, WsdlMessage
from .change_rule import ChangeRule, Emit
from .reach import MessageId


@dataclass(frozen=True, slots=True)
class AgentChange:
    """A change as one agent shows it. ``key`` tells what is the same change in another agent: its path, mostly.

    ``beside`` are further agents that show it just so, in no message.
    """

    rule: ChangeRule
    key: str
    path: str
    old: str | None
    new: str | None
    agent: str
    messages: frozenset[MessageId]
    beside: tuple[str, ...] = ()


def complete_path(agent: str, path: str) -> str:
    """A path that begins with / is one of whichever agent shows it."""
    return f"{agent}{path}" if path.startswith("/") else path


class AgentReport:
    """The changes of one agent, as they are found."""

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.found: list[AgentChange] = []
        self._on_each: list[AgentChange] = []

    def path_of(self, message: MessageId) -> str:
        """``Batch.StopBatchJob/request``; without a direction the operation's."""
        return f"{self.agent}.{message[0]}/{message[1]}" if message[1] else f"{self.agent}.{message[0]}"

    def on_operation(self, rule: ChangeRule, message: MessageId, tail: str, old: str | None, new: str | None) -> None:
        """A change of one operation, in both directions where ``message`` names none; see `collapse`."""
        messages = [message] if message[1] else [(message[0], d) for d in DIRECTIONS]
        path = self.path_of(message) + tail
        self._on_each.append(AgentChange(rule, path, path, old, new, self.agent, frozenset(messages)))

    def emit_at(self, messages: Iterable[MessageId], path_here: str = "", key_of_all: str = "") -> Emit:
        """``path_here``: what the paths of this agent begin with, for which ``key_of_all`` stands in any agent."""
        where = frozenset(messages)

        def emit_change(rule: ChangeRule, path: str, old: str | None, new: str | None) -> None:
            path = complete_path(self.agent, path)
            key = key_of_all + path.removeprefix(path_here)
            self.found.append(AgentChange(rule, key, path, old, new, self.agent, where))

        return emit_change

    def collapse(self, operations: int) -> None:
        """What was done to every operation alike is one change of the agent: ``Batch/request/header/TimeZone``."""
        alike = defaultdict[tuple[ChangeRule, str, str, str], list[AgentChange]](list)
        for change in self._on_each:
            operation = next(iter(change.messages))[0]
            tail = change.path.removeprefix(f"{self.agent}.{operation}")
            old, new = (text.replace(operation, "{operation}") if text else "" for text in (change.old, change.new))
            alike[change.rule, tail, old, new].append(change)
        for (_, tail, old, new), group in alike.items():
            if len(group) < operations or (len(group) == 1 and tail != "/binding"):
                self.found += group
            else:
                path = self.agent + tail
                messages = frozenset(message for change in group for message in change.messages)
                one = replace(group[0], key=path, path=path, old=old or None, new=new or None, messages=messages)
                self.found.append(one)


def pair_messages(old: Operation, new: Operation) -> Iterator[tuple[MessageId, WsdlMessage, WsdlMessage]]:
    """The messages that an operation has on both sides."""
    for direction in DIRECTIONS:
        first, second = old.message(direction), new.message(direction)
        if first is not None and second is not None:
            yield (old.name, direction), first, second

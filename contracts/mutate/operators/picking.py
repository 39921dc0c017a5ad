"""Where in a message an operator is tried, and one mutant for each such place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...model import local
from ..originals import Node, Original
from .base import Apply, Change

Edit = Callable[[Original, Node, Any], "bool | None"]


def sites(
    wanted: Callable[[Node], bool],
    change: Edit,
    equivalent: Callable[[Original, Node], str | None] = lambda original, node: None,
    key: Callable[[Node], object] | None = None,
) -> Apply:
    """One mutant for each fitting node; ``change`` returns False where it has nothing to do."""

    def apply(original: Original) -> Iterator[Change]:
        for node in original.sites(wanted, key):
            done: list[bool | None] = []

            def edit(elements: list[Any], node: Node = node, done: list[bool | None] = done) -> None:
                done.append(change(original, node, elements[node.index]))

            data = original.edit(edit)
            if done != [False]:
                yield Change(node.path, data, equivalent=equivalent(original, node))

    return apply


def is_child(node: Node) -> bool:
    """A parameter, or a member of a type; what is special about header blocks is another room's."""
    return node.role in ("parameter", "member") and not is_secret(node)


def is_secret(node: Node) -> bool:
    return node.header and node.element.local == "Ticket"


def is_complex(node: Node) -> bool:
    return not node.simple and not (node.header and node.element.local in ("ExceptionInfo", "Credentials"))


def by_type(node: Node) -> object:
    return node.type.name


def is_any(node: Node) -> bool:
    return local(node.element.type) in ("anyType", "anySimpleType")


def in_space(name: str, space: str) -> str:
    """The local part of a Clark name in another namespace; empty: in none."""
    return f"{{{space}}}{local(name)}" if space else local(name)

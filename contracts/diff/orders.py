"""Two orders of the same names: which names moved."""

from __future__ import annotations

from collections.abc import Sequence


def find_moved(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str, str]]:
    """The fewest names that moved between two orders of the same names: each with where it was, and where it is.

    Where: ``first``, ``last``, ``after Name``.
    """
    at = {name: i for i, name in enumerate(new)}
    stayed = set(_longest_rising([name for name in old if name in at], at))
    return [(name, _say_place(old, name), _say_place(new, name)) for name in old if name in at and name not in stayed]


def _longest_rising(names: Sequence[str], at: dict[str, int]) -> list[str]:
    best: list[list[str]] = []
    for name in names:
        before = [chain for chain in best if at[chain[-1]] < at[name]]
        best.append([*max(before, key=len, default=[]), name])
    return max(best, key=len, default=[])


def _say_place(order: Sequence[str], name: str) -> str:
    index = order.index(name)
    if not index:
        return "first"
    return "last" if index == len(order) - 1 else f"after {order[index - 1]}"
